// SPDX-License-Identifier: GPL-2.0-or-later
/** `struct mm_struct`: one address space. */

import type { Journal } from './journal.js';
import { LabelMap } from './label-map.js';
import type { PageTable, PageTableRoot } from './page-table.js';
import { type LiveRange, type VmaBlocks, VmaList } from './vma-list.js';
import type { VmaRecord } from './vma-record.js';

/** What an address space remembers beside its VMAs, its page table and its counters: replaced, never changed. */
export interface MmFields {
  readonly locked_vm: number;
  /** Byte addresses (mm->start_brk, brk, start_stack), and the program's name; 0 and '' where a log says nothing. */
  readonly start_brk: number;
  readonly brk: number;
  readonly start_stack: number;
  readonly comm: string;
  /** Memory of mm->flags MMF_HAS_PINNED: some page may be pinned. */
  readonly has_pinned: boolean;
  /** MMF_HUGE_ZERO_PAGE: it counts among the users of the huge zero folio. */
  readonly huge_zero_page: boolean;
  /** MMF_VM_MERGE_ANY: KSM may merge everything (PR_SET_MEMORY_MERGE). */
  readonly merge_any: boolean;
}

/** One address space as a world holds it. */
export interface ProcessState {
  readonly id: number;
  readonly fields: MmFields;
  /** Pages: MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES. */
  readonly rss: readonly number[];
  readonly labels: LabelMap;
  /** Ascending, disjoint. */
  readonly vmas: VmaBlocks<VmaRecord>;
  readonly pageTable: PageTableRoot;
}

/** What an address space asks of the kernel that it is in. */
export interface MmLinks<V> {
  readonly journal: Journal;
  touchMm(mm: { readonly id: number; record: ProcessState | null }): void;
  /** The VMA of a record in its list; it is put in the record's place. */
  openVma(record: VmaRecord): V;
}

const NEW: MmFields = {
  locked_vm: 0,
  start_brk: 0,
  brk: 0,
  start_stack: 0,
  comm: '',
  has_pinned: false,
  huge_zero_page: false,
  merge_any: false,
};

/** `V`: the VMA, whose own file binds it. */
export class Mm<V extends LiveRange<VmaRecord> & { orphan(): void }> {
  private readonly list: VmaList<V, VmaRecord>;
  /** Hears of every VMA that changes, comes or goes, before or after it did. */
  touched: { vma(vma: V): void } | null = null;
  private fields: MmFields;
  private counters: number[];
  private labelMap: LabelMap;
  /** The immutable record of the present state, but for the page table; null when that changed. */
  record: ProcessState | null;
  /** When the counters were noted in the journal. */
  private stamp = -1;

  /** Labels that were looked up or set, and of which map. */
  private labelled: Map<string, number> | null = null;
  private labelledOf: LabelMap | null = null;

  constructor(
    readonly id: number,
    readonly pt: PageTable,
    private readonly links: MmLinks<V>,
    record: ProcessState | null = null,
  ) {
    this.list = new VmaList<V, VmaRecord>(record?.vmas ?? [], links.journal, (vma) => links.openVma(vma));
    this.fields = record?.fields ?? NEW;
    this.counters = record?.rss.slice() ?? [0, 0, 0, 0];
    this.labelMap = record?.labels ?? LabelMap.empty;
    this.record = record;
  }

  /** get_mm_counter(): MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES. */
  get rss(): readonly number[] {
    return this.counters;
  }

  /** add_mm_counter(). */
  add_mm_counter(member: number, value: number): void {
    const { journal } = this.links;
    if (this.stamp !== journal.stamp) {
      this.stamp = journal.stamp;
      if (journal.on) journal.field(this, 'counters', this.counters.slice());
    }
    if (this.record !== null) this.links.touchMm(this);
    this.counters[member]! += value;
  }

  /** inc_mm_counter(). */
  inc_mm_counter(member: number): void {
    this.add_mm_counter(member, 1);
  }

  /** dec_mm_counter(). */
  dec_mm_counter(member: number): void {
    this.add_mm_counter(member, -1);
  }

  get locked_vm(): number {
    return this.fields.locked_vm;
  }
  set locked_vm(locked_vm: number) {
    this.assign({ locked_vm });
  }
  get start_brk(): number {
    return this.fields.start_brk;
  }
  set start_brk(start_brk: number) {
    this.assign({ start_brk });
  }
  get brk(): number {
    return this.fields.brk;
  }
  set brk(brk: number) {
    this.assign({ brk });
  }
  get start_stack(): number {
    return this.fields.start_stack;
  }
  set start_stack(start_stack: number) {
    this.assign({ start_stack });
  }
  get comm(): string {
    return this.fields.comm;
  }
  set comm(comm: string) {
    this.assign({ comm });
  }
  get merge_any(): boolean {
    return this.fields.merge_any;
  }
  set merge_any(merge_any: boolean) {
    if (merge_any !== this.fields.merge_any) this.assign({ merge_any });
  }
  get huge_zero_page(): boolean {
    return this.fields.huge_zero_page;
  }
  set huge_zero_page(huge_zero_page: boolean) {
    if (huge_zero_page !== this.fields.huge_zero_page) this.assign({ huge_zero_page });
  }
  get has_pinned(): boolean {
    return this.fields.has_pinned;
  }
  set has_pinned(has_pinned: boolean) {
    if (has_pinned !== this.fields.has_pinned) this.assign({ has_pinned });
  }

  /** Sorted by vm_start, disjoint: a copy, for who needs them all. */
  get vmas(): readonly V[] {
    return this.list.all;
  }

  /** The same as records where nobody asked for the VMA: to be read, and nothing is made. */
  peek_vmas(): Iterable<V | VmaRecord> {
    return this.list.peek();
  }

  /** find_vma(): the first VMA that ends above `vpn`. */
  find_vma(vpn: number): V | undefined {
    return this.list.find(vpn);
  }

  /** The VMA before that of `find_vma`, or the last one where that finds none. */
  vma_before(vpn: number): V | undefined {
    return this.list.before(vpn);
  }

  /** As vma_before, but a record where nobody asked for the VMA: to be read, and nothing is made. */
  peek_before(vpn: number): V | VmaRecord | undefined {
    return this.list.peekBefore(vpn);
  }

  /** The lowest VMA that is known to have no gap of `pages` between it and this one, which is linked: itself, if none is. */
  pass_gapless(vma: V | VmaRecord, pages: number): V | VmaRecord {
    return this.list.passGapless(vma, pages);
  }

  /** The bounds of a linked VMA are about to change. */
  resizes(vma: V): void {
    this.list.resizes(vma);
  }

  /** vma_lookup(): the VMA that contains `vpn`. */
  vma_lookup(vpn: number): V | undefined {
    const vma = this.list.find(vpn);
    return vma !== undefined && vma.vm_start <= vpn ? vma : undefined;
  }

  /** The VMA, if it is linked; a neighbour that a mapping remembers may be gone. */
  linked(vma: V | undefined): V | undefined {
    return vma !== undefined && this.list.includes(vma) ? vma : undefined;
  }

  /** Names of mappings, and their first virtual page numbers. */
  get labels(): Readonly<Record<string, number>> {
    return this.labelMap.toObject();
  }

  /** The first virtual page number of the mapping that was labelled so; undefined for an unknown label. */
  startOf(label: string): number | undefined {
    const labelled = this.known();
    let vpn = labelled.get(label);
    if (vpn === undefined) {
      vpn = this.labelMap.get(label);
      if (vpn !== undefined) labelled.set(label, vpn);
    }
    return vpn;
  }

  /** Labels a mapping of so many pages. */
  setLabel(label: string, vpn: number, pages: number): void {
    const labelled = this.known();
    this.relabel(this.labelMap.set(label, vpn, pages));
    labelled.set(label, vpn);
    this.labelledOf = this.labelMap;
  }

  /** Forgets the label of a mapping that did not come to be. */
  dropLabel(label: string): void {
    this.relabel(this.labelMap.delete(label));
  }

  /** The mapping before `end` reaches `to` now: so does its label. */
  growLabel(end: number, to: number): void {
    if (to > end) this.relabel(this.labelMap.grow(end, to));
  }

  /** `ring[2]` for a page of a labelled mapping, the newest of that place; undefined for any other. */
  placeName(vpn: number): string | undefined {
    const place = this.labelMap.at(vpn);
    return place === undefined ? undefined : `${place.name}[${place.page}]`;
  }

  /** dup_mm(): what a fork copies as it is. */
  copyFrom(old: Mm<V>): void {
    this.relabel(old.labelMap);
    const { has_pinned, merge_any, start_brk, brk, start_stack, comm } = old.fields;
    this.assign({ has_pinned, merge_any, start_brk, brk, start_stack, comm });
  }

  /** Links a VMA that overlaps none (vma_iter_store). */
  insert(vma: V): void {
    this.changes();
    this.list.insert(vma);
    this.touched?.vma(vma);
  }

  /** Unlinks a VMA. */
  remove(vma: V): void {
    this.changes();
    this.list.remove(vma);
    this.touched?.vma(vma);
  }

  /** Unlinks all VMAs: the address space ends. */
  remove_all(): void {
    for (const vma of this.list.all) vma.orphan();
    this.list.clear();
  }

  /** A VMA was made of its record: from now on it stands in its place. */
  place(vma: V): void {
    this.list.place(vma);
  }

  /** A linked VMA's record is another than the one that was committed. */
  recorded(vma: V): void {
    this.list.changed(vma);
  }

  /** Something of the address space or its VMAs is about to change. */
  changes(): void {
    if (this.record !== null) this.links.touchMm(this);
  }

  /** The state for a world; its VMAs have their records. */
  toRecord(seal: (part: object) => void): ProcessState {
    const { id, fields, counters, labelMap: labels, list, pt } = this;
    const rss = counters.slice();
    seal(rss);
    seal(fields);
    return { id, fields, rss, labels, vmas: list.commit(seal), pageTable: pt.commit() };
  }

  private assign(changed: Partial<MmFields>): void {
    const { journal } = this.links;
    if (journal.on) journal.field(this, 'fields', this.fields);
    this.changes();
    this.fields = { ...this.fields, ...changed };
  }

  private relabel(labels: LabelMap): void {
    const { journal } = this.links;
    if (journal.on) journal.field(this, 'labelMap', this.labelMap);
    this.changes();
    this.labelMap = labels;
  }

  private known(): Map<string, number> {
    if (this.labelled === null || this.labelledOf !== this.labelMap) {
      this.labelled = new Map();
      this.labelledOf = this.labelMap;
    }
    return this.labelled;
  }
}
