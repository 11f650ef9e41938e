// SPDX-License-Identifier: GPL-2.0-or-later
/** The pages that pin_user_pages holds, oldest first. */
import type { Journal } from './journal.js';
import { Slots, type SlotsRoot } from './slots.js';

export class Pins {
  private readonly slots: Slots<number>;

  constructor(
    root: SlotsRoot<number>,
    private readonly journal: Journal,
  ) {
    this.slots = new Slots(root);
  }

  get length(): number {
    return this.slots.size;
  }

  push(pfn: number): void {
    this.set(this.length, pfn);
  }

  /** The one that was pinned last, which is so no more; undefined where there is none. */
  pop(): number | undefined {
    const pfn = this.slots.get(this.length - 1);
    if (pfn !== undefined) this.set(this.length - 1, undefined);
    return pfn;
  }

  *[Symbol.iterator](): Generator<number, void, void> {
    for (const [, pfn] of this.slots.entries()) yield pfn;
  }

  /** The pages have become others. */
  rename(name: (pfn: number) => number): void {
    for (const [at, pfn] of this.slots.entries()) this.set(at, name(pfn));
  }

  commit(): SlotsRoot<number> {
    return this.slots.commit();
  }

  private set(at: number, pfn: number | undefined): void {
    const old = this.slots.set(at, pfn);
    if (this.journal.on) this.journal.step(setBack, this.slots, [at, old] as const);
  }
}

function setBack(slots: Slots<number>, [at, pfn]: readonly [number, number | undefined]): void {
  slots.set(at, pfn);
}
