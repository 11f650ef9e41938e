// SPDX-License-Identifier: GPL-2.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  createWorld,
  kernelOptions,
  type LaneOptions,
  LogReferenceError,
  Player,
  PROFILES,
  REASONS,
  type ReasonName,
} from '@specialbit/core';
import { type LogEvent, parseLog } from '@specialbit/events';
import { findArchitecture, Player as TranscriptPlayer } from '@specialbit/transcripts';
import { WORKLOADS, workload } from '@specialbit/workloads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registry } from '../arch/configurations.js';
import { laneOf } from './lanes.js';
import { SCRIPTS } from './reason-scripts.testkit.js';
import { flagMap, reasonsOf, silentChanges, unexplained } from './reasons.testkit.js';
import { runs } from './runs.js';
import { scenario } from './scenarios.js';

const KERNELS = ['6.1', '6.12', '6.18', '7.3'];
const profileOf = (kernel: string) => PROFILES.find(({ name }) => name === `linux-${kernel}`)!;

/** Plays events, with `flags` looks at every change of vm_flags, passes over those that name what no event made, and fails at the first without a reason. */
function play(lane: LaneOptions, events: Iterable<LogEvent>, flags: boolean): void {
  const player = new Player(kernelOptions(lane), createWorld(lane));
  let n = 0;
  for (const event of events) {
    n++;
    const before = flags ? flagMap(player.kernel) : undefined;
    try {
      const out = player.step(event);
      if (!flags) for (const reason of reasonsOf(out)) reached.add(reason);
      const wrong = unexplained(player.kernel, event, out);
      if (before !== undefined) wrong.push(...silentChanges(before, flagMap(player.kernel), event, out));
      if (wrong.length > 0) expect.fail(`event ${n} ${JSON.stringify(event)}: ${wrong.join('; ')}`);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
    }
  }
}

/** What the logs that are the same in each run come to, and what each is tried with by hand. */
const reached = new Set<ReasonName>(SCRIPTS.map(({ reason }) => reason));

describe.each(['x86_64', 'arm', 'riscv64', 'm68k', 'x86_64-swap'])('random logs on %s', (arch) => {
  it.each(KERNELS)('have a reason for everything, on %s', (kernel) => {
    const profile = profileOf(kernel);
    fc.assert(
      fc.property(scenario(), (s) => play(laneOf(arch, s.header, { profile }), s.events, true)),
      runs(12),
    );
  });
});

/** Reasons that need a machine or a moment which none of these logs has, and where they are tried, or why they cannot be. */
const HUGETLB = 'huge pages of hugetlb (core/src/kernel/hugetlb/hugetlb.test.ts)';
const ELSEWHERE: Readonly<Partial<Record<ReasonName, string>>> = {
  hugetlb_no_size: HUGETLB,
  hugetlb_other_file: HUGETLB,
  hugetlb_area: HUGETLB,
  hugetlb_pgoff: HUGETLB,
  hugetlb_not_reserved: HUGETLB,
  hugetlb_beyond: HUGETLB,
  hugetlb_no_page: HUGETLB,
  hugetlb_unmapped: HUGETLB,
  hugetlb_killed: HUGETLB,
  hugetlb_split: HUGETLB,
  hugetlb_truncate: HUGETLB,
  hugetlb_no_setting: HUGETLB,
  hugetlb_setting: HUGETLB,
  hugetlb_no_surplus: HUGETLB,
  hugetlb_mremap: HUGETLB,
  hugetlb_madvise: HUGETLB,
  hugetlb_gup_force: HUGETLB,
  unmap_hugepage_unaligned: HUGETLB,
  flags_hugetlb: HUGETLB,
  thp_no_setting: 'events of huge pages (core/src/kernel/mechanisms/thp.test.ts)',
  shrink_stop: 'events of huge pages (core/src/kernel/mechanisms/thp.test.ts)',
  collapse_not_allowed: 'transcripts of huge pages (test/kernels-thp)',
  collapse_no_table: 'transcripts of huge pages (test/kernels-thp)',
  collapse_not_present: 'transcripts of huge pages (test/kernels-thp)',
  collapse_read_only: 'transcripts of huge pages (test/kernels-thp)',
  collapse_no_page: 'transcripts of huge pages (test/kernels-thp)',
  collapse_private_copy: 'transcripts of huge pages (test/kernels-thp)',
  collapse_compound: 'transcripts of huge pages (test/kernels-thp)',
  collapse_vma: 'transcripts of huge pages (test/kernels-thp)',
  collapse_too_many_holes: 'transcripts of huge pages (test/kernels-thp)',
  collapse_failed: 'transcripts of huge pages (test/kernels-thp)',
  collapse_held: 'transcripts of huge pages (test/kernels-thp)',
  collapse_not_on_lru: 'transcripts of huge pages (test/kernels-thp)',
  split_no_mapping: 'transcripts of huge pages (test/kernels-thp)',
  split_to_order_1: 'transcripts of huge pages (test/kernels-thp)',
  split_shmem_order: 'transcripts of huge pages (test/kernels-thp)',
  split_huge_zero: 'transcripts of huge pages (test/kernels-thp)',
  split_no_anon_vma: 'transcripts of huge pages (test/kernels-thp)',
  split_extra_pins: 'transcripts of huge pages (test/kernels-thp)',
  split_not_frozen: 'transcripts of huge pages (test/kernels-thp)',
  thp_setting: 'transcripts of huge pages (test/kernels-thp)',
  warn_split_to_order_1: 'transcripts of huge pages (test/kernels-thp)',
  warn_split_shmem_order: 'transcripts of huge pages (test/kernels-thp)',
  anonymous_shared: 'shared anonymous memory is a file of tmpfs',
  handler_called_over: 'not tried: a handler that is called forty times in one access',
  handler_errno: 'packages/core/src/kernel/driver/fault-calls.test.ts',
  access_hangs: 'packages/core/src/kernel/fault/do-swap-page.test.ts',
  filemap_beyond: 'packages/core/src/kernel/file/filemap.test.ts',
  insert_no_reference: 'packages/core/src/kernel/driver/insert-mixed.test.ts',
  insert_anon: 'packages/core/src/kernel/driver/insert-page.test.ts',
  insert_typed: 'packages/core/src/kernel/driver/fault-calls.test.ts',
  remap_anon: 'packages/core/src/kernel/driver/remap-pfn-range.test.ts',
  insert_pfn_anon: 'packages/core/src/kernel/driver/insert-pfn.test.ts',
  insert_below_huge: 'packages/core/src/kernel/huge/huge-memory.test.ts',
  insert_pages_below_huge: 'packages/core/src/kernel/huge/huge-memory.test.ts',
  remap_below_huge: 'packages/core/src/kernel/huge/huge-memory.test.ts',
  remap_prepare_outside: 'packages/core/src/kernel/syscall/mmap.test.ts',
  map_kernel_outside: 'packages/core/src/kernel/syscall/mmap.test.ts',
  vmalloc_not_user: 'packages/core/src/kernel/driver/dma-mmap.test.ts',
  vmalloc_range: 'packages/core/src/kernel/driver/dma-mmap.test.ts',
  set_pte_below_huge: 'not tried: a raw set_pte() below a huge entry',
  insert_pfn_outside: 'packages/core/src/kernel/driver/insert-pfn.test.ts',
  gup_longterm_without_pin: 'packages/core/src/kernel/gup/access-process-vm.test.ts',
  gup_not_grabbed: 'a page without a reference that is mapped: the random logs come to it',
  gup_pinned_shared_anon: 'packages/core/src/kernel/gup/gup.test.ts',
  warn_action_start_outside: 'packages/core/src/kernel/syscall/mmap.test.ts',
  gup_fault_oom: 'packages/core/src/kernel/out-of-memory.test.ts',
  gup_hangs: 'every fault of the model helps, unless a driver cheats: none of these does',
  gup_fast_devmap: 'overwritten by the slow walk, which is tried where it fails',
  gup_fast_folio: 'overwritten by the slow walk, which is tried where it fails',
  gup_fast_unshare: 'overwritten by the slow walk, which is tried where it fails',
  gup_fast_not_grabbed: 'overwritten by the slow walk, which is tried where it fails',
  gup_fast_devmap_longterm: 'overwritten by the slow walk, which is tried where it fails',
  gup_fast_pmd_permission: 'overwritten by the slow walk, which is tried where it fails',
  gup_fast_pmd_special: 'packages/core/src/kernel/huge/huge-memory.test.ts',
  gup_fast_pmd_devmap: 'needs a huge entry of a dev_pagemap',
  gup_fast_pmd_devmap_longterm: 'needs a huge entry of a dev_pagemap',
  gup_fast_pud_permission: 'as the one of the PMD level',
  gup_fast_pud_special: 'as the one of the PMD level',
  gup_fast_pud_devmap: 'as the one of the PMD level',
  gup_fast_pud_devmap_longterm: 'as the one of the PMD level',
  access_no_ioremap_prot: 'packages/core/src/kernel/gup/access-process-vm.test.ts',
  access_not_writable: 'packages/core/src/kernel/gup/access-process-vm.test.ts',
  access_ram: 'packages/core/src/kernel/gup/access-process-vm.test.ts',
  follow_outside: 'an event names the mapping at its address',
  mmap_no_length: 'the reader of logs refuses a length of 0',
  mremap_no_length: 'the reader of logs refuses a length of 0',
  mremap_gone: 'check_mremap_params() has refused what overlaps',
  madvise_remove_offset: 'a driver would have to give a mapping a negative vm_pgoff',
  mlock_posix_memory: 'packages/core/src/kernel/out-of-memory.test.ts',
  prctl_unknown: 'packages/core/src/kernel/syscall/ksm.test.ts',
  prctl_no_ksm: 'packages/core/src/kernel/syscall/ksm.test.ts',
  insert_page_read_locked: 'packages/core/src/kernel/driver/fault-calls.test.ts',
  insert_pages_read_locked: 'not tried: pages that a fault handler inserts with the lock for reading',
  set_anon_without_anon_vma: 'not tried: a death that only raw entries lead to',
  move_anon_without_anon_vma: 'not tried: a death that only raw entries lead to',
  fork_pin_outside_cow: 'the random logs come to it',
  zap_huge_pud_of_pages: 'packages/core/src/kernel/huge/huge-memory.test.ts',
  oops_madvise_cold_or_pageout_pte_range: 'needs a huge entry that is not special',
  oops_try_grab_folio: 'packages/core/src/kernel/huge/huge-memory.test.ts',
  oops_gup_fast_pmd_leaf: 'packages/core/src/kernel/huge/huge-memory.test.ts',
  oops_gup_fast_pud_leaf: 'needs a huge entry that is not special',
  oops_folio_remove_rmap_pmd: 'needs a huge entry that is not special',
  oops_zap_huge_pmd: 'test/kernels: arm-lpae with transparent huge pages',
  warn_zap_huge_pmd_not_present: 'test/kernels: arm-lpae with transparent huge pages',
  warn_pmdp_invalidate_not_present: 'test/kernels: arm-lpae with transparent huge pages',
  warn_pmdp_invalidate_ad_not_present: 'test/kernels: arm-lpae with transparent huge pages',
  warn_rmap_dup_not_anon: 'packages/core/src/kernel/huge/prot-none.test.ts',
  oops_page_check_anon_rmap: 'not tried: a death that follows two warnings of the huge zero folio',
  warn_split_huge_pmd_not_anon: 'not tried: a death that follows two warnings of the huge zero folio',
  warn_rmap_add_not_anon: 'not tried: a death that follows two warnings of the huge zero folio',
  gup_no_pagemap: 'packages/core/src/kernel/huge/huge-memory.test.ts',
  handler_oom: 'packages/core/src/kernel/out-of-memory.test.ts',
  insert_huge_unaligned: 'packages/core/src/kernel/huge/insert-folio.test.ts',
  uffd_move_page_prot: 'not tried: anonymous mappings of the same rights whose vm_page_prot a driver changed',
  uffd_move_swap_shared: 'needs a swap device',
  uffd_move_huge_not_exclusive: 'packages/core/src/kernel/syscall/userfaultfd.test.ts',
  uffd_move_no_swap: 'not tried: a swap entry of no device, at which the call never ends',
  oops_move_pages_pte: 'not tried: a death that only raw entries lead to',
  oops_folio_mk_pmd: 'packages/core/src/kernel/syscall/userfaultfd.test.ts',
  oops_vmalloc_to_page: 'not tried: a death within a call on vmalloc memory, or within a fault handler',
  oops_vma_store: 'not tried: a death within a call on vmalloc memory, or within a fault handler',
  oops_vma_store_empty: 'not tried: a death within a call on vmalloc memory, or within a fault handler',
  oops_flush_cache_page: 'test/kernels/deaths.test.ts',
  warn_vm_normal_page_huge_zero: 'needs a huge zero folio that is not special',
  warn_insert_pfn_pmd_mismatch: 'packages/core/src/kernel/huge/huge-memory.test.ts',
  warn_insert_pfn_pud_mismatch: 'as the one of the PMD level, which is tried',
  warn_racy_pte_young: 'checks of arm64 with CONFIG_DEBUG_VM, which test/kernels has no transcript of',
  warn_racy_pte_dirty: 'checks of arm64 with CONFIG_DEBUG_VM, which test/kernels has no transcript of',
  warn_unsafe_pte_change: 'checks of arm64 with CONFIG_DEBUG_VM, which test/kernels has no transcript of',
  warn_gup_longterm_without_pin: 'packages/core/src/kernel/gup/access-process-vm.test.ts',
  warn_insert_pages_read_locked: 'not tried: pages that a fault handler inserts with the lock for reading',
  warn_mmap_vma_moved: 'packages/core/src/kernel/driver/fault-calls.test.ts',
  warn_mmap_assert_write_locked: 'packages/core/src/kernel/driver/fault-calls.test.ts',
  bad_page_state: 'not tried: a page of the allocator that is given away while it is mapped',
  flags_vmalloc: 'packages/core/src/kernel/driver/dma-mmap.test.ts',
  flags_ksm: 'packages/core/src/kernel/syscall/ksm.test.ts',
  flags_ksm_off: 'packages/core/src/kernel/syscall/ksm.test.ts',
  flags_merge_guard: 'no call of the model makes guard pages; map_vma brings them',
  unmerged_left_anon_pgoff: 'not tried: neighbours of a private file mapping that was moved',
  unmerged_right_anon_pgoff: 'not tried: neighbours of a private file mapping that was moved',
  mmap_merged_after: 'packages/core/src/kernel/vma/vma-merge.test.ts',
  memtype_conflict: 'packages/core/src/kernel/pte/memtype.test.ts',
  memtype_refused: 'packages/core/src/kernel/pte/memtype.test.ts',
  memtype_mixed: 'packages/core/src/kernel/pte/memtype.test.ts',
  pat_ram_type: 'packages/core/src/kernel/pte/memtype.test.ts',
  pat_type_refused: 'packages/core/src/kernel/pte/memtype.test.ts',
  pat_conflict: 'packages/core/src/kernel/pte/memtype.test.ts',
  pat_reserve_failed: 'packages/core/src/kernel/pte/memtype.test.ts',
  pat_free_invalid: 'packages/core/src/kernel/pte/memtype.test.ts',
  fault_oom: 'packages/core/src/kernel/out-of-memory.test.ts',
  no_free_page: 'packages/core/src/kernel/out-of-memory.test.ts',
};

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe('transcripts of kernels', () => {
  const files = readdirSync(here('../kernels'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.jsonl.gz'),
  );

  it.each(files)('%s has a reason for everything', (file) => {
    const player = new TranscriptPlayer(file, registry.all, findArchitecture);
    const lines = gunzipSync(readFileSync(here(`../kernels/${file}`)))
      .toString()
      .split('\n');
    for (const [i, text] of lines.entries()) {
      if (text === '') continue;
      const played = player.play(text, i + 1);
      if (played.kind !== 'step' || played.apart !== null) continue;
      const { kernel } = player.running!;
      for (const reason of reasonsOf(kernel.out)) reached.add(reason);
      // a scenario's steps are of one event or more, and what they ask for does not show here
      const wrong = unexplained(kernel, undefined, kernel.out).filter((text) => !text.includes('did not fail'));
      if (wrong.length > 0) expect.fail(`${file}:${i + 1}: ${text.slice(0, 120)}: ${wrong.join('; ')}`);
    }
  });
});

describe('workloads', () => {
  it.each(WORKLOADS)('%s has a reason for everything', (name) => {
    for (const arch of ['x86_64', 'arm'])
      for (const kernel of ['6.12', '7.3']) {
        const { header, events } = workload(name, { events: 3000 });
        play(laneOf(arch, header, { profile: profileOf(kernel) }), events, false);
      }
  });
});

describe('examples', () => {
  const logs = ['', 'gallery/', 'porting/'].flatMap((folder) =>
    readdirSync(here(`../../examples/${folder}`))
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => folder + name),
  );

  it.each(logs)('%s has a reason for everything', (name) => {
    const { header, events } = parseLog(readFileSync(here(`../../examples/${name}`), 'utf8'));
    const all = [...events];
    for (const arch of ['x86_64', 'arm', 'm68k'])
      for (const kernel of KERNELS) play(laneOf(arch, header, { profile: profileOf(kernel) }), all, false);
  });
});

it('every reason is come to here, tried by hand, or of a machine that others have', () => {
  const left = (Object.keys(REASONS) as ReasonName[]).filter(
    (name) => !reached.has(name) && ELSEWHERE[name] === undefined,
  );
  expect(left).toEqual([]);
});
