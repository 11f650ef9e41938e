// SPDX-License-Identifier: GPL-2.0-or-later
/** What is done to a mapping: the rows of the atlas. */
import type { Json } from '../scene.js';

/** A mapping called `m`, as far as an operation asks: a Scene has it. */
export interface Ground {
  readonly pages: number;
  readonly looked: readonly number[];
  /** Absent: anonymous memory. */
  readonly file: string | undefined;
  /** Pages are written to before an operation: what is only read would be the zero page. */
  readonly written?: true;
  /** Where mremap can move it to; absent: where two pages have room. */
  readonly elsewhere?: string;
  touch(op: 'read' | 'write', i: number): Json[];
}

export interface Operation {
  readonly name: string;
  /** What happens first, on a mapping that was made. */
  readonly before: (s: Ground) => readonly Json[];
  /** What the row is about; only the last of them is looked at. */
  readonly act: (s: Ground) => Json;
  /** The process whose entry is looked at; 0 when absent. */
  readonly mm?: number;
  /** What the label of the mapping is afterwards; `m` when absent. */
  readonly label?: string;
  /** What /proc shows of it, or what would come of its first page, is what the row says. */
  readonly proc?: 'smaps' | 'pagemap' | 'coredump' | 'migration';
  /** Of which mappings it can be asked; absent: of all. */
  readonly of?: 'files' | 'huge';
}

/** Can the operation be done to a mapping? */
export const fits = ({ of }: Operation, ground: Ground): boolean =>
  of === undefined || (of === 'files' ? ground.file !== undefined : ground.elsewhere !== undefined);

const read = (s: Ground): Json[] => s.looked.flatMap((i) => s.touch(s.written === true ? 'write' : 'read', i));
const nothing = (): Json[] => [];
const forked = (s: Ground): Json[] => [...read(s), { type: 'fork', child: 1 }];
const at = (s: Ground): Json => ({ at: 'm', pages: s.pages });

const elsewhere = (s: Ground): string => s.elsewhere ?? '0x30000000';
/** One page beyond: no huge entry can be there. */
const unaligned = (s: Ground): string => `0x${(Number(elsewhere(s)) + 0x1000).toString(16)}`;
/** The second page: what is about it alone is about a part of a huge entry. */
const second = { at: 'm[1]', pages: 1 };

const ADVICES = [
  'MADV_DONTNEED',
  'MADV_FREE',
  'MADV_COLD',
  'MADV_PAGEOUT',
  'MADV_WILLNEED',
  'MADV_REMOVE',
  'MADV_DONTFORK',
  'MADV_DOFORK',
  'MADV_WIPEONFORK',
  'MADV_KEEPONFORK',
  'MADV_MERGEABLE',
  'MADV_UNMERGEABLE',
  'MADV_HUGEPAGE',
  'MADV_NOHUGEPAGE',
  'MADV_COLLAPSE',
  'MADV_DONTDUMP',
  'MADV_DODUMP',
  'MADV_POPULATE_READ',
  'MADV_POPULATE_WRITE',
] as const;

/** In the order of the pages. */
export const OPERATIONS: readonly Operation[] = [
  { name: 'read', before: nothing, act: (s) => s.touch('read', 0).at(-1)! },
  { name: 'write', before: nothing, act: (s) => s.touch('write', 0).at(-1)! },
  { name: 'write after read', before: read, act: (s) => s.touch('write', 0).at(-1)! },
  { name: 'fork: the child', before: read, act: () => ({ type: 'fork', child: 1 }), mm: 1 },
  { name: 'fork, the child writes', before: forked, act: () => ({ type: 'write', mm: 1, at: 'm' }), mm: 1 },
  { name: 'fork, the parent writes', before: forked, act: () => ({ type: 'write', at: 'm' }) },
  ...(['pin_user_pages', 'pin_user_pages_fast', 'get_user_pages', 'get_user_pages_fast'] as const).map(
    (type): Operation => ({
      name: type,
      before: read,
      act: () => ({ type, at: 'm', hold: true }),
    }),
  ),
  {
    name: 'pin_user_pages, FOLL_LONGTERM and FOLL_WRITE',
    before: read,
    act: () => ({ type: 'pin_user_pages', at: 'm', write: true, longterm: true, hold: true }),
  },
  {
    name: 'get_user_pages_fast_only',
    before: read,
    act: () => ({ type: 'get_user_pages_fast_only', at: 'm' }),
  },
  { name: 'munmap', before: read, act: (s) => ({ type: 'munmap', ...at(s) }) },
  { name: 'munmap of one page', before: read, act: () => ({ type: 'munmap', at: 'm', pages: 1 }) },
  { name: 'munmap of the second page', before: read, act: () => ({ type: 'munmap', ...second }), of: 'huge' },
  {
    name: 'MADV_DONTNEED of the second page',
    before: read,
    act: () => ({ type: 'madvise', ...second, advice: 'MADV_DONTNEED' }),
    of: 'huge',
  },
  {
    name: 'mprotect(PROT_READ) of the second page',
    before: read,
    act: () => ({ type: 'mprotect', ...second, prot: 'r' }),
    of: 'huge',
  },
  ...ADVICES.map(
    (advice): Operation => ({ name: advice, before: read, act: (s) => ({ type: 'madvise', ...at(s), advice }) }),
  ),
  {
    name: 'mremap, moves',
    before: read,
    act: (s) => ({ type: 'mremap', ...at(s), new_pages: s.pages, to: elsewhere(s), label: 'n' }),
    label: 'n',
  },
  {
    name: 'mremap, moves to where no huge entry can be',
    before: read,
    act: (s) => ({ type: 'mremap', ...at(s), new_pages: s.pages, to: unaligned(s), label: 'n' }),
    label: 'n',
    of: 'huge',
  },
  {
    name: 'mremap, grows',
    before: read,
    act: (s) => ({ type: 'mremap', ...at(s), new_pages: 2 * s.pages, flags: 'MREMAP_MAYMOVE' }),
  },
  {
    name: 'mremap, moves and grows',
    before: read,
    act: (s) => ({ type: 'mremap', ...at(s), new_pages: 2 * s.pages, to: elsewhere(s), label: 'n' }),
    label: 'n',
  },
  { name: 'mremap, shrinks', before: read, act: (s) => ({ type: 'mremap', ...at(s), new_pages: s.pages - 1 }) },
  { name: 'mprotect(PROT_READ)', before: read, act: (s) => ({ type: 'mprotect', ...at(s), prot: 'r' }) },
  {
    name: 'mprotect(PROT_READ), and back',
    before: (s) => [...read(s), { type: 'mprotect', ...at(s), prot: 'r' }],
    act: (s) => ({ type: 'mprotect', ...at(s), prot: 'rw' }),
  },
  { name: 'mprotect(PROT_NONE)', before: read, act: (s) => ({ type: 'mprotect', ...at(s), prot: 'none' }) },
  { name: 'mlock', before: nothing, act: (s) => ({ type: 'mlock', ...at(s) }) },
  { name: 'zap_vma_ptes', before: read, act: (s) => ({ type: 'zap_vma_ptes', ...at(s) }) },
  {
    name: 'unmap_mapping_range',
    before: read,
    act: (s) => ({ type: 'unmap_mapping_range', file: s.file, pages: s.pages }),
    of: 'files',
  },
  {
    name: 'unmap_mapping_range, even_cows',
    before: (s) => [...read(s), ...s.touch('write', 0)],
    act: (s) => ({ type: 'unmap_mapping_range', file: s.file, pages: s.pages, even_cows: true }),
    of: 'files',
  },
  { name: 'access_process_vm, reads', before: read, act: () => ({ type: 'access_process_vm', at: 'm' }) },
  { name: 'access_process_vm, writes', before: read, act: () => ({ type: 'access_process_vm', at: 'm', write: true }) },
  { name: 'follow_pfnmap_start', before: read, act: () => ({ type: 'follow_pfnmap', at: 'm' }) },
  { name: 'smaps', before: read, act: () => ({ type: 'access', op: 'read', at: 'm' }), proc: 'smaps' },
  {
    name: 'pagemap and kpagecount',
    before: read,
    act: () => ({ type: 'access', op: 'read', at: 'm' }),
    proc: 'pagemap',
  },
  { name: 'core dump', before: read, act: () => ({ type: 'get_user_pages', at: 'm' }), proc: 'coredump' },
  {
    name: 'move_pages to another node',
    before: read,
    act: () => ({ type: 'access', op: 'read', at: 'm' }),
    proc: 'migration',
  },
  {
    name: 'move_pages, of what a child has',
    before: forked,
    act: () => ({ type: 'access', op: 'read', at: 'm' }),
    proc: 'migration',
  },
  {
    name: 'move_pages, of what is pinned',
    before: (s) => [...read(s), { type: 'pin_user_pages', at: 'm', hold: true }],
    act: () => ({ type: 'access', op: 'read', at: 'm' }),
    proc: 'migration',
  },
  { name: 'exit', before: read, act: () => ({ type: 'exit' }) },
];
