// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the `->mmap` of drivers does, as data: which operations the mapping gets, which flags, and
 * which calls put pages into it. Each row names the kernel's function. Observed on linux-6.18.
 */
import { type DriverCall, type DriverOps, type FrameRef, lookup, VM_FLAGS } from '@specialbit/events';

const { VM_DONTCOPY, VM_DONTDUMP, VM_DONTEXPAND, VM_LOCKED, VM_MAYEXEC, VM_MAYWRITE, VM_MIXEDMAP } = VM_FLAGS;

export interface DriverMapping {
  readonly pages: number;
  readonly pgoff: number;
  readonly writable: boolean;
  /** The driver's frame of page `n` of what it can map, with `count` that follow each other. */
  readonly frame: (n: number, count?: number) => FrameRef;
}

export interface DriverRow {
  readonly name: string;
  /** Kernel function and file. */
  readonly source: string;
  readonly ops: (m: DriverMapping) => DriverOps;
  /** Calls inside `->mmap`. */
  readonly call: (m: DriverMapping) => DriverCall[];
  /** Calls when the mapping is linked and its vm_page_prot settled. */
  readonly after?: (m: DriverMapping) => DriverCall[];
}

const own = (page: number): { label: string; page: number } => ({ label: '', page });

const flags = (set: number, clear = 0): DriverCall => ({ type: 'vm_flags_mod', at: own(0), set, clear });
/** vm_insert_page() of page after page. */
const insert = (m: DriverMapping, first = m.pgoff): DriverCall => ({
  type: 'vm_insert_page',
  at: own(0),
  frame: m.frame(first, m.pages),
  pages: m.pages,
});
const onFault = (m: DriverMapping): DriverOps => ({
  fault: { do: 'page', frame: m.frame(m.pgoff, m.pages), frames: m.pages },
});

/** io_uring_mmap() counts its areas in bits from 27 on of the offset (include/uapi/linux/io_uring.h). */
const IORING_AREA_PAGES = 0x8000000 / 4096;

export const DRIVERS: Readonly<Record<string, DriverRow>> = lookup({
  packet: {
    name: 'AF_PACKET ring',
    source: 'packet_mmap, net/packet/af_packet.c',
    ops: () => ({ close: true }),
    // sockfs is mounted without the right to execute
    call: (m) => [flags(0, VM_MAYEXEC), insert(m)],
  },
  xdp: {
    name: 'AF_XDP ring',
    source: 'xsk_mmap, net/xdp/xsk.c',
    ops: () => ({}),
    // remap_vmalloc_range_partial() inserts and then sets the flags
    call: (m) => [flags(0, VM_MAYEXEC), insert(m, 0), flags(VM_DONTEXPAND | VM_DONTDUMP)],
  },
  tcp: {
    name: 'TCP zero-copy receive',
    source: 'tcp_mmap, net/ipv4/tcp.c',
    ops: () => ({}),
    call: () => [flags(VM_MIXEDMAP, VM_MAYWRITE | VM_MAYEXEC)],
  },
  io_uring: {
    name: 'io_uring ring',
    source: 'io_uring_mmap, io_uring/memmap.c',
    ops: () => ({ get_unmapped_area: true }),
    call: (m) => [flags(VM_DONTEXPAND, VM_MAYEXEC), insert(m, Math.floor(m.pgoff / IORING_AREA_PAGES) * 64)],
  },
  'bpf-map': {
    name: 'BPF array',
    source: 'bpf_map_mmap, kernel/bpf/syscall.c; array_map_mmap, kernel/bpf/arraymap.c',
    ops: () => ({ close: true, get_unmapped_area: true }),
    call: (m) => [
      flags(0, m.writable ? VM_MAYEXEC : VM_MAYEXEC | VM_MAYWRITE),
      insert(m),
      flags(VM_DONTEXPAND | VM_DONTDUMP),
    ],
  },
  'bpf-ringbuf': {
    name: 'BPF ring buffer',
    source: 'ringbuf_map_mmap_kern, kernel/bpf/ringbuf.c',
    ops: () => ({ close: true, get_unmapped_area: true }),
    call: (m) => [
      flags(0, m.writable ? VM_MAYEXEC : VM_MAYEXEC | VM_MAYWRITE),
      ...ringbufPages(m),
      flags(VM_DONTEXPAND | VM_DONTDUMP),
    ],
  },
  'bpf-arena': {
    name: 'BPF arena',
    source: 'arena_map_mmap, kernel/bpf/arena.c',
    ops: (m) => ({ ...onFault(m), close: true, may_split: 'EINVAL', get_unmapped_area: true }),
    call: () => [flags(VM_DONTCOPY | VM_DONTEXPAND, VM_MAYEXEC)],
  },
  perf: {
    name: 'perf ring',
    source: 'perf_mmap, kernel/events/core.c',
    ops: () => ({ pfn_mkwrite: true, close: true, may_split: 'EINVAL' }),
    call: () => [flags(VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC)],
    // map_range() maps read-only, as vm_page_prot is once the first write is to be told
    after: (m) =>
      Array.from({ length: m.pages }, (_, i) => ({
        type: 'remap_pfn_range' as const,
        at: own(i),
        frame: m.frame(i),
        pages: 1,
      })),
  },
  btf: {
    name: 'vmlinux BTF',
    source: 'btf_sysfs_vmlinux_mmap, kernel/bpf/sysfs_btf.c',
    ops: () => ({}),
    call: (m) => [
      flags(0, VM_MAYEXEC | VM_MAYWRITE),
      { type: 'remap_pfn_range', at: own(0), frame: m.frame(m.pgoff, m.pages), pages: m.pages },
    ],
  },
  trace: {
    name: 'trace ring',
    source: 'tracing_buffers_mmap, kernel/trace/trace.c; __rb_map_vma, kernel/trace/ring_buffer.c',
    ops: () => ({ close: true, may_split: 'EINVAL' }),
    // tracefs itself forbids no execution (fs/tracefs/inode.c sets no SB_I_NOEXEC), unlike anonymous inodes and sockets
    call: (m) => [flags(VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP | VM_MIXEDMAP, VM_MAYWRITE), insert(m)],
  },
  'kvm-vcpu': {
    name: 'KVM vcpu',
    source: 'kvm_vcpu_mmap, virt/kvm/kvm_main.c',
    ops: onFault,
    call: () => [flags(0, VM_MAYEXEC)],
  },
  'kvm-gmem': {
    name: 'KVM guest_memfd',
    source: 'kvm_gmem_mmap, virt/kvm/guest_memfd.c',
    ops: onFault,
    call: () => [flags(0, VM_MAYEXEC)],
  },
  secretmem: {
    name: 'memfd_secret',
    source: 'secretmem_mmap, mm/secretmem.c',
    ops: (m) => ({ ...onFault(m), secretmem: true }),
    call: () => [flags(VM_LOCKED | VM_DONTDUMP, VM_MAYEXEC)],
  },
  aio: {
    name: 'aio ring',
    source: 'aio_ring_mmap, fs/aio.c',
    ops: onFault,
    call: () => [flags(VM_DONTEXPAND, VM_MAYEXEC)],
  },
  unknown: {
    name: 'a driver that is not known',
    source: '',
    ops: () => ({}),
    call: () => [],
  },
});

/** The positions' pages, then the data pages twice in a row. */
function ringbufPages(m: DriverMapping): DriverCall[] {
  const calls: DriverCall[] = [];
  const positions = Math.max(0, 2 - m.pgoff);
  const data = (m.pages - positions) / 2;
  for (let i = 0; i < m.pages; i++) {
    const n = m.pgoff + i;
    const frame = n < 2 || data < 1 ? n : 2 + ((n - 2) % Math.ceil(data));
    calls.push({ type: 'vm_insert_page', at: own(i), frame: m.frame(frame), pages: 1 });
  }
  return calls;
}

/** The row of a file; `detail`: what the call that made its descriptor said. */
export function driverOf(path: string, detail: string): DriverRow & { readonly key: string } {
  const key = keyOf(path, detail);
  return { ...DRIVERS[key]!, key };
}

function keyOf(path: string, detail: string): string {
  if (detail.includes('AF_PACKET') || path.startsWith('PACKET:')) return 'packet';
  if (detail.includes('AF_XDP') || path.startsWith('XDP:')) return 'xdp';
  if (path.startsWith('TCP') || detail.includes('SOCK_STREAM')) return 'tcp';
  if (path === 'anon_inode:bpf-map') {
    if (/map_type=(BPF_MAP_TYPE_ARENA|0x21)/.test(detail)) return 'bpf-arena';
    return detail.includes('RINGBUF') ? 'bpf-ringbuf' : 'bpf-map';
  }
  if (path === 'anon_inode:[io_uring]') return 'io_uring';
  if (path === 'anon_inode:[perf_event]') return 'perf';
  if (path.startsWith('anon_inode:kvm-vcpu')) return 'kvm-vcpu';
  if (path === 'anon_inode:[kvm-gmem]') return 'kvm-gmem';
  if (path.startsWith('/sys/kernel/btf/')) return 'btf';
  if (path.endsWith('/trace_pipe_raw')) return 'trace';
  if (path === '/secretmem') return 'secretmem';
  if (path === '/[aio]') return 'aio';
  return 'unknown';
}
