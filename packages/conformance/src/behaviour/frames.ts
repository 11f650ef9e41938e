// SPDX-License-Identifier: GPL-2.0-or-later
/** Raw frames, and calls that refuse them: the same on every architecture. */
import type { Scenario } from './scenario.js';

export const FRAMES: readonly Scenario[] = [
  {
    name: 'behaviour/remap-shared',
    title: 'remap_pfn_range of device memory: readable, writable, and no page for anybody',
    log: `
{"type":"mmap","label":"bar","pages":2,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"remap_pfn_range","frame":"D0","pages":2}]}
{"type":"read","at":"bar[0]"}
{"type":"write","at":"bar[1]","value":9}
{"type":"read","at":"bar[1]"}
{"type":"pin_user_pages","at":"bar[0]","pages":1}
{"type":"access_process_vm","at":"bar[0]"}
{"type":"madvise","at":"bar[0]","pages":2,"advice":"MADV_DONTNEED"}
`,
    expect: {
      always: [
        '2 read: 0x40',
        '4 read: 0x9',
        '5 pin_user_pages: EFAULT',
        '6 access_process_vm: 0 bytes',
        '7 madvise: EINVAL',
        'bar[0]: D0, NULL',
        'bar[1]: D1, NULL',
      ],
    },
  },
  {
    name: 'behaviour/remap-pages',
    title: 'remap_pfn_range of pages takes no reference',
    log: `
{"type":"mmap","label":"bar","pages":2,"prot":"r","file":"dev","flags":"MAP_SHARED","call":[{"type":"remap_pfn_range","frame":"P0","pages":2}]}
{"type":"read","at":"bar[1]"}
{"type":"munmap","at":"bar","pages":2}
`,
    expect: { always: ['2 read: 0x11'] },
  },
  {
    name: 'behaviour/remap-part-of-private',
    title: 'a part of a private writable mapping cannot be remapped, and loses what it had',
    log: `
{"type":"mmap","label":"bar","pages":2,"prot":"rw","file":"dev","flags":"MAP_PRIVATE"}
{"type":"remap_pfn_range","at":"bar[0]","frame":"D0","pages":1}
{"type":"remap_pfn_range","at":"bar[0]","frame":"D0","pages":2}
{"type":"read","at":"bar[1]"}
`,
    expect: { always: ['2 remap_pfn_range: EINVAL', '4 read: 0x41', 'bar[0]: D0, NULL', 'bar[1]: D1, NULL'] },
  },
  {
    name: 'behaviour/remap-twice',
    title: 'remap_pfn_range over a used PTE is a BUG',
    log: `
{"type":"mmap","label":"bar","pages":2,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"remap_pfn_range","frame":"D0","pages":2}]}
{"type":"remap_pfn_range","at":"bar[0]","frame":"D4","pages":1}
{"type":"read","at":"bar[0]"}
`,
    expect: {
      always: [
        '2 remap_pfn_range: BUG: !pte_none(ptep_get(pte))',
        '3 read: 0x40',
        'bar[0]: D0, NULL',
        'bar[1]: D1, NULL',
      ],
    },
  },
  {
    name: 'behaviour/insert-pfn-preconditions',
    title: 'vmf_insert_pfn is a BUG without VM_PFNMAP or VM_MIXEDMAP, with both, and in a private VM_PFNMAP',
    log: `
{"type":"mmap","label":"none","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED"}
{"type":"vmf_insert_pfn","at":"none[0]","frame":"D0"}
{"type":"mmap","label":"both","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP|VM_MIXEDMAP"}]}
{"type":"vmf_insert_pfn","at":"both[0]","frame":"D0"}
{"type":"mmap","label":"cow","pages":1,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"}]}
{"type":"vmf_insert_pfn","at":"cow[0]","frame":"D0"}
{"type":"mmap","label":"valid","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"vmf_insert_pfn","at":"valid[0]","frame":"P0"}
`,
    expect: {
      always: [
        '2 vmf_insert_pfn: BUG: neither PFNMAP nor MIXEDMAP',
        '4 vmf_insert_pfn: BUG: both PFNMAP and MIXEDMAP',
        '6 vmf_insert_pfn: BUG: PFNMAP is COW',
        '8 vmf_insert_pfn: BUG: MIXEDMAP with valid pfn',
      ],
    },
  },
  {
    name: 'behaviour/insert-pfn-on-fault',
    title: '.fault with vmf_insert_pfn: SIGBUS where it has no frame, GUP refused by the flag',
    log: `
{"type":"mmap","label":"bar","pages":3,"prot":"rw","file":"dev","flags":"MAP_SHARED","ops":{"fault":{"do":"vmf_insert_pfn","frame":"D0","frames":2}},"call":[{"type":"vm_flags_mod","set":"VM_PFNMAP|VM_IO"}]}
{"type":"write","at":"bar[1]","value":4}
{"type":"read","at":"bar[1]"}
{"type":"read","at":"bar[2]"}
{"type":"pin_user_pages","at":"bar[0]","pages":1}
{"type":"zap_vma_ptes","at":"bar[0]","pages":3}
{"type":"read","at":"bar[1]"}
`,
    expect: {
      always: ['3 read: 0x4', '4 read: SIGBUS', '5 pin_user_pages: EFAULT', '7 read: 0x4', 'bar[1]: D1, NULL'],
    },
  },
  {
    name: 'behaviour/pfn-mkwrite',
    title: 'a shared VM_PFNMAP with pfn_mkwrite is write-notified, page by page',
    log: `
{"type":"mmap","label":"bar","pages":2,"prot":"rw","file":"dev","flags":"MAP_SHARED","ops":{"fault":{"do":"vmf_insert_pfn","frame":"D0"},"pfn_mkwrite":true},"call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"}]}
{"type":"read","at":"bar[0]"}
{"type":"write","at":"bar[0]"}
{"type":"read","at":"bar[1]"}
`,
    expect: {
      always: ['2 read: 0x40', '3 write: calls pfn_mkwrite', '4 read: 0x41', 'bar[0]: D0, NULL', 'bar[1]: D1, NULL'],
    },
  },
  {
    name: 'behaviour/cow-linear',
    title: 'copy on write in a private remap_pfn_range: the copy is the only page',
    log: `
{"type":"mmap","label":"mem","pages":3,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"P0","pages":3}]}
{"type":"write","at":"mem[1]","value":5}
{"type":"read","at":"mem[1]"}
{"type":"read","at":"mem[0]"}
{"type":"munmap","at":"mem[2]","pages":1}
`,
    expect: { always: ['3 read: 0x5', '4 read: 0x10', 'mem[0]: P0, NULL', 'mem[1]: A, page', 'MM_ANONPAGES 1'] },
  },
  {
    name: 'behaviour/cow-linear-fork',
    title: 'fork of it shares the copy and knows raw frames from it',
    log: `
{"type":"mmap","label":"mem","pages":3,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"D0","pages":3}]}
{"type":"write","at":"mem[1]","value":5}
{"type":"fork","child":1}
{"type":"write","at":"mem[1]","mm":1,"value":6}
{"type":"read","at":"mem[1]"}
{"type":"read","at":"mem[1]","mm":1}
{"type":"read","at":"mem[2]","mm":1}
{"type":"exit","mm":1}
`,
    expect: {
      always: [
        '5 read: 0x5',
        '6 read: 0x6',
        '7 read: 0x42',
        'mem[0]: D0, NULL',
        'mem[1]: A, page',
        'mem[2]: D2, NULL',
        'MM_ANONPAGES 1',
      ],
    },
  },
  {
    name: 'behaviour/cow-linear-move',
    title: 'mremap, munmap and mprotect of a part leave the linear rule true',
    log: `
{"type":"mmap","label":"mem","pages":4,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"P0","pages":4}]}
{"type":"write","at":"mem[2]","value":5}
{"type":"munmap","at":"mem[0]","pages":1}
{"type":"mprotect","at":"mem[3]","pages":1,"prot":"r"}
{"type":"mremap","at":"mem[1]","pages":2,"new_pages":2,"to":"0x8000000","label":"moved"}
{"type":"read","at":"moved[0]"}
{"type":"read","at":"moved[1]"}
{"type":"write","at":"moved[0]","value":6}
{"type":"read","at":"mem[3]"}
{"type":"munmap","at":"moved[0]","pages":2}
`,
    expect: { always: ['6 read: 0x11', '7 read: 0x5', '9 read: 0x13', 'mem[3]: P3, NULL'] },
  },
  {
    name: 'behaviour/mixed-pageless',
    title: 'vmf_insert_mixed of a frame without struct page is raw everywhere',
    log: `
{"type":"mmap","label":"mix","pages":2,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"vmf_insert_mixed","at":"mix[0]","frame":"D0"}
{"type":"read","at":"mix[0]"}
{"type":"write","at":"mix[0]","value":2}
{"type":"pin_user_pages","at":"mix[0]","pages":1}
`,
    expect: { always: ['2 vmf_insert_mixed: NOPAGE', '3 read: 0x40', '5 pin_user_pages: EEXIST', 'mix[0]: D0, NULL'] },
  },
  {
    name: 'behaviour/mprotect-keeps-frames',
    title: 'mprotect to PROT_NONE and back keeps raw frames and pages',
    log: `
{"type":"mmap","label":"bar","pages":2,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"},{"type":"vmf_insert_mixed","frame":"D3"},{"type":"vm_insert_page","at":"[1]","frame":"P2"}]}
{"type":"mprotect","at":"bar[0]","pages":2,"prot":"none"}
{"type":"read","at":"bar[0]"}
{"type":"mprotect","at":"bar[0]","pages":2,"prot":"r"}
{"type":"read","at":"bar[0]"}
{"type":"read","at":"bar[1]"}
{"type":"write","at":"bar[1]"}
`,
    expect: {
      always: [
        '3 read: SIGSEGV',
        '5 read: 0x43',
        '6 read: 0x12',
        '7 write: SIGSEGV',
        'bar[0]: D3, NULL',
        'bar[1]: P2, page',
        'P2: count 2, mapcount 1',
        'MM_FILEPAGES 1',
      ],
    },
  },
  {
    name: 'behaviour/zap-helper',
    title: 'zap_vma_ptes empties a VM_PFNMAP or VM_MIXEDMAP, and does nothing to any other mapping',
    log: `
{"type":"mmap","label":"mix","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"},{"type":"vmf_insert_mixed","frame":"D0"}]}
{"type":"mmap","label":"pfn","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"},{"type":"vmf_insert_pfn","frame":"D0"}]}
{"type":"mmap","label":"plain","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"set_pte","frame":"P0"}]}
{"type":"zap_vma_ptes","at":"mix[0]","pages":1}
{"type":"zap_vma_ptes","at":"pfn[0]","pages":1}
{"type":"zap_vma_ptes","at":"plain[0]","pages":1}
`,
    expect: { always: ['plain[0]: P0, page'] },
  },
  {
    name: 'behaviour/prepopulation-race',
    title: 'unmap_mapping_range cannot see a mapping whose ->mmap still runs',
    log: `
{"type":"mmap.begin","label":"ring","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED"}
{"type":"remap_pfn_range","at":"ring[0]","frame":"D0","pages":1}
{"type":"unmap_mapping_range","file":"dev","pgoff":0,"pages":1}
{"type":"mmap.end"}
{"type":"read","at":"ring[0]"}
{"type":"unmap_mapping_range","file":"dev","pgoff":0,"pages":1}
{"type":"read","at":"ring[0]"}
`,
    expect: { always: ['5 read: 0x40', '7 read: SIGBUS'] },
  },
  {
    name: 'behaviour/unmap-even-cows',
    title: 'unmap_mapping_range spares private copies unless told otherwise',
    log: `
{"type":"mmap","label":"mem","pages":2,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","ops":{"fault":{"do":"page","frame":"P0"}}}
{"type":"write","at":"mem[0]","value":5}
{"type":"read","at":"mem[1]"}
{"type":"unmap_mapping_range","file":"dev","pgoff":0,"pages":2}
{"type":"read","at":"mem[0]"}
{"type":"unmap_mapping_range","file":"dev","pgoff":0,"pages":2,"even_cows":true}
{"type":"read","at":"mem[0]"}
`,
    expect: {
      always: [
        '3 read: 0x11',
        '5 read: 0x5',
        '7 read: 0x10',
        'mem[0]: P0, page',
        'P0: count 2, mapcount 1',
        'MM_FILEPAGES 1',
      ],
    },
  },
  {
    name: 'behaviour/madvise-refuses',
    title: 'MADV_DONTNEED refuses a VM_PFNMAP and takes a VM_MIXEDMAP',
    log: `
{"type":"mmap","label":"pfn","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"},{"type":"vmf_insert_pfn","frame":"D0"}]}
{"type":"mmap","label":"mix","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"},{"type":"vmf_insert_mixed","frame":"D0"}]}
{"type":"madvise","at":"pfn[0]","pages":1,"advice":"MADV_DONTNEED"}
{"type":"madvise","at":"mix[0]","pages":1,"advice":"MADV_DONTNEED"}
`,
    expect: { always: ['3 madvise: EINVAL', 'pfn[0]: D0, NULL'] },
  },
];
