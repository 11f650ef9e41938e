// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What one event counts: vm events (include/linux/vm_event_item.h) and the statistics of each size of huge page
 * (enum mthp_stat_item, include/linux/huge_mm.h). Nobody's decision depends on them.
 */

export type VmEvent =
  | 'THP_FAULT_ALLOC'
  | 'THP_FAULT_FALLBACK'
  | 'THP_COLLAPSE_ALLOC'
  | 'THP_COLLAPSE_ALLOC_FAILED'
  | 'THP_FILE_ALLOC'
  | 'THP_FILE_FALLBACK'
  | 'THP_FILE_MAPPED'
  | 'THP_SPLIT_PAGE'
  | 'THP_SPLIT_PAGE_FAILED'
  | 'THP_DEFERRED_SPLIT_PAGE'
  | 'THP_UNDERUSED_SPLIT_PAGE'
  | 'THP_SPLIT_PMD'
  | 'THP_SCAN_EXCEED_NONE_PTE'
  | 'THP_SCAN_EXCEED_SWAP_PTE'
  | 'THP_SCAN_EXCEED_SHARED_PTE'
  | 'THP_ZERO_PAGE_ALLOC'
  | 'THP_ZERO_PAGE_ALLOC_FAILED'
  | 'THP_SWPOUT'
  | 'THP_SWPOUT_FALLBACK';

export type MthpStat =
  | 'anon_fault_alloc'
  | 'anon_fault_fallback'
  | 'swpout'
  | 'swpout_fallback'
  | 'shmem_alloc'
  | 'shmem_fallback'
  | 'split'
  | 'split_failed'
  | 'split_deferred'
  | 'nr_anon'
  | 'nr_anon_partially_mapped';

export class VmStat {
  readonly events = new Map<VmEvent, number>();
  /** Calls of drivers' .huge_fault. */
  huge_faults = 0;
  /** By order. */
  readonly mthp = new Map<number, Map<MthpStat, number>>();

  /** count_vm_event() (include/linux/vmstat.h). */
  count_vm_event(event: VmEvent): void {
    this.events.set(event, (this.events.get(event) ?? 0) + 1);
  }

  /** mod_mthp_stat(), count_mthp_stat() (include/linux/huge_mm.h). */
  mod_mthp_stat(order: number, stat: MthpStat, delta = 1): void {
    if (order <= 0) return;
    let stats = this.mthp.get(order);
    if (stats === undefined) {
      stats = new Map();
      this.mthp.set(order, stats);
    }
    stats.set(stat, (stats.get(stat) ?? 0) + delta);
  }

  /** Ours: the event went round `times` as often as it was followed. */
  repeat(times: number): void {
    for (const [event, count] of this.events) this.events.set(event, Math.round(count * times));
  }

  /** Another event begins. */
  clear(): void {
    if (this.events.size > 0) this.events.clear();
    if (this.mthp.size > 0) this.mthp.clear();
    this.huge_faults = 0;
  }
}
