// SPDX-License-Identifier: GPL-2.0-or-later
/** Counters of address spaces, lane beside lane. */
import type { Journal } from '../mm/journal.js';
import { JournaledMap } from '../mm/journaled-map.js';
import { MM_COUNTER_NAMES } from '../mm/rss.js';
import { same } from './draft.js';
import type { Scene } from './scene.js';

/** The names by which open differences know an address space and its counters, made once. */
interface MmThings {
  readonly space: string;
  /** In the order of MM_COUNTER_NAMES. */
  readonly counters: readonly string[];
  /** Each lane's counters less those of the first lane, as they were compared last; null: not yet. Replaced, never changed. */
  deltas: readonly number[] | null;
}

export class RssComparer {
  private readonly known: JournaledMap<number, MmThings>;

  /** `journal`: of those who go back. `from`: goes on from what was compared there. */
  constructor(
    private readonly scene: Scene,
    private readonly journal: Journal,
    from?: RssComparer,
  ) {
    const known = [...(from?.known ?? [])];
    this.known = new JournaledMap(
      journal,
      undefined,
      known.map(([mm, things]) => [mm, { ...things }]),
    );
  }

  /** Counters of the address spaces in `mms`. */
  compare(mms: readonly number[]): void {
    for (let i = 0; i < mms.length; i++) {
      const mm = mms[i]!;
      if (!this.same(mm)) this.compareCounters(mm);
      else if (this.known.has(mm)) this.settle(mm);
    }
  }

  private same(mm: number): boolean {
    const { lanes } = this.scene;
    const first = lanes[0]!.k.mms.get(mm)?.rss;
    for (let l = 1; l < lanes.length; l++) {
      const rss = lanes[l]!.k.mms.get(mm)?.rss;
      if (rss === first) continue;
      if (rss === undefined || first === undefined) return false;
      for (let i = 0; i < first.length; i++) if (rss[i] !== first[i]) return false;
    }
    return true;
  }

  /** Nothing differs any more about an address space. */
  private settle(mm: number): void {
    const { lanes, open } = this.scene;
    const { space, counters } = this.thingsOf(mm);
    open.settle(space, null);
    // counters of a process that is gone in all lanes stay as they were
    if (!lanes[0]!.k.mms.has(mm)) {
      this.noted(this.thingsOf(mm), null);
      return;
    }
    for (const rss of counters) open.settle(rss, null);
    this.known.delete(mm);
  }

  private compareCounters(mm: number): void {
    const { lanes, drafts, open } = this.scene;
    const things = this.thingsOf(mm);
    if (this.allHave(mm) && this.unchanged(mm, things)) return;
    const spaces = lanes.map((lane) => lane.k.mms.get(mm));
    const { space: thing, counters } = things;
    if (!same(spaces.map((space) => space === undefined))) {
      const exists = spaces.map((space) => (space === undefined ? 'no' : 'yes'));
      drafts.add('process', thing, thing, 'exists', exists);
      this.noted(things, null);
      return;
    }
    open.settle(thing, null);
    for (const [counter, name] of MM_COUNTER_NAMES.entries()) {
      const values = spaces.map((space) => space!.rss[counter]!);
      const rss = counters[counter]!;
      if (same(values)) open.settle(rss, null);
      else drafts.add('rss', rss, `${thing} ${name}`, 'pages', values);
    }
  }

  private allHave(mm: number): boolean {
    const { lanes } = this.scene;
    for (let l = 0; l < lanes.length; l++) if (!lanes[l]!.k.mms.has(mm)) return false;
    return true;
  }

  /** Counters that move together keep their difference: there is nothing new to say. */
  private unchanged(mm: number, things: MmThings): boolean {
    const { lanes } = this.scene;
    const first = lanes[0]!.k.mms.get(mm)!.rss;
    const { deltas } = things;
    const now: number[] = [];
    for (let l = 1; l < lanes.length; l++) {
      const { rss } = lanes[l]!.k.mms.get(mm)!;
      for (let i = 0; i < first.length; i++) now.push(rss[i]! - first[i]!);
    }
    if (deltas !== null && now.every((delta, n) => delta === deltas[n])) return true;
    this.noted(things, now);
    return false;
  }

  private noted(things: MmThings, deltas: readonly number[] | null): void {
    if (this.journal.on) this.journal.field(things, 'deltas', things.deltas);
    things.deltas = deltas;
  }

  private thingsOf(mm: number): MmThings {
    let things = this.known.get(mm);
    if (things === undefined) {
      const counters = MM_COUNTER_NAMES.map((_, counter) => `rss ${mm} ${counter}`);
      things = { space: `mm ${mm}`, counters, deltas: null };
      this.known.set(mm, things);
    }
    return things;
  }
}
