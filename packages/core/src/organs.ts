// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `@specialbit/core/kernel`: the organs of a running kernel, for the packages of this house that look into one (they
 * compare it with real kernels, place what a recording shows, draw it). Whoever holds a `Kernel` sees it change with
 * every event, and is not to change it: worlds are what is immutable. Nothing here is promised to stay as it is.
 * @module @specialbit/core/kernel
 */

export { Exploration, type Explored } from './compare/exploration.js';
export { describeEntry, describeFrame, describePte, type EntryAt, entryAt } from './explain/describe.js';
export { entryBits } from './explain/explain-pte.js';
export { holdersOf } from './explain/holders.js';
export { frameLabel } from './explain/names.js';
export { type BranchView, decisionPath, entryPath, otherBranches } from './explain/path.js';
export {
  type FolioCounts,
  type FolioOfProcess,
  folioCounts,
  type PageRun,
  type Reported,
} from './explain/proc-counts.js';
export { get_kpage_count, page_mapped_exclusively, type Smaps, smapsOf } from './explain/smaps.js';
export { Kernel, type KernelOptions } from './kernel/base/kernel.js';
export { VM_FAULT_ERROR } from './kernel/base/mm-types.js';
export { newOutcome } from './kernel/base/outcome.js';
export { insert_mixed_precondition } from './kernel/driver/insert-mixed.js';
export { insert_pages_precondition } from './kernel/driver/insert-page.js';
export { insert_pfn_precondition } from './kernel/driver/insert-pfn.js';
export { range_none } from './kernel/driver/remap-pfn-range.js';
export { folio_maybe_mapped_shared } from './kernel/folio/large-mapcount.js';
export { insert_pfn_huge_precondition } from './kernel/huge/huge-memory.js';
export { decide, decideEntry, tells_by_anon, vm_normal_page, vm_normal_page_huge } from './kernel/pte/normal-page.js';
export { Allocator } from './machine/allocator.js';
export { FRAME_RUNS } from './machine/default-machine.js';
export { F, PG } from './machine/frame-table.js';
export type { Folio } from './mm/folio.js';
export { IdList } from './mm/id-list.js';
export { PMD, PTE, PUD } from './mm/level.js';
export { codecOf } from './mm/page-table-layout.js';
export { MM_ANONPAGES, MM_FILEPAGES, MM_SHMEMPAGES } from './mm/rss.js';
export * as vmFlags from './mm/vm-flags.js';
export { is_cow_mapping, vm_flags_high, vm_flags_wide } from './mm/vm-flags.js';
export type { Mm, TouchRecorder, Vma } from './mm/vma.js';
export type { VmaRecord } from './mm/vma-record.js';
export { applyMore, applyTo } from './reduce.js';
export { commitWorld } from './world/commit.js';
export { bootKernel } from './world/create.js';
export { fingerprint } from './world/fingerprint.js';
export { openWorld } from './world/open.js';
