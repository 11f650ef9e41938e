// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the kernel keeps of a folio of more than one page beside its frames: order and counts of the whole
 * (struct folio, include/linux/mm_types.h). References, flags, mapping and index are those of its first frame's
 * record; each page's own map count, exclusiveness and content are in that page's record, which does not
 * exist before there is something to say. A page that belongs to no such folio is a folio of its own.
 */
import type { Journal } from './journal.js';

/** FOLIO_PAGES_MAPPED and ENTIRELY_MAPPED (mm/internal.h). */
export const ENTIRELY_MAPPED = 0x800000;
export const FOLIO_PAGES_MAPPED = ENTIRELY_MAPPED - 1;

/** MM_ID_DUMMY (include/linux/mm_types.h): a slot of no address space. */
export const MM_ID_DUMMY = -1;

export interface FolioRecord {
  /** Its first pfn. */
  readonly id: number;
  readonly order: number;
  /** _entire_mapcount + 1: PMDs that map all of it. */
  readonly entire_mapcount: number;
  /** _large_mapcount + 1: PMDs and PTEs that map it. */
  readonly large_mapcount: number;
  /** _nr_pages_mapped: pages that PTEs map, and ENTIRELY_MAPPED while a PMD does. */
  readonly nr_pages_mapped: number;
  readonly pincount: number;
  /** PG_large_rmappable: it may be split; not what drivers allocate. */
  readonly large_rmappable: boolean;
  readonly partially_mapped: boolean;
  /** It is on the deferred split list. */
  readonly deferred: boolean;
  /** _mm_id[2], the numbers of address spaces, and _mm_id_mapcount[2] + 1: how many mappings of each; with CONFIG_MM_ID. */
  readonly mm_id0: number;
  readonly mm_id1: number;
  readonly mm_id_mapcount0: number;
  readonly mm_id_mapcount1: number;
  /** FOLIO_MM_IDS_SHARED_BIT. */
  readonly mapped_shared: boolean;
  /** folio_test_hugetlb(): of the pools of mm/hugetlb.c, also while it lies there. */
  readonly hugetlb: boolean;
  /** folio_test_hugetlb_restore_reserve(): its end gives a reservation back. */
  readonly restore_reserve: boolean;
}

/** What a folio tells of its changes, before they happen. */
export interface FolioLinks {
  readonly journal: Journal;
  touchFolio(folio: Folio): void;
}

type Count = 'entire_mapcount' | 'large_mapcount' | 'nr_pages_mapped' | 'pincount';

export class Folio {
  entire_mapcount = 0;
  large_mapcount = 0;
  nr_pages_mapped = 0;
  pincount = 0;
  partially_mapped = false;
  deferred = false;
  mm_id0 = MM_ID_DUMMY;
  mm_id1 = MM_ID_DUMMY;
  mm_id_mapcount0 = 0;
  mm_id_mapcount1 = 0;
  mapped_shared = false;
  hugetlb = false;
  restore_reserve = false;
  order: number;
  record: FolioRecord | null = null;

  constructor(
    /** folio_pfn(). */
    readonly id: number,
    order: number,
    readonly large_rmappable: boolean,
    private readonly links: FolioLinks,
  ) {
    this.order = order;
  }

  static open(record: FolioRecord, links: FolioLinks): Folio {
    const folio = new Folio(record.id, record.order, record.large_rmappable, links);
    folio.entire_mapcount = record.entire_mapcount;
    folio.large_mapcount = record.large_mapcount;
    folio.nr_pages_mapped = record.nr_pages_mapped;
    folio.pincount = record.pincount;
    folio.partially_mapped = record.partially_mapped;
    folio.deferred = record.deferred;
    folio.mm_id0 = record.mm_id0;
    folio.mm_id1 = record.mm_id1;
    folio.mm_id_mapcount0 = record.mm_id_mapcount0;
    folio.mm_id_mapcount1 = record.mm_id_mapcount1;
    folio.mapped_shared = record.mapped_shared;
    folio.hugetlb = record.hugetlb;
    folio.restore_reserve = record.restore_reserve;
    folio.record = record;
    return folio;
  }

  /** folio_nr_pages(). */
  get pages(): number {
    return 1 << this.order;
  }

  /** atomic_add_return() of one of the counts. */
  add(count: Count, delta: number): number {
    this.changes(count, this[count]);
    this[count] += delta;
    return this[count];
  }

  set(count: Count, value: number): void {
    if (this[count] === value) return;
    this.changes(count, this[count]);
    this[count] = value;
  }

  mark_partially_mapped(value: boolean): void {
    this.changes('partially_mapped', this.partially_mapped);
    this.partially_mapped = value;
  }

  /** The slot of an address space, -1: it has none. */
  slotOf(mm: number): number {
    return this.mm_id0 === mm ? 0 : this.mm_id1 === mm ? 1 : -1;
  }

  /** _mm_id_mapcount[slot] + 1. */
  mm_id_mapcount(slot: number): number {
    return slot === 0 ? this.mm_id_mapcount0 : this.mm_id_mapcount1;
  }

  /** folio_set_mm_id() (include/linux/rmap.h), and the slot's count. */
  set_mm_id(slot: number, mm: number, mapcount: number): void {
    if (slot === 0) {
      this.changes('mm_id0', this.mm_id0);
      this.changes('mm_id_mapcount0', this.mm_id_mapcount0);
      this.mm_id0 = mm;
      this.mm_id_mapcount0 = mapcount;
    } else {
      this.changes('mm_id1', this.mm_id1);
      this.changes('mm_id_mapcount1', this.mm_id_mapcount1);
      this.mm_id1 = mm;
      this.mm_id_mapcount1 = mapcount;
    }
  }

  set_mapped_shared(value: boolean): void {
    if (this.mapped_shared === value) return;
    this.changes('mapped_shared', this.mapped_shared);
    this.mapped_shared = value;
  }

  /** prep_new_hugetlb_folio(). */
  set_hugetlb(): void {
    this.changes('hugetlb', this.hugetlb);
    this.hugetlb = true;
  }

  set_restore_reserve(value: boolean): void {
    if (this.restore_reserve === value) return;
    this.changes('restore_reserve', this.restore_reserve);
    this.restore_reserve = value;
  }

  set_deferred(value: boolean): void {
    if (this.deferred === value) return;
    this.changes('deferred', this.deferred);
    this.deferred = value;
  }

  private changes(field: string, old: unknown): void {
    const { journal } = this.links;
    if (journal.on) journal.field(this, field, old);
    if (this.record !== null) this.links.touchFolio(this);
  }

  toRecord(): FolioRecord {
    const { id, order, entire_mapcount, large_mapcount, nr_pages_mapped, pincount, large_rmappable, partially_mapped } =
      this;
    const { deferred, mm_id0, mm_id1, mm_id_mapcount0, mm_id_mapcount1, mapped_shared, hugetlb, restore_reserve } =
      this;
    return {
      id,
      order,
      entire_mapcount,
      large_mapcount,
      nr_pages_mapped,
      pincount,
      large_rmappable,
      partially_mapped,
      deferred,
      mm_id0,
      mm_id1,
      mm_id_mapcount0,
      mm_id_mapcount1,
      mapped_shared,
      hugetlb,
      restore_reserve,
    };
  }
}
