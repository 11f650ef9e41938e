// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `struct vm_area_struct`. Inside a batch of events a VMA is a plain mutable object, as in the
 * kernel; a world holds immutable records of it (`VmaRecord`), made when the batch ends and only for
 * VMAs that changed.
 *
 * VMAs, files, anon_vmas and address spaces refer to each other. Files and anon_vmas know VMAs by their
 * numbers; address spaces are written for any kind of VMA, and bound to this one here.
 */
import type { Pte } from '../arch/contract.js';
import type { AddressSpace } from './address-space.js';
import type { AnonVma } from './anon-vma.js';
import type { Journal } from './journal.js';
import { Mm as MmOf } from './mm.js';
import type { FrameRecorder, PteRecorder } from './touched.js';
import { VM_SEALED_HI } from './vm-flags.js';
import type { DriverRegion, HugetlbPrivate, SwapReadahead, VmaRecord, VmOps } from './vma-record.js';

export type { AddressSpace, AnonVma };

/** An address space of these VMAs. */
export type Mm = MmOf<Vma>;
export const Mm = MmOf<Vma>;

/** Hears of everything that an event touches. */
export interface TouchRecorder extends PteRecorder, FrameRecorder {
  /** A VMA that is about to change, to come or to go. */
  vma(vma: Vma): void;
}

/** What a VMA asks of the kernel that it is in. */
export interface VmaLinks {
  readonly journal: Journal;
  touchVma(vma: Vma): void;
  file(id: number): AddressSpace;
  anonVma(id: number): AnonVma;
}

export class Vma {
  readonly live = true;
  private start = 0;
  private end = 0;
  private flags = 0;
  private flags_hi = 0;
  private pgoff = 0;
  private prot: Readonly<Pte> = NO_PROT;
  private ops: VmOps | null = null;
  private priv: DriverRegion | null = null;
  private huge_priv: HugetlbPrivate | null = null;
  private readahead: SwapReadahead | null = null;
  private track_ctx = 0;
  private anon_offset = 0;
  // undefined: as the record says, and nobody looked yet
  private file: AddressSpace | null | undefined = null;
  private anon: AnonVma | null | undefined = null;
  /** anon_vmas it is chained to, in list order (newest first). */
  private chain: readonly AnonVma[] | undefined = NO_CHAIN;
  private inList = false;
  /** The immutable record of the present state, or null when it changed since the last one. */
  record: VmaRecord | null = null;

  /** `born`: the checkpoint within which it is made; taken back with it as a whole, its fields need no notes there. */
  constructor(
    readonly id: number,
    readonly mm: Mm,
    private readonly links: VmaLinks,
    private readonly born = -1,
  ) {}

  static open(record: VmaRecord, mm: Mm, links: VmaLinks): Vma {
    const vma = new Vma(record.id, mm, links);
    vma.start = record.vm_start;
    vma.end = record.vm_end;
    vma.flags = record.vm_flags;
    vma.flags_hi = record.vm_flags_hi;
    vma.pgoff = record.vm_pgoff;
    vma.prot = record.vm_page_prot;
    vma.ops = record.vm_ops;
    vma.priv = record.region;
    vma.huge_priv = record.hugetlb;
    vma.readahead = record.swap_readahead_info;
    vma.track_ctx = record.pfnmap_track_ctx;
    vma.anon_offset = record.anon_pgoff;
    vma.file = undefined;
    vma.anon = undefined;
    vma.chain = undefined;
    vma.inList = record.linked;
    vma.record = record;
    return vma;
  }

  get vm_start(): number {
    return this.start;
  }
  set vm_start(v: number) {
    this.changes('start', this.start);
    this.moves();
    this.start = v;
  }
  get vm_end(): number {
    return this.end;
  }
  set vm_end(v: number) {
    this.changes('end', this.end);
    this.moves();
    this.end = v;
  }
  get vm_flags(): number {
    return this.flags;
  }
  set vm_flags(v: number) {
    this.changes('flags', this.flags);
    this.flags = v;
  }
  /** Bits 32 to 63 of vm_flags: `VM_*_HI`. */
  get vm_flags_hi(): number {
    return this.flags_hi;
  }
  set vm_flags_hi(v: number) {
    this.changes('flags_hi', this.flags_hi);
    this.flags_hi = v;
  }
  /** In pages. Signed: what the kernel's unsigned long would wrap around to is negative here. */
  get vm_pgoff(): number {
    return this.pgoff;
  }
  set vm_pgoff(v: number) {
    this.changes('pgoff', this.pgoff);
    this.file?.moves(this);
    this.pgoff = v;
  }
  /**
   * vma_start_anon_pgoff(): where the VMA lay when it got its first anonymous page, as a page number. Kernels
   * count anonymous pages from here since 7.3 (`anon_pgoff`), and from vm_pgoff before.
   */
  get anon_pgoff(): number {
    return this.anon_offset;
  }
  set anon_pgoff(v: number) {
    this.changes('anon_offset', this.anon_offset);
    this.anon_offset = v;
  }
  get vm_page_prot(): Readonly<Pte> {
    return this.prot;
  }
  set vm_page_prot(v: Readonly<Pte>) {
    this.changes('prot', this.prot);
    this.prot = v;
  }
  get vm_ops(): VmOps | null {
    return this.ops;
  }
  set vm_ops(v: VmOps | null) {
    this.changes('ops', this.ops);
    this.ops = v;
  }
  get vm_private_data(): DriverRegion | null {
    return this.priv;
  }
  set vm_private_data(v: DriverRegion | null) {
    this.changes('priv', this.priv);
    this.priv = v;
  }
  /** vm_private_data of a private mapping of hugetlb. */
  get hugetlb(): HugetlbPrivate | null {
    return this.huge_priv;
  }
  set hugetlb(v: HugetlbPrivate | null) {
    this.changes('huge_priv', this.huge_priv);
    this.huge_priv = v;
  }
  get swap_readahead_info(): SwapReadahead | null {
    return this.readahead;
  }
  set swap_readahead_info(v: SwapReadahead | null) {
    this.changes('readahead', this.readahead);
    this.readahead = v;
  }
  get vm_file(): AddressSpace | null {
    if (this.file === undefined) {
      const { file } = this.record!;
      this.file = file === 0 ? null : this.links.file(file);
    }
    return this.file;
  }
  set vm_file(v: AddressSpace | null) {
    this.changes('file', this.vm_file);
    this.file = v;
  }
  get anon_vma(): AnonVma | null {
    if (this.anon === undefined) {
      const { anon_vma } = this.record!;
      this.anon = anon_vma === 0 ? null : this.links.anonVma(anon_vma);
    }
    return this.anon;
  }
  set anon_vma(v: AnonVma | null) {
    this.changes('anon', this.anon_vma);
    this.anon = v;
  }
  get anon_vma_chain(): readonly AnonVma[] {
    this.chain ??= this.record!.anon_vma_chain.map((id) => this.links.anonVma(id));
    return this.chain;
  }
  set anon_vma_chain(v: readonly AnonVma[]) {
    this.changes('chain', this.anon_vma_chain);
    this.chain = v;
  }
  /** It is in its address space's tree. */
  get linked(): boolean {
    return this.inList;
  }

  /**
   * vma->pfnmap_track_ctx: a reservation of memory types, made by a remap of the whole VMA and shared by all
   * that it was copied to. Its number, 0 for none.
   */
  get pfnmap_track_ctx(): number {
    return this.track_ctx;
  }
  set pfnmap_track_ctx(v: number) {
    this.changes('track_ctx', this.track_ctx);
    this.track_ctx = v;
  }

  /** vma_pages(). */
  get pages(): number {
    return this.end - this.start;
  }

  /** vma_link(): into the tree of its address space. */
  link(): void {
    this.changes('inList', this.inList);
    this.inList = true;
    this.mm.insert(this);
  }

  /** Out of the tree of its address space. */
  unlink(): void {
    this.changes('inList', this.inList);
    this.inList = false;
    this.mm.remove(this);
  }

  /** Its address space ends. */
  orphan(): void {
    const { journal } = this.links;
    if (journal.on) journal.field(this, 'inList', this.inList);
    this.touch();
    this.inList = false;
  }

  /** Where it lies is about to change. */
  private moves(): void {
    if (this.inList) this.mm.resizes(this);
    this.file?.moves(this);
  }

  /** A field is about to change. */
  private changes(field: string, old: unknown): void {
    const { journal } = this.links;
    if (journal.on && journal.stamp !== this.born) journal.field(this, field, old);
    this.touch();
    this.mm.touched?.vma(this);
  }

  /** The VMA, or that it will be a part of the next world, is about to change. */
  touch(): void {
    if (this.record !== null) {
      // what the record alone knows so far
      this.vm_file;
      this.anon_vma;
      this.anon_vma_chain;
      this.links.touchVma(this);
    }
    this.mm.changes();
  }

  /** vm_area_dup(): the fields without the links, for a VMA that is new. */
  copyFrom(other: Vma): void {
    // before it is anything: who hears of it sees that it is new
    this.mm.touched?.vma(this);
    this.start = other.start;
    this.end = other.end;
    this.flags = other.flags;
    this.flags_hi = other.flags_hi;
    this.pgoff = other.pgoff;
    this.prot = other.prot;
    this.ops = other.ops;
    this.file = other.vm_file;
    this.priv = other.priv;
    this.huge_priv = other.huge_priv;
    this.anon = other.anon_vma;
    this.readahead = other.readahead;
    this.track_ctx = other.track_ctx;
    this.anon_offset = other.anon_offset;
  }

  toRecord(): VmaRecord {
    return {
      id: this.id,
      mm: this.mm.id,
      linked: this.inList,
      vm_start: this.start,
      vm_end: this.end,
      vm_flags: this.flags,
      vm_flags_hi: this.flags_hi,
      vm_pgoff: this.pgoff,
      vm_page_prot: this.prot,
      vm_ops: this.ops,
      file: this.vm_file?.id ?? 0,
      region: this.priv,
      hugetlb: this.huge_priv,
      anon_vma: this.anon_vma?.id ?? 0,
      anon_vma_chain: this.anon_vma_chain.map((a) => a.id),
      swap_readahead_info: this.readahead,
      pfnmap_track_ctx: this.track_ctx,
      anon_pgoff: this.anon_offset,
    };
  }
}

const NO_PROT: Readonly<Pte> = Object.freeze({ lo: 0, hi: 0 });
const NO_CHAIN: readonly AnonVma[] = [];

/** linear_page_index() (include/linux/pagemap.h). */
export function linear_page_index(vma: Vma, vpn: number): number {
  return vpn - vma.vm_start + vma.vm_pgoff;
}

/** vma_is_sealed(): mseal() has been called of it. */
export function vma_is_sealed(vma: Vma): boolean {
  return (vma.vm_flags_hi & VM_SEALED_HI) !== 0;
}

/** vma_is_anonymous(): no vm_ops. */
export function vma_is_anonymous(vma: Vma): boolean {
  return vma.vm_ops === null;
}
