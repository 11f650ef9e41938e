// SPDX-License-Identifier: GPL-2.0-or-later
/** What differs at present, and since which divergence: so that what only follows is told from what is new. */

import { type PageKey, pageOf } from './page-key.js';

/** What can differ: a frame by its identity, everything else by name. */
export type Thing = string | number;

/** Slots of the counters that tell quickly that nothing differs about a page; a power of two. */
const SLOTS = 4096;

function slot({ mm, id, page }: PageKey): number {
  return (Math.imul(mm, 0x9e3b) ^ Math.imul(id, 0x85eb) ^ page) & (SLOTS - 1);
}

interface Open {
  readonly root: number;
  /** What the difference is; the same one is not reported again. */
  readonly signature: string;
}

export class OpenDifferences {
  /** thing -> respect -> difference */
  private readonly things = new Map<Thing, Map<string, Open>>();
  /** Pages of mappings, in whatever address space: a child's page differs because its parent's did. */
  private readonly pages = new Map<string, number>();
  /** How many things of pages differ, by `slot`. */
  private readonly slots = new Uint32Array(SLOTS);

  get empty(): boolean {
    return this.things.size === 0;
  }

  has(thing: Thing): boolean {
    return this.things.has(thing);
  }

  /** False: nothing differs about the page, nor about a VMA that begins there. Costs no name. */
  mayDiffer(page: PageKey): boolean {
    return this.slots[slot(page)] !== 0;
  }

  /** The earliest root of what differs about a thing; -1 when nothing does. */
  root(thing: Thing): number {
    const open = this.things.get(thing);
    if (open === undefined) return -1;
    let root = Number.MAX_SAFE_INTEGER;
    for (const one of open.values()) root = Math.min(root, one.root);
    return root;
  }

  known(thing: Thing, aspect: string): Open | undefined {
    return this.things.get(thing)?.get(aspect);
  }

  pageRoot(page: string): number {
    return this.pages.get(page) ?? -1;
  }

  open(thing: Thing, aspect: string, signature: string, root: number, at?: PageKey): void {
    let open = this.things.get(thing);
    if (open === undefined) {
      open = new Map();
      this.things.set(thing, open);
      if (at !== undefined) this.slots[slot(at)]!++;
    }
    open.set(aspect, { root, signature });
  }

  openPage(page: string, root: number): void {
    if (!this.pages.has(page)) this.pages.set(page, root);
  }

  /**
   * Nothing of a thing differs any more but `stillOpen`. `at`: as it was opened with; `page`: what follows
   * from the page is forgotten with it.
   */
  settle(thing: Thing, stillOpen: ReadonlySet<string> | null, at?: PageKey, page = false): void {
    const open = this.things.get(thing);
    if (open === undefined) return;
    for (const aspect of open.keys()) if (stillOpen === null || !stillOpen.has(aspect)) open.delete(aspect);
    if (open.size > 0) return;
    this.things.delete(thing);
    if (at === undefined) return;
    this.slots[slot(at)]!--;
    if (page) this.pages.delete(pageOf(at));
  }

  /** Roots of the pages `[first, first + pages)` of a mapping, the earliest; `*` is the mapping as a whole. */
  earliestOfRange(id: number, first: number, pages: number): number {
    let root = this.pages.get(`${id}/*`) ?? Number.MAX_SAFE_INTEGER;
    if (pages <= this.pages.size) {
      for (let i = 0; i < pages; i++) root = Math.min(root, this.pages.get(`${id}/${first + i}`) ?? root);
    } else {
      for (const [page, since] of this.pages) {
        const [owner, index] = page.split('/');
        if (Number(owner) === id && Number(index) >= first && Number(index) < first + pages)
          root = Math.min(root, since);
      }
    }
    return root === Number.MAX_SAFE_INTEGER ? -1 : root;
  }
}
