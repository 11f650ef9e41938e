// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What eight drivers ask, and what they do, in 6.12 and 7.3: facts out of their sources, each with its file and function. The
 * advice is not told of them; it is compared with them.
 */

/** What a driver does in one series of kernels. */
export interface DriversWay {
  /** `6.12`. */
  readonly kernel: string;
  /** A way's id. */
  readonly way: string;
  /** Flags and handlers that it has beside its way. */
  readonly flags: readonly string[];
  readonly handlers: readonly string[];
  /** Where it was read. */
  readonly where: string;
}

export interface Driver {
  readonly name: string;
  readonly words: string;
  readonly memory: string;
  readonly scattered: boolean;
  readonly on: 'mmap' | 'fault' | 'later' | 'any';
  readonly prot: 'r' | 'rw';
  /** What it relies on: what its source says, or what would break it. */
  readonly needs: readonly string[];
  readonly ways: readonly DriversWay[];
}

const both = (way: string, flags: readonly string[], where: readonly [string, string]): DriversWay[] =>
  ['6.12', '7.3'].map((kernel, i) => ({ kernel, way, flags, handlers: [], where: where[i]! }));

export const DRIVERS: readonly Driver[] = [
  {
    name: 'binder',
    words: 'the buffers of binder, filled page by page while transactions run',
    memory: 'pages',
    scattered: true,
    on: 'later',
    prot: 'r',
    needs: ['read-lock', 'no-fork'],
    ways: both(
      'vm_insert_page/later/VM_MIXEDMAP',
      ['VM_DONTCOPY'],
      [
        'drivers/android/binder.c, binder_mmap(); binder_alloc.c, binder_install_single_page()',
        'drivers/android/binder.c, binder_mmap(); binder_alloc.c, binder_page_insert()',
      ],
    ),
  },
  {
    name: 'vfio-pci',
    words: 'a BAR of a PCI device, revoked when the device is reset',
    memory: 'device',
    scattered: false,
    on: 'any',
    prot: 'rw',
    needs: ['revoke', 'no-grow', 'no-coredump', 'huge'],
    ways: both(
      'vmf_insert_pfn_pmd/huge_fault/VM_PFNMAP',
      ['VM_IO', 'VM_DONTEXPAND', 'VM_DONTDUMP'],
      [
        'drivers/vfio/pci/vfio_pci_core.c, vfio_pci_core_mmap() and vfio_pci_mmap_huge_fault()',
        'drivers/vfio/pci/vfio_pci_core.c, vfio_pci_core_mmap() and vfio_pci_vmf_insert_pfn()',
      ],
    ),
  },
  {
    name: 'omapdrm',
    words: 'a buffer object of shmem pages, mapped on fault and evicted',
    memory: 'pages',
    scattered: true,
    on: 'fault',
    prot: 'rw',
    needs: ['revoke', 'no-grow', 'no-coredump', 'uncounted'],
    ways: both(
      'vmf_insert_mixed/fault/VM_MIXEDMAP',
      ['VM_DONTEXPAND', 'VM_DONTDUMP', 'VM_IO'],
      [
        'drivers/gpu/drm/omapdrm/omap_gem.c, omap_gem_object_mmap() and omap_gem_fault_1d()',
        'drivers/gpu/drm/omapdrm/omap_gem.c, omap_gem_object_mmap() and omap_gem_fault_1d()',
      ],
    ),
  },
  {
    name: 'io_uring',
    words: "io_uring's rings, mapped whole in ->mmap",
    memory: 'pages',
    scattered: true,
    on: 'mmap',
    prot: 'rw',
    needs: ['no-grow', 'fork', 'rss'],
    ways: both(
      'vm_insert_pages/mmap/none',
      ['VM_DONTEXPAND'],
      ['io_uring/memmap.c, io_uring_mmap_pages()', 'io_uring/memmap.c, io_region_mmap()'],
    ),
  },
  {
    name: 'udmabuf',
    words: "tail pages of a memfd's folios, as a dma-buf",
    memory: 'pages:2',
    scattered: false,
    on: 'fault',
    prot: 'rw',
    needs: ['no-grow', 'no-coredump', 'uncounted'],
    ways: both(
      'vmf_insert_pfn/fault/VM_PFNMAP',
      ['VM_DONTEXPAND', 'VM_DONTDUMP'],
      [
        'drivers/dma-buf/udmabuf.c, mmap_udmabuf() and udmabuf_vm_fault()',
        'drivers/dma-buf/udmabuf.c, mmap_udmabuf() and udmabuf_vm_fault()',
      ],
    ),
  },
  {
    name: 'perf',
    words: "perf's ring buffer, which hears of the first write to a page",
    memory: 'pages',
    scattered: true,
    on: 'any',
    prot: 'rw',
    needs: ['write-notify', 'no-fork', 'no-grow', 'no-coredump', 'uncounted'],
    ways: [
      {
        kernel: '6.12',
        way: 'page/fault/none',
        flags: ['VM_DONTCOPY', 'VM_DONTEXPAND', 'VM_DONTDUMP'],
        handlers: ['page_mkwrite'],
        where: 'kernel/events/core.c, perf_mmap() and perf_mmap_fault()',
      },
      {
        kernel: '7.3',
        way: 'remap_pfn_range/mmap/none',
        flags: ['VM_DONTCOPY', 'VM_DONTEXPAND', 'VM_DONTDUMP'],
        handlers: ['pfn_mkwrite'],
        where: 'kernel/events/core.c, perf_mmap(), map_range() and perf_mmap_pfn_mkwrite()',
      },
    ],
  },
  {
    name: 'tcp',
    words: 'TCP receive zerocopy: pages of packets, mapped by getsockopt()',
    memory: 'pages',
    scattered: true,
    on: 'later',
    prot: 'r',
    needs: ['read-lock', 'rss'],
    ways: both(
      'vm_insert_pages/later/VM_MIXEDMAP',
      [],
      [
        'net/ipv4/tcp.c, tcp_mmap() and tcp_zerocopy_vm_insert_batch()',
        'net/ipv4/tcp.c, tcp_mmap() and tcp_zerocopy_vm_insert_batch()',
      ],
    ),
  },
  {
    name: 'drm-shmem',
    words: 'a buffer object of shmem pages that nobody else may pin',
    memory: 'pages',
    scattered: true,
    on: 'fault',
    prot: 'rw',
    needs: ['no-gup', 'no-grow', 'no-coredump', 'uncounted'],
    ways: both(
      'vmf_insert_pfn/fault/VM_PFNMAP',
      ['VM_DONTEXPAND', 'VM_DONTDUMP'],
      [
        'drivers/gpu/drm/drm_gem_shmem_helper.c, drm_gem_shmem_mmap() and drm_gem_shmem_fault()',
        'drivers/gpu/drm/drm_gem_shmem_helper.c, drm_gem_shmem_mmap() and try_insert_pfn()',
      ],
    ),
  },
];
