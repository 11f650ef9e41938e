// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A file as the memory manager sees it (`struct address_space`): its page cache and the VMAs that
 * map it, in the order of the kernel's interval tree (i_mmap: by vm_pgoff, later ones after equal
 * ones).
 */
import { IdList } from './id-list.js';
import type { Journal } from './journal.js';
import type { Level } from './level.js';
import { PageMap } from './page-map.js';
import { noRegions, type Regions } from './regions.js';
import { emptySlots, type SlotsRoot } from './slots.js';

export type FileKind = 'device' | 'shmem' | 'file' | 'hugetlbfs';
/** `huge=` of a mount of tmpfs. */
export type HugeMount = 'always' | 'never' | 'within_size' | 'advise';

export interface AddressSpaceRecord {
  readonly id: number;
  readonly name: string;
  readonly kind: FileKind;
  readonly pages: number;
  readonly nameless: boolean;
  /** Of the mount that it lies on. */
  readonly huge: HugeMount;
  /** Nobody can open it any more (i_nlink is 0): to mappings it is shared anonymous memory. */
  readonly unlinked: boolean;
  /** index -> pfn */
  readonly page_cache: SlotsRoot<number>;
  /** index -> swap offset of pages that were paged out. */
  readonly swapped: SlotsRoot<number>;
  /** VMA ids in i_mmap order. */
  readonly i_mmap: IdList;
  /** Of hugetlbfs: the level of the entries that map its pages (hstate_inode()), 0 for other files. */
  readonly hstate: Level;
  /** Of a file of a disk: the large folios that its page cache has, `[first page, order]`. */
  readonly folios: readonly (readonly [number, number])[];
  /** inode_resv_map(): huge pages of the file that are reserved, or were. */
  readonly resv: Regions;
}

/** What a file asks of the kernel that it is in. */
export interface FileLinks {
  readonly journal: Journal;
  touchFile(file: AddressSpace): void;
  /** vm_pgoff of a VMA of its i_mmap. */
  pgoffOf(vma: number): number;
  /** A VMA of its i_mmap, to be read. */
  peekVma(vma: number): { readonly vm_pgoff: number; readonly vm_start: number; readonly vm_end: number } | undefined;
}

const NO_FOLIOS: AddressSpaceRecord['folios'] = [];

/** After so many the ranges of all parts of i_mmap are worked out anew, when somebody asks for them. */
const FEW_MOVED = 64;

/** Pages of the file, `end` exclusive. */
interface PageRange {
  readonly start: number;
  readonly end: number;
}

export class AddressSpace {
  readonly page_cache: PageMap;
  readonly swapped: PageMap;
  private size: number;
  private mapped = IdList.empty;
  private reserved: Regions = noRegions;
  record: AddressSpaceRecord | null = null;
  /** Of parts of i_mmap: which pages their VMAs map, from the first to the last. */
  private ranges = new WeakMap<readonly number[], PageRange>();
  /** What was taken back when `ranges` was worked out: a way back moves VMAs without a word. */
  private rangesOf = 0;
  /** VMAs that moved since somebody asked; more than a few: no range is known any more. */
  private moved = FEW_MOVED;

  /** `pages`: its size (0: a device). `nameless`: shared anonymous memory, gone with its last mapping. */
  constructor(
    readonly id: number,
    readonly name: string,
    readonly kind: FileKind,
    pages: number,
    readonly nameless: boolean,
    private readonly links: FileLinks,
    held: Pick<AddressSpaceRecord, 'page_cache' | 'swapped'> = { page_cache: emptySlots, swapped: emptySlots },
    readonly huge: HugeMount = 'never',
    readonly unlinked = nameless,
    readonly hstate: Level = 0,
    readonly folios: AddressSpaceRecord['folios'] = NO_FOLIOS,
  ) {
    this.size = pages;
    this.page_cache = new PageMap(held.page_cache, links.journal);
    this.swapped = new PageMap(held.swapped, links.journal);
  }

  static open(record: AddressSpaceRecord, links: FileLinks): AddressSpace {
    const { id, name, kind, pages, nameless, huge, unlinked, hstate, folios } = record;
    const file = new AddressSpace(id, name, kind, pages, nameless, links, record, huge, unlinked, hstate, folios);
    file.mapped = record.i_mmap;
    file.reserved = record.resv;
    file.record = record;
    return file;
  }

  /** Size in pages. */
  get pages(): number {
    return this.size;
  }
  set pages(v: number) {
    this.changes('size', this.size);
    this.size = v;
  }

  /** The large folio of the page cache that page `index` belongs to, `[first page, order]`. */
  folioAt(index: number): readonly [number, number] | undefined {
    const { folios } = this;
    let lo = 0;
    let hi = folios.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (folios[mid]![0] <= index) lo = mid + 1;
      else hi = mid;
    }
    const found = folios[lo - 1];
    return found !== undefined && index < found[0] + 2 ** found[1] ? found : undefined;
  }

  /** inode_resv_map() of a file of hugetlbfs. */
  get resv(): Regions {
    return this.reserved;
  }
  set resv(v: Regions) {
    this.changes('reserved', this.reserved);
    this.reserved = v;
  }

  /** Ids of the VMAs that map it. */
  get i_mmap(): IdList {
    return this.mapped;
  }

  /** vma_interval_tree_insert(): after every VMA with the same or a smaller vm_pgoff. */
  insert(vma: { readonly id: number; readonly vm_pgoff: number }): void {
    const { links } = this;
    this.remap(this.mapped.insertBefore((id) => links.pgoffOf(id) > vma.vm_pgoff, vma.id));
  }

  /** vma_interval_tree_insert_after(): directly behind `prev`. */
  insertAfter(vma: { readonly id: number }, prev: { readonly id: number }): void {
    this.remap(this.mapped.insertAfter(prev.id, vma.id));
  }

  remove(vma: { readonly id: number }): void {
    const mapped = this.mapped.remove(vma.id);
    if (mapped !== this.mapped) this.remap(mapped);
  }

  /** A VMA that may be in i_mmap is about to map other pages. */
  moves(vma: { readonly id: number }): void {
    if (this.moved === FEW_MOVED || ++this.moved === FEW_MOVED) return;
    const part = this.mapped.partOf(vma.id);
    if (part !== undefined) this.ranges.delete(part);
  }

  /**
   * The VMAs of i_mmap, in order, but for some that map none of the pages `first` to `last`, both included: of 100,000
   * one is looked at in 60.
   */
  *near(first: number, last: number): Generator<number, void, void> {
    const { undone } = this.links.journal;
    if (this.rangesOf !== undone || this.moved === FEW_MOVED) {
      this.rangesOf = undone;
      this.ranges = new WeakMap();
    }
    this.moved = 0;
    for (const part of this.mapped.parts) {
      let range = this.ranges.get(part);
      if (range === undefined) {
        range = this.rangeOf(part);
        this.ranges.set(part, range);
      }
      if (range.start <= last && range.end > first) yield* part;
    }
  }

  private rangeOf(part: readonly number[]): PageRange {
    let start = Infinity;
    let end = -Infinity;
    for (const id of part) {
      const vma = this.links.peekVma(id);
      if (vma === undefined) continue;
      start = Math.min(start, vma.vm_pgoff);
      end = Math.max(end, vma.vm_pgoff + (vma.vm_end - vma.vm_start));
    }
    return { start, end };
  }

  setPage(index: number, pfn: number | undefined): void {
    this.page_cache.set(index, pfn);
    if (this.record !== null) this.links.touchFile(this);
  }

  setSwapped(index: number, offset: number | undefined): void {
    this.swapped.set(index, offset);
    if (this.record !== null) this.links.touchFile(this);
  }

  private remap(mapped: IdList): void {
    this.changes('mapped', this.mapped);
    this.mapped = mapped;
  }

  private changes(field: string, old: unknown): void {
    const { journal } = this.links;
    if (journal.on) journal.field(this, field, old);
    if (this.record !== null) this.links.touchFile(this);
  }

  toRecord(): AddressSpaceRecord {
    return {
      id: this.id,
      name: this.name,
      kind: this.kind,
      pages: this.size,
      nameless: this.nameless,
      huge: this.huge,
      unlinked: this.unlinked,
      page_cache: this.page_cache.commit(),
      swapped: this.swapped.commit(),
      i_mmap: this.mapped,
      hstate: this.hstate,
      folios: this.folios,
      resv: this.reserved,
    };
  }
}
