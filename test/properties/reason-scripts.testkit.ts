// SPDX-License-Identifier: GPL-2.0-or-later
/** Short logs, each for one reason that its last event gives: what logs of other tests do not surely come to. */
import type { ReasonName } from '@specialbit/core';

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

export interface ReasonScript {
  readonly reason: ReasonName;
  /** `x86_64@7.3`. */
  readonly lane: string;
  readonly events: readonly Event[];
}

const AT = '0x20000000';
const FIXED = 'MAP_SHARED|MAP_FIXED';
const ANON = 'MAP_PRIVATE|MAP_ANONYMOUS';
const anon = (label: string, more: object = {}): Event => ({
  type: 'mmap',
  label,
  pages: 1,
  prot: 'rw',
  flags: ANON,
  ...more,
});
const dev = (label: string, more: object = {}): Event => ({
  type: 'mmap',
  label,
  pages: 2,
  prot: 'rw',
  flags: 'MAP_SHARED',
  file: 'dev',
  ...more,
});
const on = (type: string, at: string, more: object = {}): Event => ({ type, at, ...more });
const flags = (set: string, at = 'm'): Event => ({ type: 'vm_flags_mod', at, set });
const seal = (at: string, pages = 1): Event => ({ type: 'mseal', at, pages });

/** Two mappings apart from each other, the second one of a userfaultfd. */
const uffd = (more: object = {}): Event[] => [
  anon('a', { pages: 2, at: AT, flags: `${ANON}|MAP_FIXED`, ...more }),
  anon('b', { pages: 2, at: '0x30000000', flags: `${ANON}|MAP_FIXED` }),
  { type: 'vma_modify_flags', at: 'b', pages: 2, set: 'VM_UFFD_MISSING' },
];
const move = (at: string, to: string, pages = 1): Event => ({ type: 'uffdio_move', at, to, pages });

const X = 'x86_64@7.3';
const OLD = 'x86_64@6.12';

/** A mapping that may never be written, and has VM_WRITE all the same. */
const unwritable: Event[] = [dev('m'), { type: 'vm_flags_mod', at: 'm', clear: 'VM_MAYWRITE' }, on('write', 'm')];

const rows: readonly (readonly [ReasonName, string, ...Event[]])[] = [
  // faults
  ['write_fault_refused', X, ...unwritable],
  ['warn_write_fault_maywrite', X, ...unwritable],
  ['fault_sigsegv', X, ...unwritable],
  // mmap and where it goes
  ['mmap_too_long', X, anon('a', { pages: 2 ** 36 })],
  ['mmap_droppable_file', X, dev('m', { flags: 'MAP_DROPPABLE' })],
  ['mmap_droppable_unknown', 'x86_64@6.1', anon('a', { flags: 'MAP_DROPPABLE|MAP_ANONYMOUS' })],
  ['mmap_droppable_32bit', 'arm@7.3', anon('a', { flags: 'MAP_DROPPABLE|MAP_ANONYMOUS' })],
  ['mmap_droppable_locked', X, anon('a', { flags: 'MAP_DROPPABLE|MAP_ANONYMOUS|MAP_LOCKED' })],
  ['mmap_droppable_growsdown', X, anon('a', { flags: 'MAP_DROPPABLE|MAP_ANONYMOUS|MAP_GROWSDOWN' })],
  [
    'mmap_noreplace',
    X,
    anon('a', { at: AT, flags: `${ANON}|MAP_FIXED` }),
    anon('b', { at: AT, flags: `${ANON}|MAP_FIXED_NOREPLACE` }),
  ],
  ['mmap_pgoff_overflow', 'arm@7.3', dev('m', { pgoff: 2 ** 32 - 1 })],
  ['mmap_growsdown_file', X, dev('m', { flags: 'MAP_SHARED|MAP_GROWSDOWN' })],
  ['mmap_growsdown_shared', X, anon('a', { flags: 'MAP_SHARED|MAP_ANONYMOUS|MAP_GROWSDOWN' })],
  ['mmap_readonly_file', X, dev('m', { file_readonly: true })],
  [
    'mmap_sealed',
    X,
    anon('a', { at: AT, flags: `${ANON}|MAP_FIXED` }),
    seal('a'),
    anon('b', { at: AT, flags: `${ANON}|MAP_FIXED` }),
  ],
  [
    'mmap_vmf_error',
    X,
    dev('m', {
      call: [
        { type: 'vm_flags_mod', set: 'VM_DONTDUMP' },
        { type: 'vmf_insert_mixed', frame: 'D0' },
      ],
    }),
  ],
  ['area_beyond', X, anon('a', { at: '0x7ffffffff000', pages: 2, flags: `${ANON}|MAP_FIXED` })],
  ['area_none', 'arm@7.3', anon('a', { pages: 700000 }), anon('b', { pages: 700000 })],
  [
    'mmap_not_called',
    X,
    dev('m', { at: AT, pages: 1, flags: FIXED }),
    dev('n', { at: 'm[1]', pages: 1, pgoff: 1, flags: FIXED }),
  ],
  [
    'mmap_actions_dropped',
    X,
    dev('m', { at: AT, pages: 1, flags: FIXED }),
    dev('n', {
      at: 'm[1]',
      pages: 1,
      pgoff: 1,
      flags: FIXED,
      prepare: true,
      call: [{ type: 'vm_insert_page', frame: 'P0' }],
    }),
  ],
  [
    'flags_mmap_unlocked',
    X,
    dev('m', { flags: 'MAP_SHARED|MAP_LOCKED', call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }] }),
  ],
  // munmap, brk, and cutting mappings
  ['munmap_empty', X, anon('a'), on('munmap', 'a', { pages: 0 })],
  ['munmap_beyond', X, { type: 'munmap', at: '0x7fffffffe000', pages: 9 }],
  ['may_split_refuses', X, dev('m', { ops: { may_split: 'EINVAL' } }), on('munmap', 'm', { pages: 1 })],
  ['munmap_sealed', X, anon('a'), seal('a'), on('munmap', 'a', { pages: 1 })],
  ['brk_below_start', X, { type: 'execve', start_brk: '0x10000000' }, { type: 'brk', brk: '0x1000' }],
  [
    'brk_no_room',
    X,
    { type: 'execve', start_brk: '0x10000000' },
    anon('a', { at: '0x10001000', flags: `${ANON}|MAP_FIXED` }),
    { type: 'brk', brk: '0x10008000' },
  ],
  [
    'brk_stack_gap',
    X,
    { type: 'execve', start_brk: '0x10000000' },
    anon('a', { at: '0x10010000', flags: `${ANON}|MAP_FIXED|MAP_GROWSDOWN` }),
    { type: 'brk', brk: '0x10008000' },
  ],
  [
    'brk_nothing_there',
    X,
    { type: 'execve', start_brk: '0x10000000' },
    { type: 'brk', brk: '0x10002000' },
    { type: 'munmap', at: '0x10000000', pages: 2 },
    { type: 'brk', brk: '0x10001000' },
  ],
  [
    'brk_not_unmapped',
    X,
    { type: 'execve', start_brk: '0x10000000' },
    { type: 'brk', brk: '0x10002000' },
    seal('0x10000000', 2),
    { type: 'brk', brk: '0x10001000' },
  ],
  // mremap
  ['mremap_needs_maymove', X, anon('a'), on('mremap', 'a', { pages: 1, new_pages: 1, flags: 'MREMAP_FIXED', to: AT })],
  [
    'mremap_dontunmap_length',
    X,
    anon('a'),
    on('mremap', 'a', { pages: 1, new_pages: 2, flags: 'MREMAP_MAYMOVE|MREMAP_DONTUNMAP', to: AT }),
  ],
  [
    'mremap_dontunmap_pfnmap_dontexpand',
    X,
    dev('m', { call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }] }),
    on('mremap', 'm', { pages: 2, new_pages: 2, flags: 'MREMAP_MAYMOVE|MREMAP_DONTUNMAP' }),
  ],
  ['mremap_too_long', X, anon('a'), on('mremap', 'a', { pages: 1, new_pages: 2 ** 36, flags: 'MREMAP_MAYMOVE' })],
  [
    'mremap_target',
    X,
    anon('a'),
    on('mremap', 'a', { pages: 1, new_pages: 2, flags: 'MREMAP_MAYMOVE|MREMAP_FIXED', to: '0x7ffffffff000' }),
  ],
  [
    'mremap_overlap',
    X,
    anon('a', { pages: 3 }),
    on('mremap', 'a', { pages: 2, new_pages: 2, flags: 'MREMAP_MAYMOVE|MREMAP_FIXED', to: 'a[1]' }),
  ],
  ['mremap_sealed', X, anon('a'), seal('a'), on('mremap', 'a', { pages: 1, new_pages: 2, flags: 'MREMAP_MAYMOVE' })],
  [
    'mremap_no_room',
    X,
    anon('a', { at: AT, flags: `${ANON}|MAP_FIXED` }),
    dev('m', { at: 'a[1]', flags: FIXED }),
    on('mremap', 'a', { pages: 1, new_pages: 2, flags: 0 }),
  ],
  ['mremap_duplicate_private', X, anon('a'), on('mremap', 'a', { pages: 0, new_pages: 1, flags: 'MREMAP_MAYMOVE' })],
  [
    'flags_dontunmap',
    OLD,
    anon('a', { flags: `${ANON}|MAP_LOCKED` }),
    on('mremap', 'a', { pages: 1, new_pages: 1, flags: 'MREMAP_MAYMOVE|MREMAP_DONTUNMAP', to: AT }),
  ],
  // advice, seals
  ['mprotect_sealed', X, anon('a'), seal('a'), on('mprotect', 'a', { pages: 1, prot: 'r' })],
  ['madvise_not_modelled', X, anon('a'), on('madvise', 'a', { pages: 1, advice: 'MADV_HWPOISON' })],
  ['madvise_sealed', X, anon('a', { prot: 'r' }), seal('a'), on('madvise', 'a', { pages: 1, advice: 'MADV_DONTNEED' })],
  [
    'madvise_keeponfork',
    X,
    anon('a', { flags: 'MAP_DROPPABLE|MAP_ANONYMOUS' }),
    on('madvise', 'a', { pages: 1, advice: 'MADV_KEEPONFORK' }),
  ],
  [
    'madvise_dodump',
    X,
    dev('m', { call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }] }),
    on('madvise', 'm', { pages: 1, advice: 'MADV_DODUMP' }),
  ],
  [
    'madvise_remove_locked',
    X,
    dev('m'),
    on('mlock', 'm', { pages: 2 }),
    on('madvise', 'm', { pages: 1, advice: 'MADV_REMOVE' }),
  ],
  ['madvise_remove_no_file', X, anon('a'), on('madvise', 'a', { pages: 1, advice: 'MADV_REMOVE' })],
  ['mseal_unknown', 'x86_64@6.1', anon('a'), seal('a')],
  ['mseal_32bit', 'arm@7.3', anon('a'), seal('a')],
  ['mseal_hole', X, anon('a', { at: AT, flags: `${ANON}|MAP_FIXED` }), seal('a', 2)],
  ['flags_mseal', X, anon('a'), seal('a')],
  ['flags_uffd', X, anon('a'), on('vma_modify_flags', 'a', { pages: 1, set: 'VM_UFFD_MISSING' })],
  // drivers
  ['insert_no_struct_page', X, dev('m'), on('vm_insert_page', 'm', { frame: 'D0' })],
  ['insert_outside', X, dev('m', { pages: 1 }), on('vm_insert_page', 'm', { frame: 'P0', pages: 2 })],
  ['insert_huge_beyond', X, dev('m'), flags('VM_PFNMAP'), on('vmf_insert_pfn_pmd', 'm', { frame: 'D0' })],
  ['insert_huge_no_level', 'm68k@7.3', dev('m'), flags('VM_PFNMAP'), on('vmf_insert_pfn_pmd', 'm', { frame: 'D0' })],
  ['remap_fails_after', X, dev('m'), on('remap_pfn_range', 'm', { frame: 'D0', pages: 2, fails_after: 1 })],
  [
    'mixed_outside',
    X,
    dev('m', {
      call: [
        { type: 'vm_flags_mod', set: 'VM_MIXEDMAP' },
        { type: 'vmf_insert_mixed', at: '[9]', frame: 'D0' },
      ],
    }),
  ],
  [
    'insert_huge_outside',
    X,
    dev('m', {
      call: [
        { type: 'vm_flags_mod', set: 'VM_PFNMAP' },
        { type: 'vmf_insert_pfn_pmd', at: '[9]', frame: 'D0' },
      ],
    }),
  ],
  ['insert_page_pfnmap', X, dev('m'), flags('VM_PFNMAP'), on('vm_insert_page', 'm', { frame: 'P0' })],
  ...(
    [
      ['madvise_dontneed_pfnmap', 'VM_PFNMAP', 'MADV_DONTNEED'],
      ['madvise_dontneed_locked', 'VM_LOCKED', 'MADV_DONTNEED'],
      ['madvise_lru_pfnmap', 'VM_PFNMAP', 'MADV_COLD'],
      ['madvise_lru_hugetlb', 'VM_HUGETLB', 'MADV_COLD'],
      ['madvise_lru_locked', 'VM_LOCKED', 'MADV_COLD'],
    ] as const
  ).map(
    ([reason, set, advice]) => [reason, X, dev('m'), flags(set), on('madvise', 'm', { pages: 2, advice })] as const,
  ),
  // the zero page, bad entries, and ranges that do not fit
  ['mixed_zeropage_writable', X, dev('m'), flags('VM_MIXEDMAP'), on('vmf_insert_mixed', 'm', { frame: 'Z' })],
  [
    'mixed_zeropage_mkwrite',
    X,
    dev('m', { flags: 'MAP_PRIVATE' }),
    flags('VM_MIXEDMAP'),
    on('vmf_insert_mixed_mkwrite', 'm', { frame: 'Z' }),
  ],
  [
    'bad_page_map_special',
    X,
    dev('m'),
    on('set_pte', 'm', { frame: 'P0', special: true }),
    on('munmap', 'm', { pages: 2 }),
  ],
  ['bad_page_map_pfn', 'arm@7.3', dev('m'), on('set_pte', 'm', { frame: 'D0' }), on('munmap', 'm', { pages: 2 })],
  ['remap_cow_beyond', X, dev('m', { flags: 'MAP_PRIVATE' }), on('remap_pfn_range', 'm', { frame: 'D0', pages: 3 })],
  ['flags_remap_action', X, dev('m', { prepare: true, call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }] })],
  ...(
    [
      ['dma_mmap_range', 'direct'],
      ['dma_mmap_common_range', 'common'],
      ['dma_mmap_iommu_range', 'iommu'],
    ] as const
  ).map(
    ([reason, via]) =>
      [reason, X, dev('m', { call: [{ type: 'dma_mmap_coherent', frame: 'P0', pages: 1, via }] })] as const,
  ),
  ['dma_mmap_pages_range', X, dev('m', { call: [{ type: 'dma_mmap_pages', frame: 'P0', pages: 1 }] })],
  ['insert_mixed_not_ok', 'x86_64@6.1', dev('m'), on('vmf_insert_mixed', 'm', { frame: 'D0' })],
  [
    'remap_entry_in_use',
    X,
    dev('m'),
    on('vm_insert_page', 'm', { frame: 'P0' }),
    on('remap_pfn_range', 'm', { frame: 'D0', pages: 2 }),
  ],
  ['gup_secretmem', X, dev('m', { ops: { secretmem: true } }), on('pin_user_pages', 'm', { pages: 1 })],
  [
    'gup_fast_range',
    X,
    on('pin_user_pages_fast', '0x7ffffffff000', { pages: 2 }),
    anon('a'),
    on('pin_user_pages_fast', '0x7ffffffff000', { pages: 2 }),
  ],
  [
    'gup_fast_no_struct_page',
    'x86_64@6.12',
    dev('m'),
    on('set_pte', 'm', { frame: 'D0' }),
    on('get_user_pages_fast_only', 'm', { pages: 1 }),
  ],
  ...(['warn_gup_fast_pfn_invalid', 'oops_try_grab_folio_fast'] as const).map(
    (reason) =>
      [
        reason,
        X,
        dev('m'),
        on('set_pte', 'm', { frame: 'D0' }),
        on('get_user_pages_fast_only', 'm', { pages: 1 }),
      ] as const,
  ),
  ['access_vm_unmapped', X, anon('a'), on('access_process_vm', '0x1000')],
  [
    'oops_copy_present_ptes',
    'x86_64@7.3',
    dev('m', { flags: 'MAP_PRIVATE' }),
    on('read', 'm'),
    flags('VM_MIXEDMAP'),
    on('set_pte', 'm', { frame: 'H0' }),
    { type: 'fork', child: 1 },
  ],
  ['oops_zap_present_folio_ptes', X, dev('m'), on('set_pte', 'm', { frame: 'H0' }), on('munmap', 'm', { pages: 2 })],
  ['oops_follow_page_pte', X, dev('m'), on('set_pte', 'm', { frame: 'H0' }), on('pin_user_pages', 'm', { pages: 1 })],
  [
    'oops_change_pte_range',
    X,
    dev('m'),
    on('set_pte', 'm', { frame: 'H0' }),
    on('mprotect', 'm', { pages: 2, prot: 'r' }),
  ],
  [
    'oops_set_pte_at',
    'riscv64@7.3',
    dev('m'),
    flags('VM_MIXEDMAP'),
    on('set_pte', 'm', { frame: 'D0', special: true }),
    on('mprotect', 'm', { pages: 1, prot: 'rx' }),
  ],
  [
    'unmerged_close',
    X,
    dev('m', { at: AT, pages: 1, flags: FIXED, ops: { close: true } }),
    dev('n', { at: 'm[1]', pages: 1, pgoff: 1, flags: FIXED, prot: 'r', ops: { close: true } }),
    on('mprotect', 'n', { pages: 1, prot: 'rw' }),
  ],
  [
    'unmerged_close_case_7',
    'x86_64@6.8',
    dev('m', { at: AT, pages: 1, flags: FIXED, ops: { close: true } }),
    dev('n', { at: 'm[1]', pages: 1, pgoff: 1, flags: FIXED, prot: 'r', ops: { close: true } }),
    on('mprotect', 'n', { pages: 1, prot: 'rw' }),
  ],
  [
    'unmerged_left_pgoff',
    X,
    dev('m', { at: AT, pages: 1, flags: FIXED }),
    dev('n', { at: 'm[1]', pages: 1, pgoff: 5, flags: FIXED }),
  ],
  [
    'unmerged_right_pgoff',
    X,
    dev('m', { at: '0x20001000', pages: 1, flags: FIXED }),
    dev('n', { at: AT, pages: 1, pgoff: 5, flags: FIXED }),
  ],
  ...(
    [
      ['gup_io', 'VM_IO'],
      ['gup_pfnmap', 'VM_PFNMAP'],
      ['gup_io_pfnmap', 'VM_IO|VM_PFNMAP'],
    ] as const
  ).map(([reason, set]) => [reason, X, dev('m'), flags(set), on('pin_user_pages', 'm', { pages: 1 })] as const),
  ...(
    [
      ['pfnmap', 'VM_PFNMAP'],
      ['dontexpand', 'VM_DONTEXPAND'],
      ['pfnmap_dontexpand', 'VM_PFNMAP|VM_DONTEXPAND'],
    ] as const
  ).flatMap(
    ([which, set]) =>
      [
        [
          `mremap_no_expand_${which}`,
          OLD,
          dev('m'),
          flags(set),
          on('mremap', 'm', { pages: 2, new_pages: 3, flags: 'MREMAP_MAYMOVE' }),
        ],
        [
          `mremap_dontunmap_${which}`,
          X,
          dev('m'),
          flags(set),
          on('mremap', 'm', { pages: 2, new_pages: 2, flags: 'MREMAP_MAYMOVE|MREMAP_DONTUNMAP' }),
        ],
      ] as const,
  ),
  ...(
    [
      [
        'mremap_several_uffd',
        [
          anon('a', { at: AT, flags: `${ANON}|MAP_FIXED` }),
          anon('b', { at: '0x20001000', prot: 'r', flags: `${ANON}|MAP_FIXED` }),
          { type: 'vma_modify_flags', at: 'b', pages: 1, set: 'VM_UFFD_MISSING' },
        ],
      ],
      [
        'mremap_several_placed',
        [
          anon('a', { at: AT, flags: `${ANON}|MAP_FIXED` }),
          dev('b', { at: '0x20001000', pages: 1, flags: FIXED, ops: { get_unmapped_area: true } }),
        ],
      ],
    ] as const
  ).map(
    ([reason, maps]) =>
      [
        reason,
        X,
        ...maps,
        on('mremap', 'a', { pages: 2, new_pages: 2, flags: 'MREMAP_MAYMOVE|MREMAP_FIXED', to: '0x30000000' }),
      ] as const,
  ),
  ['gup_fast_no_special', 'loongarch32@7.3', anon('a'), on('get_user_pages_fast_only', 'a', { pages: 1 })],
  ['gup_fast_none', 'arm@7.3', anon('a'), on('get_user_pages_fast_only', 'a', { pages: 1 })],
  ['gup_fast_not_present', X, anon('a'), on('get_user_pages_fast_only', 'a', { pages: 1 })],
  [
    'gup_fast_permission',
    X,
    anon('a'),
    on('read', 'a'),
    on('get_user_pages_fast_only', 'a', { pages: 1, write: true }),
  ],
  ['madvise_unknown', X, anon('a'), on('madvise', 'a', { pages: 1, advice: 'unknown' })],
  ['madvise_no_ksm', X, anon('a'), on('madvise', 'a', { pages: 1, advice: 'MADV_MERGEABLE' })],
  ['thp_not_built', X, { type: 'tune', key: 'enabled', value: 'always' }],
  ['split_no_folio', X, anon('a'), on('split_folio', 'a')],
  ['split_not_large', X, anon('a'), on('write', 'a'), on('split_folio', 'a')],
  ['madvise_no_thp', X, anon('a'), on('madvise', 'a', { pages: 1, advice: 'MADV_HUGEPAGE' })],
  [
    'madvise_dodump_droppable',
    X,
    anon('a', { flags: 'MAP_DROPPABLE|MAP_ANONYMOUS' }),
    on('madvise', 'a', { pages: 1, advice: 'MADV_DODUMP' }),
  ],
  ['flags_munlock', X, anon('a'), on('mlock', 'a', { pages: 1 }), on('munlock', 'a', { pages: 1 })],
  ...(
    [
      ['fork_pat_copied', '6.12', on('write', 'm')],
      ['fork_pat_gone', '6.12', on('clear_pte', 'm', { pages: 1 })],
      ['warn_track_pfn_copy', '6.1.0', on('clear_pte', 'm', { pages: 1 })],
    ] as const
  ).map(
    ([reason, kernel, before]) =>
      [
        reason,
        `x86_64@${kernel}`,
        dev('m', { flags: 'MAP_PRIVATE', call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }] }),
        before,
        { type: 'fork', child: 1 },
      ] as const,
  ),
  [
    'warn_untrack_pfn',
    'x86_64@6.1.0',
    dev('m', { call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }] }),
    on('clear_pte', 'm', { pages: 1 }),
    on('munmap', 'm', { pages: 2 }),
  ],
  ['mlock_posix_fault', X, dev('m'), on('mlock', 'm', { pages: 2 })],
  // UFFDIO_MOVE
  ['uffd_move_unknown', 'x86_64@6.1', ...uffd(), move('a', 'b')],
  ['uffd_move_empty', X, ...uffd(), move('a', 'b', 0)],
  ['uffd_move_beyond_task', X, ...uffd(), move('a', 'b', 2 ** 36)],
  ['uffd_move_src_unmapped', X, ...uffd(), move('0x1000', 'b')],
  ['uffd_move_dst_unmapped', X, ...uffd(), move('a', '0x1000')],
  ['uffd_move_shared', X, ...uffd(), dev('m'), move('m', 'b')],
  ['uffd_move_beyond', X, ...uffd(), move('a', 'b[1]', 2)],
  ['uffd_move_rights', X, ...uffd({ prot: 'r' }), move('a', 'b')],
  ['uffd_move_locked', X, ...uffd(), on('mlock', 'a', { pages: 2 }), move('a', 'b')],
  [
    'uffd_move_read_only',
    X,
    ...uffd(),
    on('mprotect', 'a', { pages: 2, prot: 'r' }),
    on('mprotect', 'b', { pages: 2, prot: 'r' }),
    move('a', 'b'),
  ],
  ...(['pfnmap', 'mixedmap', 'io', 'hugetlb'] as const).map(
    (flag) =>
      [
        `uffd_move_${flag}`,
        X,
        ...uffd(),
        dev('m', { flags: 'MAP_PRIVATE' }),
        flags(`VM_${flag.toUpperCase()}`),
        move('m', 'b'),
      ] as const,
  ),
  ['uffd_move_unregistered', X, ...uffd(), move('b', 'a')],
  ['uffd_move_file', X, ...uffd(), dev('m', { flags: 'MAP_PRIVATE' }), move('m', 'b')],
  ['uffd_move_exists', X, ...uffd(), on('write', 'a'), on('write', 'b'), move('a', 'b')],
  ['uffd_move_hole', X, ...uffd(), move('a', 'b')],
  ['uffd_move_not_exclusive', X, ...uffd(), on('write', 'a'), { type: 'fork', child: 1 }, move('a', 'b')],
  ['uffd_move_no_page', X, ...uffd(), on('set_pte', 'a', { frame: 'D0', special: true }), move('a', 'b')],
  ['uffd_move_pinned', X, ...uffd(), on('write', 'a'), on('pin_user_pages', 'a', { hold: true }), move('a', 'b')],
  ['uffd_move_partial', X, ...uffd(), on('write', 'a'), move('a', 'b', 2)],
  // counted folios, and the zero page
  ['insert_folio_no_call', OLD, dev('m'), on('vmf_insert_folio_pmd', 'm', { frame: 'P0' })],
  ['insert_folio_no_struct_page', X, dev('m'), on('vmf_insert_folio_pmd', 'm', { frame: 'D0' })],
  [
    'oops_zero_page_write',
    X,
    anon('a'),
    on('set_pte', 'a', { frame: 'Z', special: true, write: true }),
    on('access_process_vm', 'a', { write: true, value: 7 }),
  ],
];

export const SCRIPTS: readonly ReasonScript[] = rows.map(([reason, lane, ...events]) => ({ reason, lane, events }));
