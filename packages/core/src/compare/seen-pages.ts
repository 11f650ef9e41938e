// SPDX-License-Identifier: GPL-2.0-or-later
import type { PageKey } from './page-key.js';

/** So many are searched one by one. */
const FEW = 8;

/**
 * Pages that were looked at in this event, in all lanes at once. Each lane tells what it touched, most of them the same:
 * without this 71 lanes are compared 71 times.
 */
export class SeenPages {
  private count = 0;
  private readonly few: PageKey[] = [];
  /** mm -> mapping -> pages; made when there are more than a few. */
  private many: Map<number, Map<number, Set<number>>> | null = null;

  clear(): void {
    this.count = 0;
    this.many = null;
  }

  /** False when the page was seen before. */
  first(key: PageKey): boolean {
    if (this.many !== null) return this.add(this.many, key);
    const { few, count } = this;
    for (let i = 0; i < count; i++) {
      const known = few[i]!;
      if (known.page === key.page && known.id === key.id && known.mm === key.mm) return false;
    }
    if (count < FEW) {
      few[count] = key;
      this.count = count + 1;
      return true;
    }
    this.many = new Map();
    for (const known of few) this.add(this.many, known);
    return this.add(this.many, key);
  }

  private add(many: Map<number, Map<number, Set<number>>>, { mm, id, page }: PageKey): boolean {
    let ofMm = many.get(mm);
    if (ofMm === undefined) {
      ofMm = new Map();
      many.set(mm, ofMm);
    }
    let pages = ofMm.get(id);
    if (pages === undefined) {
      pages = new Set();
      ofMm.set(id, pages);
    }
    if (pages.has(page)) return false;
    pages.add(page);
    return true;
  }
}
