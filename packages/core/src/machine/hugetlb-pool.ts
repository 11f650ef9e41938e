// SPDX-License-Identifier: GPL-2.0-or-later
/** The pages of the pools of hugetlb (mm/hugetlb.c): from the allocator into a pool, to who asks, and back. */
import type { Folio } from '../mm/folio.js';
import type { Heap } from '../mm/heap.js';
import type { HugeLevel } from '../mm/level.js';
import type { Allocator } from './allocator.js';
import { F, type FrameTable, PG } from './frame-table.js';
import type { Hstate, Hugetlb } from './hugetlb.js';

/** Flags that free_huge_folio() leaves a page, and that whoever gets it next finds. */
const KEPT = PG.dirty | PG.uptodate | PG.referenced | PG.active;

export class HugetlbPool {
  constructor(
    private readonly hugetlb: Hugetlb,
    private readonly frames: FrameTable,
    private readonly heap: Heap,
    private readonly allocator: Allocator,
    private readonly busy: (first: number, size: number) => boolean,
  ) {}

  /** dequeue_hugetlb_folio_node_exact(): a page of the pool with one reference; undefined where none is free. */
  dequeue(level: HugeLevel): Folio | undefined {
    const { free } = this.of(level);
    const head = free.at(-1);
    if (head === undefined) return undefined;
    this.hugetlb.change(level, { free: free.slice(0, -1) });
    const flags = this.frames.get(head, F.flags);
    this.frames.allocate(head, ++this.allocator.count);
    this.frames.set(head, F.flags, flags);
    return this.heap.folioOf(head);
  }

  /** alloc_surplus_hugetlb_folio() with one reference: undefined at nr_overcommit_huge_pages, without memory, and for gigantic pages. */
  alloc_surplus(level: HugeLevel, gigantic: boolean): Folio | undefined {
    const { surplus_huge_pages, nr_overcommit_huge_pages } = this.of(level);
    if (gigantic || surplus_huge_pages >= nr_overcommit_huge_pages) return undefined;
    const folio = this.alloc_fresh(level);
    if (folio !== undefined) this.hugetlb.change(level, { surplus_huge_pages: surplus_huge_pages + 1 });
    return folio;
  }

  /**
   * free_huge_folio(): the last reference of a page went: back into the pool, or to the allocator while the pool has more than
   * it was made for.
   */
  free_huge_folio(folio: Folio): void {
    const level = this.levelOf(folio);
    const flags = this.frames.get(folio.id, F.flags);
    this.frames.wipeRange(folio.id, folio.pages);
    this.frames.set(folio.id, F.flags, PG.allocated | (flags & KEPT));
    if (folio.restore_reserve) {
      folio.set_restore_reserve(false);
      this.hugetlb.change(level, { resv_huge_pages: this.of(level).resv_huge_pages + 1 });
    }
    if (this.of(level).surplus_huge_pages > 0) this.remove_hugetlb_folio(level, folio, true);
    else this.enqueue(level, folio);
  }

  /** remove_pool_hugetlb_folio(): a free page leaves its pool; false where none is free, or no surplus to be taken down. */
  remove_pool_folio(level: HugeLevel, acct_surplus: boolean): boolean {
    const { free, surplus_huge_pages } = this.of(level);
    const head = free.at(-1);
    if (head === undefined || (acct_surplus && surplus_huge_pages === 0)) return false;
    this.hugetlb.change(level, { free: free.slice(0, -1) });
    this.remove_hugetlb_folio(level, this.heap.folioOf(head)!, acct_surplus);
    return true;
  }

  /** gather_surplus_pages(): reserves `delta` pages, for which surplus ones are made where too few are free. */
  gather_surplus_pages(level: HugeLevel, delta: number, gigantic: boolean): boolean {
    const { resv_huge_pages, free } = this.of(level);
    const gathered: Folio[] = [];
    for (let needed = resv_huge_pages + delta - free.length; needed > 0; needed--) {
      const folio = this.alloc_surplus(level, gigantic);
      if (folio === undefined) {
        for (const each of gathered) this.remove_hugetlb_folio(level, each, true);
        return false;
      }
      gathered.push(folio);
    }
    for (const folio of gathered) this.pool(level, folio);
    this.hugetlb.change(level, { resv_huge_pages: resv_huge_pages + delta });
    return true;
  }

  /** return_unused_surplus_pages(): reservations that nobody will use, and the surplus that was made for them. */
  return_unused_surplus_pages(level: HugeLevel, unused: number): void {
    const { resv_huge_pages, surplus_huge_pages } = this.of(level);
    this.hugetlb.change(level, { resv_huge_pages: resv_huge_pages - unused });
    for (let left = Math.min(unused, surplus_huge_pages); left > 0; left--)
      if (!this.remove_pool_folio(level, true)) return;
  }

  /** set_max_huge_pages(): the pool gets `count` pages beside its surplus, as far as memory and reservations allow it. */
  set_max_huge_pages(level: HugeLevel, count: number): void {
    const persistent = (): number => this.of(level).nr_huge_pages - this.of(level).surplus_huge_pages;
    const surplus = (delta: number): void =>
      this.hugetlb.change(level, { surplus_huge_pages: this.of(level).surplus_huge_pages + delta });
    while (this.of(level).surplus_huge_pages > 0 && count > persistent()) surplus(-1);
    while (count > persistent()) {
      const folio = this.alloc_fresh(level);
      if (folio === undefined) return;
      this.pool(level, folio);
    }
    const { resv_huge_pages, nr_huge_pages, free } = this.of(level);
    const min_count = Math.max(count, resv_huge_pages + nr_huge_pages - free.length);
    while (min_count < persistent()) if (!this.remove_pool_folio(level, false)) break;
    while (count < persistent() && this.of(level).surplus_huge_pages < this.of(level).nr_huge_pages) surplus(1);
  }

  /** alloc_fresh_hugetlb_folio(): a page of the allocator that belongs to the pool, with one reference. */
  private alloc_fresh(level: HugeLevel): Folio | undefined {
    const { order, nr_huge_pages } = this.of(level);
    const head = this.allocator.allocOrder(order, this.busy);
    if (head < 0) return undefined;
    this.frames.allocate(head, ++this.allocator.count);
    const folio = this.heap.newFolio(head, order, false);
    folio.set_hugetlb();
    this.hugetlb.change(level, { nr_huge_pages: nr_huge_pages + 1 });
    return folio;
  }

  /** A page that was just allocated, without reference, into the pool. */
  private pool(level: HugeLevel, folio: Folio): void {
    this.frames.set(folio.id, F.count, 0);
    this.enqueue(level, folio);
  }

  /** enqueue_hugetlb_folio(). */
  private enqueue(level: HugeLevel, folio: Folio): void {
    this.hugetlb.change(level, { free: [...this.of(level).free, folio.id] });
  }

  /** remove_hugetlb_folio() and update_and_free_hugetlb_folio(): a page that is in no list goes back to the allocator. */
  private remove_hugetlb_folio(level: HugeLevel, folio: Folio, adjust_surplus: boolean): void {
    const { nr_huge_pages, surplus_huge_pages } = this.of(level);
    this.hugetlb.change(level, {
      nr_huge_pages: nr_huge_pages - 1,
      surplus_huge_pages: surplus_huge_pages - (adjust_surplus ? 1 : 0),
    });
    this.heap.folios.delete(folio);
    this.frames.wipeRange(folio.id, folio.pages);
    this.allocator.freed(folio.id + folio.pages - 1);
  }

  private levelOf({ order }: Folio): HugeLevel {
    return this.hugetlb.state.hstates.find((h) => h.order === order)!.level;
  }

  private of(level: HugeLevel): Hstate {
    return this.hugetlb.hstate(level)!;
  }
}
