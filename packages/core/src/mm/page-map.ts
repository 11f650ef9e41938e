// SPDX-License-Identifier: GPL-2.0-or-later
/** Which page (or swap slot) lies at which index of a file: a map as others, in ascending order, that a world can hold. */
import type { Journal } from './journal.js';
import { Slots, type SlotsRoot } from './slots.js';

export class PageMap {
  private slots: Slots<number> | null = null;

  constructor(
    private readonly root: SlotsRoot<number>,
    private readonly journal: Journal,
  ) {}

  get size(): number {
    return this.slots?.size ?? this.root.size;
  }

  get(index: number): number | undefined {
    if (this.slots === null) {
      if (this.root.size === 0) return undefined;
      this.slots = new Slots(this.root);
    }
    return this.slots.get(index);
  }

  has(index: number): boolean {
    return this.get(index) !== undefined;
  }

  /** Undefined takes the entry away. */
  set(index: number, value: number | undefined): void {
    this.slots ??= new Slots(this.root);
    const old = this.slots.set(index, value);
    if (this.journal.on) this.journal.step(setBack, this as PageMap, [index, old] as const);
  }

  /** For the journal. */
  setBack(index: number, value: number | undefined): void {
    this.slots?.set(index, value);
  }

  /** Those with `start <= index < end`, ascending, as they are now. */
  range(start: number, end: number): [number, number][] {
    if (this.size === 0) return [];
    this.slots ??= new Slots(this.root);
    return [...this.slots.entries(start, end)];
  }

  *[Symbol.iterator](): Generator<[number, number], void, void> {
    yield* this.range(0, Number.MAX_SAFE_INTEGER);
  }

  *values(): Generator<number, void, void> {
    for (const [, value] of this) yield value;
  }

  commit(): SlotsRoot<number> {
    return this.slots?.commit() ?? this.root;
  }
}

function setBack(map: PageMap, [index, value]: readonly [number, number | undefined]): void {
  map.setBack(index, value);
}
