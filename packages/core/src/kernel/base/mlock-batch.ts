// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The per-CPU batch of mlock operations (mm/mlock.c: mlock_fbatch). It holds a reference on each of its pages;
 * who adds takes it, who drains (folio/mlock-folio.ts) drops it.
 */

/** PAGEVEC_SIZE: a full batch is drained. */
const BATCH = 31;

/** mlock_lru(), mlock_new(), or a page that is not mlocked any more. */
export type MlockOp = 'lru' | 'new' | 'munlock';

/** What is in a batch at a checkpoint. */
export interface SavedBatch {
  readonly pages: readonly number[];
  readonly ops: readonly MlockOp[];
}

export class MlockBatch {
  readonly pages: number[] = [];
  readonly ops: MlockOp[] = [];

  get full(): boolean {
    return this.pages.length >= BATCH;
  }

  add(pfn: number, op: MlockOp): void {
    this.pages.push(pfn);
    this.ops.push(op);
  }

  clear(): void {
    this.pages.length = 0;
    this.ops.length = 0;
  }

  /** What is in it: between events, nothing. */
  save(): SavedBatch | null {
    return this.pages.length === 0 ? null : { pages: [...this.pages], ops: [...this.ops] };
  }

  /** Puts back into an empty batch what was in it. */
  restore(saved: SavedBatch | null): void {
    if (saved === null) return;
    this.pages.push(...saved.pages);
    this.ops.push(...saved.ops);
  }
}
