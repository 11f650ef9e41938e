// SPDX-License-Identifier: GPL-2.0-or-later
/** What differs at present: so that what was told is not told again. */

import type { Journal } from '../mm/journal.js';
import type { PageKey } from './page-key.js';

/** What can differ: a frame by its identity, everything else by name. */
export type Thing = string | number;

/** Slots of the counters that tell quickly that nothing differs about a page; a power of two. */
const SLOTS = 4096;

function slot(mm: number, id: number, page: number): number {
  return (Math.imul(mm, 0x9e3b) ^ Math.imul(id, 0x85eb) ^ page) & (SLOTS - 1);
}

/** respect -> what the difference is. */
type Aspects = ReadonlyMap<string, string>;

/** What was changed, and what it was like before. */
interface Change {
  readonly thing: Thing;
  readonly before: Aspects | undefined;
  readonly at: PageKey | undefined;
  readonly by: number;
}

const putBack = (open: OpenDifferences, change: Change): void => open.takeBack(change);

export class OpenDifferences {
  /** thing -> respect -> what the difference is; the same one is not reported again. What is in it is replaced, never changed. */
  private things: Map<Thing, Aspects>;
  /** How many things of pages differ, by `slot`. */
  private slots: Uint32Array;
  /** The two are another's as well. */
  private shared: boolean;

  /** `journal`: of those who go back. `from`: goes on from what differs there. */
  constructor(
    private readonly journal: Journal,
    from?: OpenDifferences,
  ) {
    this.things = from?.things ?? new Map();
    this.slots = from?.slots ?? new Uint32Array(SLOTS);
    this.shared = from !== undefined;
  }

  /** The same differences, to go on by themselves; nothing is copied before one of the two changes. */
  fork(journal: Journal): OpenDifferences {
    this.shared = true;
    return new OpenDifferences(journal, this);
  }

  /** The frames that differ. */
  *frames(): Generator<number> {
    for (const thing of this.things.keys()) if (typeof thing === 'number') yield thing;
  }

  /** False: nothing differs about the page, nor about a VMA that begins there. Costs no name. */
  mayDiffer({ mm, id, page }: PageKey): boolean {
    return this.mayDifferAt(mm, id, page);
  }

  /** The same, of a page that has no key yet. */
  mayDifferAt(mm: number, id: number, page: number): boolean {
    return this.slots[slot(mm, id, page)] !== 0;
  }

  /** What the difference is; undefined where there is none. */
  known(thing: Thing, aspect: string): string | undefined {
    return this.things.get(thing)?.get(aspect);
  }

  open(thing: Thing, aspect: string, signature: string, at?: PageKey): void {
    const open = this.things.get(thing);
    if (open?.get(aspect) === signature) return;
    this.put(thing, new Map(open).set(aspect, signature), open === undefined ? at : undefined, 1);
  }

  /** Nothing of a thing differs any more but `stillOpen`. `at`: as it was opened with. */
  settle(thing: Thing, stillOpen: ReadonlySet<string> | null, at?: PageKey): void {
    if (this.things.size === 0) return;
    const open = this.things.get(thing);
    if (open === undefined) return;
    const left = stillOpen === null ? [] : [...open].filter(([aspect]) => stillOpen.has(aspect));
    if (left.length === open.size) return;
    if (left.length > 0) this.put(thing, new Map(left), undefined, 0);
    else this.put(thing, undefined, at, -1);
  }

  /** What differs of a thing from now on; `by`: so many more things of the page at `at` differ then. */
  private put(thing: Thing, now: Aspects | undefined, at: PageKey | undefined, by: number): void {
    this.own();
    const { things, slots, journal } = this;
    if (journal.on) journal.step(putBack, this, { thing, before: things.get(thing), at, by });
    if (now === undefined) things.delete(thing);
    else things.set(thing, now);
    if (at !== undefined) slots[slot(at.mm, at.id, at.page)]! += by;
  }

  /** Of the journal: takes back what `put` did. */
  takeBack({ thing, before, at, by }: Change): void {
    this.own();
    if (before === undefined) this.things.delete(thing);
    else this.things.set(thing, before);
    if (at !== undefined) this.slots[slot(at.mm, at.id, at.page)]! -= by;
  }

  private own(): void {
    if (!this.shared) return;
    this.things = new Map(this.things);
    this.slots = this.slots.slice();
    this.shared = false;
  }
}
