// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `struct mmu_gather` (include/asm-generic/tlb.h): pages that are mapped no more, whose references go only
 * when no CPU can reach them through its TLB. It lives as long as one unmapping, and a crash forgets it.
 */
export class MmuGather {
  /** Pages whose reference is dropped by tlb_finish_mmu(). */
  readonly pages: number[] = [];
  /** Dirty file pages whose map count goes down when the page table's lock is dropped (tlb_delay_rmap(), SMP only). */
  readonly delayed_rmap: number[] = [];
}
