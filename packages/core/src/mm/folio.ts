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

/** The records of some folios, one behind the other. */
export type FolioLeaf = number[];

/** Fields of a folio in its leaf; the first is never 0 where there is a folio. */
const N = {
  flags: 0,
  entire_mapcount: 1,
  large_mapcount: 2,
  nr_pages_mapped: 3,
  pincount: 4,
  mm_id0: 5,
  mm_id1: 6,
  mm_id_mapcount0: 7,
  mm_id_mapcount1: 8,
} as const;
export const FOLIO_FIELDS = 9;

/** Bits of `flags`. */
const FLAG = {
  exists: 1 << 0,
  large_rmappable: 1 << 1,
  partially_mapped: 1 << 2,
  deferred: 1 << 3,
  mapped_shared: 1 << 4,
  hugetlb: 1 << 5,
  restore_reserve: 1 << 6,
} as const;

type Flag = Exclude<keyof typeof FLAG, 'exists'>;
type Count = Exclude<keyof typeof N, 'flags'>;

/** Folios whose records share a leaf (log2). */
export const FOLIO_LEAF_BITS = 3;

/** Where folios are kept: those of an order by `key`, how many of their size lie before them. */
export interface FolioStore {
  readonly journal: Journal;
  /** Called before a folio changes. */
  touch(folio: { readonly id: number }): void;
  leaf(order: number, key: number): Readonly<FolioLeaf> | undefined;
  leafForWrite(order: number, key: number): FolioLeaf;
}

/** One of a running kernel. Any number of these may stand for one folio: what it holds is in the table alone. */
export class Folio {
  private readonly key: number;
  /** Where its record begins in its leaf. */
  private readonly at: number;

  constructor(
    /** folio_pfn(). */
    readonly id: number,
    readonly order: number,
    private readonly table: FolioStore,
  ) {
    this.key = id / (1 << order);
    this.at = (this.key & ((1 << FOLIO_LEAF_BITS) - 1)) * FOLIO_FIELDS;
  }

  /** folio_nr_pages(). */
  get pages(): number {
    return 1 << this.order;
  }

  get entire_mapcount(): number {
    return this.read('entire_mapcount');
  }

  get large_mapcount(): number {
    return this.read('large_mapcount');
  }

  get nr_pages_mapped(): number {
    return this.read('nr_pages_mapped');
  }

  get pincount(): number {
    return this.read('pincount');
  }

  get mm_id0(): number {
    return this.read('mm_id0');
  }

  get mm_id1(): number {
    return this.read('mm_id1');
  }

  get mm_id_mapcount0(): number {
    return this.read('mm_id_mapcount0');
  }

  get mm_id_mapcount1(): number {
    return this.read('mm_id_mapcount1');
  }

  get large_rmappable(): boolean {
    return this.test('large_rmappable');
  }

  get partially_mapped(): boolean {
    return this.test('partially_mapped');
  }

  get deferred(): boolean {
    return this.test('deferred');
  }

  get mapped_shared(): boolean {
    return this.test('mapped_shared');
  }

  get hugetlb(): boolean {
    return this.test('hugetlb');
  }

  get restore_reserve(): boolean {
    return this.test('restore_reserve');
  }

  /** atomic_add_return() of one of the counts. */
  add(count: Count, delta: number): number {
    const field = N[count];
    const leaf = this.leafForWrite(field);
    const value = leaf[this.at + field]! + delta;
    leaf[this.at + field] = value;
    return value;
  }

  set(count: Count, value: number): void {
    if (this.read(count) !== value) this.write(N[count], value);
  }

  mark_partially_mapped(value: boolean): void {
    this.setFlag('partially_mapped', value);
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
    this.set(slot === 0 ? 'mm_id0' : 'mm_id1', mm);
    this.set(slot === 0 ? 'mm_id_mapcount0' : 'mm_id_mapcount1', mapcount);
  }

  set_mapped_shared(value: boolean): void {
    this.setFlag('mapped_shared', value);
  }

  /** prep_new_hugetlb_folio(). */
  set_hugetlb(): void {
    this.setFlag('hugetlb', true);
  }

  set_restore_reserve(value: boolean): void {
    this.setFlag('restore_reserve', value);
  }

  set_deferred(value: boolean): void {
    this.setFlag('deferred', value);
  }

  /** Makes it one that nothing maps, without a way back. Its record is all zeros. */
  make(large_rmappable: boolean): void {
    const { table, order, key, at } = this;
    const leaf = table.leafForWrite(order, key);
    leaf[at + N.flags] = large_rmappable ? FLAG.exists | FLAG.large_rmappable : FLAG.exists;
    leaf[at + N.mm_id0] = MM_ID_DUMMY;
    leaf[at + N.mm_id1] = MM_ID_DUMMY;
  }

  /** A copy of its record as it is kept. */
  values(): readonly number[] {
    const { table, order, key, at } = this;
    return table.leafForWrite(order, key).slice(at, at + FOLIO_FIELDS);
  }

  /** Makes it what `values` was of one, without a way back. */
  fill(values: readonly number[]): void {
    const { table, order, key, at } = this;
    const leaf = table.leafForWrite(order, key);
    for (let field = 0; field < FOLIO_FIELDS; field++) leaf[at + field] = values[field]!;
  }

  /** Makes it none, without a way back. */
  wipe(): void {
    const { table, order, key, at } = this;
    table.leafForWrite(order, key).fill(0, at, at + FOLIO_FIELDS);
  }

  private read(count: Count): number {
    return this.field(N[count]);
  }

  private test(flag: Flag): boolean {
    return (this.field(N.flags) & FLAG[flag]) !== 0;
  }

  private field(field: number): number {
    const leaf = this.table.leaf(this.order, this.key);
    return leaf === undefined ? 0 : leaf[this.at + field]!;
  }

  private setFlag(flag: Flag, value: boolean): void {
    const flags = this.field(N.flags);
    const next = value ? flags | FLAG[flag] : flags & ~FLAG[flag];
    if (next !== flags) this.write(N.flags, next);
  }

  private write(field: number, value: number): void {
    this.leafForWrite(field)[this.at + field] = value;
  }

  /** The leaf in which the field is about to change. */
  private leafForWrite(field: number): FolioLeaf {
    const { table, order, key, at } = this;
    table.touch(this);
    const leaf = table.leafForWrite(order, key);
    if (table.journal.on) table.journal.step(PUT_BACK[field]!, this, leaf[at + field]!);
    return leaf;
  }

  /** For the journal. */
  putBack(field: number, old: number): void {
    this.table.leafForWrite(this.order, this.key)[this.at + field] = old;
  }
}

/** Ways back, one a field: what a change leaves in the journal is made once. */
const PUT_BACK = Array.from(
  { length: FOLIO_FIELDS },
  (_, field) =>
    (folio: Folio, old: number): void =>
      folio.putBack(field, old),
);

/** All of it under names, to be told apart and written down. */
export function folioRecord(folio: Folio): FolioRecord {
  const { id, order, entire_mapcount, large_mapcount, nr_pages_mapped, pincount } = folio;
  const { large_rmappable, partially_mapped, deferred, mapped_shared, hugetlb, restore_reserve } = folio;
  const { mm_id0, mm_id1, mm_id_mapcount0, mm_id_mapcount1 } = folio;
  return {
    ...{ id, order, entire_mapcount, large_mapcount, nr_pages_mapped, pincount, large_rmappable, partially_mapped },
    ...{ deferred, mm_id0, mm_id1, mm_id_mapcount0, mm_id_mapcount1, mapped_shared, hugetlb, restore_reserve },
  };
}
