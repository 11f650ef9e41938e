// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The page table of one mm: virtual page number -> raw entry, as two 32-bit halves, at the level of PTEs,
 * PMDs or PUDs. The raw value is the only thing remembered. The empty entry of an architecture
 * (`pte_clear`) is stored as it is.
 *
 * One radix tree holds all levels: leaves of PTEs below, and at inner nodes the leaves of PMDs and PUDs that
 * map memory themselves. Below such an entry there is nothing: a leaf of PTEs, full or empty, is what the
 * kernel has as a page table, and an entry of a higher level stands in its place.
 *
 * PTEs are those of `PteTable`, the levels above those of `LeveledTable`; here is how all of it is walked and copied. All writes go
 * through methods that tell the journal and `touched` first.
 */
import { InternalError } from '@specialbit/events';
import type { Pte } from '../arch/contract.js';
import { type HugeLevel, type Level, PMD, PTE } from './level.js';
import { LeveledTable } from './page-table-levels.js';
import { allHold, type CopyWalk, copyAlone, visitLeaf, type Walk } from './page-table-walk.js';
import { LEAF_REPLACED, LEAF_SIZE } from './pte-table.js';

export { emptyPageTable, type PageTableRoot } from './pte-table.js';

export class PageTable extends LeveledTable {
  /**
   * As the kernel's walkers go: through `[start, end)` in ascending order, at each PUD and PMD first whether
   * it maps memory itself, and through the PTEs below only where it does not. Empty entries are passed
   * over. `visit` may change entries at or before the one it is at.
   */
  walk(start: number, end: number, p: Pte, visit: Walk): void {
    if (this.hugeCount === 0) this.walkPtes(start, end, p, visit);
    else this.byLevels(start, end, p, visit, (from, to) => this.walkPtes(from, to, p, visit));
  }

  private walkPtes(start: number, end: number, p: Pte, { pte, cleared }: Walk): void {
    // who listens hears of every entry
    if (cleared === undefined || end - start < LEAF_SIZE || this.touched !== null || this.groups !== null) {
      this.forEach(start, end, p, pte);
      return;
    }
    this.forEachLeaf(start, end, (data, first) => {
      const whole = first >= start && first + LEAF_SIZE <= end;
      if (whole && allHold(this.codec.empty, data, p, cleared)) this.emptyLeaf(first);
      else visitLeaf(this.codec, data, start, end, first, p, pte);
    });
  }

  /** A leaf as if each of its entries had been cleared. */
  private emptyLeaf(first: number): void {
    if (this.notes) this.journal.leaf(this, LEAF_REPLACED, first, this.tree.leafObject(first));
    this.tree.putLeaf(first, this.layout.emptyLeaf);
  }

  /** Calls `visit` for every entry of any level that maps, or would map, a page of `[start, end)`. */
  forEachEntry(start: number, end: number, p: Pte, visit: (vpn: number, level: Level) => void): void {
    const huge =
      (level: HugeLevel) =>
      (first: number): boolean => {
        visit(first, level);
        return true;
      };
    this.walk(start, end, p, { pte: (vpn) => visit(vpn, PTE), pmd: huge(1), pud: huge(2) });
  }

  private byLevels(
    start: number,
    end: number,
    p: Pte,
    visit: { pmd(first: number): boolean; pud(first: number): boolean },
    ptes: (from: number, to: number) => void,
  ): void {
    let at = start;
    const { huge } = this.layout;
    while (at < end) {
      // entries of PMDs often follow each other, and no PUD is where one of them is
      if (huge[0]!.level === PMD && at % huge[0]!.pages === 0 && this.loadHuge(0, at, p)) {
        if (visit.pmd(at)) {
          at += huge[0]!.pages;
          continue;
        }
      }
      const found = this.nextHuge(at, end, p);
      if (found === null) {
        ptes(at, end);
        return;
      }
      const { first, of } = found;
      if (first > at) {
        ptes(at, first);
        at = first;
        // what the PTEs' visitor did may have changed it
        continue;
      }
      if (of.level === 1 ? visit.pmd(first) : visit.pud(first)) at = first + of.pages;
      else if (this.loadHuge(this.layout.huge.indexOf(of), first, p)) {
        throw new InternalError(`the entry of page 0x${first.toString(16)} is neither done with nor split`);
      }
    }
  }

  /** As walk, for copying a range into `dst`, without looking for the leaf of each PTE. */
  copyRange(dst: PageTable, start: number, end: number, p: Pte, copy: CopyWalk): void {
    if (this.hugeCount === 0) this.copyPtes(dst, start, end, p, copy);
    else this.byLevels(start, end, p, copy, (from, to) => this.copyPtes(dst, from, to, p, copy));
  }

  private copyPtes(dst: PageTable, start: number, end: number, p: Pte, { pte, alone }: CopyWalk): void {
    // what is told to the journal or a listener, or kept together, goes by entry
    const heard = dst.notes || dst.touched !== null || this.groups !== null;
    const whole = alone !== undefined && end - start >= LEAF_SIZE && this.asItIs && !heard;
    let shared = false;
    this.forEachLeaf(start, end, (data, first) => {
      const copied =
        whole && first >= start && first + LEAF_SIZE <= end ? copyAlone(this.codec.empty, data, p, alone) : undefined;
      if (copied === undefined) {
        this.copyLeaf(dst, data, start, end, first, p, pte);
      } else if (copied !== data) {
        dst.tree.putLeaf(first, { owner: null, data: copied });
      } else {
        // both tables hold the leaf, and whoever writes to it copies it
        if (!shared) this.tree.letGo();
        shared = true;
        dst.tree.putLeaf(first, this.tree.leafObject(first));
      }
    });
  }

  /** The same for copyPtes; a leaf of `dst` is made when there is something to store in it. */
  private copyLeaf(
    dst: PageTable,
    data: Int32Array,
    start: number,
    end: number,
    first: number,
    p: Pte,
    copy: (vpn: number) => boolean,
  ): void {
    const { codec } = this;
    const { lo, hi } = codec.empty;
    const to = Math.min(LEAF_SIZE, end - first);
    let target: Int32Array | undefined;
    for (let i = Math.max(0, start - first); i < to; i++) {
      p.lo = data[2 * i]!;
      p.hi = data[2 * i + 1]!;
      if ((p.lo === lo && p.hi === hi) || codec.none(p)) continue;
      if (this.groups !== null) {
        this.get(first + i, p);
        if (copy(first + i)) dst.set(first + i, p);
        continue;
      }
      if (!copy(first + i)) continue;
      target ??= dst.tree.leafForWrite(first);
      dst.put(target, first + i, p);
    }
  }
}
