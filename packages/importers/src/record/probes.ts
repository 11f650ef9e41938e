// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The functions that put pages into user mappings and take them out again, with the positions of their
 * arguments, per kernel release: what a recording of a driver has to watch. Signatures as in
 * include/linux/mm.h and huge_mm.h.
 */

export interface ProbeArgument {
  /** Name in the trace; the importer reads it. */
  readonly name: string;
  /** Position, from 1. */
  readonly position: number;
  readonly type: 'address' | 'pfn' | 'pfn_t' | 'bytes' | 'number' | 'flag' | 'page' | 'pointer';
  /** The argument points to it: the first of an array of pages, a counter, a VMA's vm_start. */
  readonly deref?: boolean;
  /** It is this word of the structure that the argument points to. */
  readonly word?: number;
}

export interface Probe {
  /** Kernel function. */
  readonly name: string;
  readonly args: readonly ProbeArgument[];
  /** It returns nothing. */
  readonly void?: true;
  /** First release with this signature; absent: since long before 6.1. */
  readonly since?: string;
  /** First release without it. */
  readonly until?: string;
}

const arg = (name: string, position: number, type: ProbeArgument['type']): ProbeArgument => ({ name, position, type });
const behind = (name: string, position: number, type: ProbeArgument['type']): ProbeArgument => ({
  ...arg(name, position, type),
  deref: true,
});
const vma = arg('vma', 1, 'pointer');
const vmf = arg('vmf', 1, 'pointer');
/** vm_start is the first member of struct vm_area_struct. */
const vmaStart = behind('addr', 1, 'address');
const addr = arg('addr', 2, 'address');
/** struct vm_fault begins with vma, gfp_mask (in a word), pgoff, address (include/linux/mm.h). */
const faultAddress: ProbeArgument = { ...arg('addr', 1, 'address'), word: 3 };

/** A function that up to 6.16 takes a pfn_t, and a pfn from 6.17 on. */
const withPfn = (
  name: string,
  before: readonly ProbeArgument[],
  position: number,
  after: readonly ProbeArgument[] = [],
): Probe[] => [
  { name, args: [...before, arg('pfn', position, 'pfn_t'), ...after], until: '6.17' },
  { name, args: [...before, arg('pfn', position, 'pfn'), ...after], since: '6.17' },
];
const huge = [vmf, faultAddress];
const write = arg('write', 3, 'flag');
const zap = [vma, addr, arg('size', 3, 'bytes')];

export const PROBES: readonly Probe[] = [
  { name: 'remap_pfn_range', args: [vma, addr, arg('pfn', 3, 'pfn'), arg('size', 4, 'bytes')] },
  { name: 'vm_iomap_memory', args: [vma, vmaStart, arg('start', 2, 'address'), arg('size', 3, 'bytes')] },
  { name: 'vm_insert_page', args: [vma, addr, arg('page', 3, 'page')] },
  { name: 'vm_insert_pages', args: [vma, addr, behind('page', 3, 'page'), behind('num', 4, 'number')] },
  { name: 'vm_map_pages', args: [vma, vmaStart, behind('page', 2, 'page'), arg('num', 3, 'number')] },
  { name: 'vm_map_pages_zero', args: [vma, vmaStart, behind('page', 2, 'page'), arg('num', 3, 'number')] },
  { name: 'remap_vmalloc_range_partial', args: [vma, addr] },
  { name: 'vmf_insert_pfn', args: [vma, addr, arg('pfn', 3, 'pfn')] },
  { name: 'vmf_insert_pfn_prot', args: [vma, addr, arg('pfn', 3, 'pfn'), arg('prot', 4, 'number')] },
  ...withPfn('vmf_insert_mixed', [vma, addr], 3),
  ...withPfn('vmf_insert_mixed_mkwrite', [vma, addr], 3),
  ...withPfn('vmf_insert_pfn_pmd', huge, 2, [write]),
  ...withPfn('vmf_insert_pfn_pud', huge, 2, [write]),
  { name: 'vmf_insert_folio_pmd', args: [...huge, arg('page', 2, 'page'), write], since: '6.16' },
  { name: 'zap_vma_ptes', args: zap, void: true, until: '7.1' },
  { name: 'zap_special_vma_range', args: zap, void: true, since: '7.1' },
  {
    name: 'unmap_mapping_pages',
    args: [
      arg('mapping', 1, 'pointer'),
      arg('start', 2, 'number'),
      arg('nr', 3, 'number'),
      arg('even_cows', 4, 'flag'),
    ],
    void: true,
  },
  {
    name: 'unmap_mapping_range',
    args: [
      arg('mapping', 1, 'pointer'),
      arg('start', 2, 'bytes'),
      arg('size', 3, 'bytes'),
      arg('even_cows', 4, 'flag'),
    ],
    void: true,
  },
];

/** System calls whose trace events a recording needs. */
export const SYSCALLS: readonly string[] = [
  'mmap',
  'mmap_pgoff',
  'munmap',
  'mprotect',
  'pkey_mprotect',
  'mremap',
  'madvise',
  'mlock',
  'mlock2',
  'munlock',
  'mseal',
  'brk',
  'clone',
  'clone3',
  'fork',
  'vfork',
  'execve',
  'ioctl',
  'exit',
  'exit_group',
  'openat',
  'close',
  'dup2',
  'memfd_create',
  'ftruncate',
  'shmget',
  'shmat',
  'shmdt',
];

/** Other trace events, `subsystem/event`. */
export const TRACEPOINTS: readonly string[] = [
  'exceptions/page_fault_user',
  'exceptions/page_fault_kernel',
  'kmem/rss_stat',
  'kmem/mm_page_alloc',
  'huge_memory/mm_khugepaged_scan_pmd',
  'huge_memory/mm_collapse_huge_page',
  'huge_memory/mm_khugepaged_collapse_file',
  'mmap/vm_unmapped_area',
  'task/task_newtask',
  'sched/sched_process_fork',
  'sched/sched_process_exec',
  'sched/sched_process_exit',
];

/** Pages of an array that are written down, each as a field of its own: not every tool prints arrays right. */
export const PAGES = 8;

function order(release: string): number {
  const [major, minor] = release.split('.').map(Number);
  return major! * 1000 + (minor ?? 0);
}

/** Whether a release, `6.12`, is older than another. */
export const isBefore = (release: string, other: string): boolean => order(release) < order(other);

/** The probes of a release, `6.12`. */
export function probesOf(release: string): Probe[] {
  return PROBES.filter(
    ({ since, until }) =>
      (since === undefined || !isBefore(release, since)) && (until === undefined || isBefore(release, until)),
  );
}
