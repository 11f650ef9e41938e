// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the memory manager has allocated: address spaces, VMAs, anon_vmas and files. They know each other
 * by numbers, and are made from their records when somebody follows one.
 */
import { AddressSpace, type AddressSpaceRecord, type FileLinks, type HugeMount } from './address-space.js';
import { AnonVma, type AnonVmaLinks, type AnonVmaRecord } from './anon-vma.js';
import type { Folio } from './folio.js';
import { type FoliosRoot, FolioTable, noFolios } from './folio-table.js';
import type { IdList } from './id-list.js';
import type { Journal } from './journal.js';
import type { Level } from './level.js';
import type { MmLinks, ProcessState } from './mm.js';
import { ObjectTable } from './object-table.js';
import type { PageTable, PageTableRoot } from './page-table.js';
import { emptySlots, type SlotsRoot } from './slots.js';
import { Mm, Vma, type VmaLinks } from './vma.js';
import type { VmaRecord } from './vma-record.js';

/** What a world holds of it: records by number. */
export interface HeapRoot {
  readonly mms: SlotsRoot<ProcessState>;
  readonly vmas: SlotsRoot<VmaRecord>;
  readonly anon_vmas: SlotsRoot<AnonVmaRecord>;
  readonly files: SlotsRoot<AddressSpaceRecord>;
  /** Of more than one page. */
  readonly folios: FoliosRoot;
  /** The files that have a name in the log. */
  readonly names: ReadonlyMap<string, number>;
  /** The number of what is allocated next. */
  readonly nextId: number;
}

export const emptyHeap: HeapRoot = {
  mms: emptySlots,
  vmas: emptySlots,
  anon_vmas: emptySlots,
  files: emptySlots,
  folios: noFolios,
  names: new Map(),
  nextId: 1,
};

/** The file of shared anonymous memory, and of MAP_HUGETLB: its number is its name. */
const NAMELESS = /^(?:\/dev\/zero|\/anon_hugepage)#(\d+)$/;

/** The files, as logs name them. */
export interface Files {
  get(name: string): AddressSpace | undefined;
  values(): Iterable<AddressSpace>;
}

export class Heap implements VmaLinks, MmLinks<Vma>, AnonVmaLinks, FileLinks {
  readonly mms: ObjectTable<Mm, ProcessState>;
  readonly vmas: ObjectTable<Vma, VmaRecord>;
  readonly anon_vmas: ObjectTable<AnonVma, AnonVmaRecord>;
  readonly files: ObjectTable<AddressSpace, AddressSpaceRecord>;
  readonly folios: FolioTable;
  private names: ReadonlyMap<string, number>;
  private id: number;
  /** Address spaces whose page table was written to since the last commit: of thousands a few. */
  private readonly changedTables = new Set<Mm>();

  /**
   * `pageTable`: a page table for an address space. `adopt` sees every address space that is made.
   * `stays`: a VMA that is not linked is part of the next world nevertheless.
   */
  constructor(
    root: HeapRoot,
    readonly journal: Journal,
    private readonly pageTable: (mm: number, root?: PageTableRoot) => PageTable,
    private readonly adopt: (mm: Mm) => void,
    stays: (vma: Vma) => boolean,
  ) {
    this.id = root.nextId;
    this.names = root.names;
    this.folios = new FolioTable(root.folios, journal);
    this.mms = new ObjectTable<Mm, ProcessState>(root.mms, journal, {
      open: (record) => this.makeMm(record.id, record),
      close: (mm, seal) => mm.toRecord(seal),
    });
    this.vmas = new ObjectTable<Vma, VmaRecord>(root.vmas, journal, {
      open: (record) => Vma.open(record, this.mms.get(record.mm)!, this),
      close: (vma) => vma.toRecord(),
      gone: (vma) => !vma.linked && !stays(vma),
      writes: (vma) => {
        if (vma.linked) vma.mm.recorded(vma);
      },
      made: (vma) => {
        if (vma.linked) vma.mm.place(vma);
      },
    });
    this.anon_vmas = new ObjectTable<AnonVma, AnonVmaRecord>(root.anon_vmas, journal, {
      open: (record) => AnonVma.open(record, this),
      close: (anon_vma) => anon_vma.toRecord(),
    });
    this.files = new ObjectTable<AddressSpace, AddressSpaceRecord>(root.files, journal, {
      open: (record) => AddressSpace.open(record, this),
      close: (file) => file.toRecord(),
    });
  }

  /** The number of what is allocated next. */
  get nextId(): number {
    return this.id;
  }

  /** A number for something new. */
  takeId(): number {
    if (this.journal.on) this.journal.field(this, 'id', this.id);
    return this.id++;
  }

  /** An empty address space. */
  newMm(id: number): Mm {
    const mm = this.makeMm(id, null);
    this.mms.set(id, mm);
    return mm;
  }

  newVma(mm: Mm): Vma {
    const vma = new Vma(this.takeId(), mm, this, this.journal.stamp);
    this.vmas.set(vma.id, vma);
    return vma;
  }

  newAnonVma(id = this.takeId()): AnonVma {
    const anon_vma = new AnonVma(id, this);
    this.anon_vmas.set(id, anon_vma);
    return anon_vma;
  }

  /** A file; without a name shared anonymous memory, which goes with its last mapping. */
  newFile(
    name: string | undefined,
    kind: AddressSpaceRecord['kind'],
    pages: number,
    huge?: HugeMount,
    unlinked?: boolean,
    hstate?: Level,
    folios?: AddressSpaceRecord['folios'],
  ): AddressSpace {
    const id = this.takeId();
    const file = new AddressSpace(
      id,
      name ?? `${kind === 'hugetlbfs' ? '/anon_hugepage' : '/dev/zero'}#${id}`,
      kind,
      pages,
      name === undefined,
      this,
      undefined,
      huge,
      unlinked,
      hstate,
      folios,
    );
    this.files.set(id, file);
    if (name !== undefined) this.rename(new Map([...this.names, [name, id]]));
    return file;
  }

  /** The file of that name. */
  fileOf(name: string): AddressSpace | undefined {
    const id = this.names.get(name) ?? Number(NAMELESS.exec(name)?.[1]);
    return Number.isNaN(id) ? undefined : this.files.get(id);
  }

  /** VMAs by their numbers. */
  vmasOf(ids: IdList): Vma[] {
    const vmas: Vma[] = [];
    for (const id of ids) {
      const vma = this.vmas.get(id);
      if (vma !== undefined) vmas.push(vma);
    }
    return vmas;
  }

  /** The VMAs that map something of a file's pages `first` to `last`, both included, in i_mmap's order. Nothing is made of the others. */
  *mapping(file: AddressSpace, first: number, last: number): Generator<Vma, void, void> {
    for (const id of file.near(first, last)) {
      const vma = this.vmas.peek(id);
      if (vma === undefined || vma.vm_pgoff > last) continue;
      if (vma.vm_pgoff + (vma.vm_end - vma.vm_start) > first) yield this.vmas.get(id)!;
    }
  }

  /**
   * The VMAs of a list that cover page `index` of what they map, and where. `offsetOf`: the page at which a
   * VMA begins. Nothing is made of the others.
   */
  *covering(
    ids: IdList,
    index: number,
    offsetOf: (vma: Vma | VmaRecord) => number,
  ): Generator<{ readonly id: number; readonly vpn: number; readonly offset: number }, void, void> {
    for (const id of ids) {
      const vma = this.vmas.peek(id);
      if (vma === undefined) continue;
      const offset = offsetOf(vma);
      const vpn = vma.vm_start + index - offset; // vma_address()
      if (vpn >= vma.vm_start && vpn < vma.vm_end) yield { id, vpn, offset };
    }
  }

  get root(): Pick<HeapRoot, 'names' | 'nextId'> {
    return { names: this.names, nextId: this.id };
  }

  // ---------------------------------------------------------------- folios

  /** Orders of folios of more than one page that there ever were, one bit each; 0: every page is a folio of its own. */
  get orders(): number {
    return this.folios.orders;
  }

  /** The folio of more than one page that frame `pfn` belongs to. Blocks of the allocator are aligned to their size. */
  folioOf(pfn: number): Folio | undefined {
    return this.folios.orders === 0 ? undefined : this.folios.find(pfn);
  }

  newFolio(pfn: number, order: number, large_rmappable: boolean): Folio {
    return this.folios.add(pfn, order, large_rmappable);
  }

  /** The same folios with other first frames; the records of their frames have moved already. */
  moveFolios(folios: readonly Folio[], to: (pfn: number) => number): void {
    const kept = folios.map((folio) => folio.values());
    for (const folio of folios) this.folios.delete(folio);
    for (const [i, { id, order }] of folios.entries()) this.folios.restore(to(id), order, kept[i]!);
  }

  // ---------------------------------------------------------- what the objects ask

  touchMm(mm: { readonly id: number; record: ProcessState | null }): void {
    this.mms.touch(mm as Mm);
  }

  openVma(record: VmaRecord): Vma {
    return this.vmas.get(record.id)!;
  }

  touchVma(vma: Vma): void {
    this.vmas.touch(vma);
  }

  file(id: number): AddressSpace {
    return this.files.get(id)!;
  }

  touchFile(file: AddressSpace): void {
    this.files.touch(file);
  }

  pgoffOf(vma: number): number {
    return this.vmas.peek(vma)?.vm_pgoff ?? 0;
  }

  peekVma(vma: number): Vma | VmaRecord | undefined {
    return this.vmas.peek(vma);
  }

  anonVma(id: number): AnonVma {
    return this.anon_vmas.get(id)!;
  }

  touchAnonVma(anon_vma: AnonVma): void {
    this.anon_vmas.touch(anon_vma);
  }

  private makeMm(id: number, record: ProcessState | null): Mm {
    const mm = new Mm(id, this.pageTable(id, record?.pageTable), this, record);
    this.adopt(mm);
    mm.pt.changed = () => this.changedTables.add(mm);
    return mm;
  }

  /** Address spaces whose page table is not the one of their record any more are about to have another record. */
  settleTables(): void {
    for (const mm of this.changedTables) {
      if (this.mms.peek(mm.id) !== mm) {
        // it is gone, but a way back may bring it again
        if (!this.journal.on) this.changedTables.delete(mm);
        continue;
      }
      this.changedTables.delete(mm);
      if (!mm.pt.unchanged) mm.changes();
    }
  }

  private rename(names: ReadonlyMap<string, number>): void {
    if (this.journal.on) this.journal.field(this, 'names', this.names);
    this.names = names;
  }
}
