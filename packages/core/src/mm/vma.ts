// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `struct vm_area_struct`. Inside a batch of events a VMA is a plain mutable object, as in the
 * kernel; a world holds immutable records of it (`VmaRecord`), made when the batch ends and only for
 * VMAs that changed.
 *
 * VMAs, files, anon_vmas and address spaces refer to each other. The others are written for any kind of
 * VMA, and bound to this one here.
 */
import type { Pte } from '../arch/contract.js';
import { AddressSpace as AddressSpaceOf } from './address-space.js';
import { AnonVma as AnonVmaOf } from './anon-vma.js';
import { Mm as MmOf } from './mm.js';
import type { FrameRecorder, PteRecorder } from './touched.js';
import { VM_SEALED_HI } from './vm-flags.js';
import type { DriverRegion, SwapReadahead, VmaRecord, VmOps } from './vma-record.js';

/** A file, an anon_vma and an address space of these VMAs. */
export type AddressSpace = AddressSpaceOf<Vma>;
export const AddressSpace = AddressSpaceOf<Vma>;
export type AnonVma = AnonVmaOf<Vma>;
export const AnonVma = AnonVmaOf<Vma>;
export type Mm = MmOf<Vma>;
export const Mm = MmOf<Vma>;

/** Hears of everything that an event touches. */
export interface TouchRecorder extends PteRecorder, FrameRecorder {
  /** A VMA that changed, came or went. */
  vma(vma: Vma): void;
}

export class Vma {
  private start = 0;
  private end = 0;
  private flags = 0;
  private flags_hi = 0;
  private pgoff = 0;
  private prot: Readonly<Pte> = { lo: 0, hi: 0 };
  private ops: VmOps | null = null;
  private file: AddressSpace | null = null;
  private priv: DriverRegion | null = null;
  private anon: AnonVma | null = null;
  /** anon_vmas it is chained to, in list order (newest first). */
  private chain: AnonVma[] = [];
  private readahead: SwapReadahead | null = null;
  private track_ctx = false;
  private anon_offset = 0;
  /** The immutable record of the present state, or null when it changed since the last one. */
  record: VmaRecord | null = null;

  constructor(
    readonly id: number,
    readonly mm: Mm,
  ) {}

  get vm_start(): number {
    return this.start;
  }
  set vm_start(v: number) {
    this.start = v;
    this.changed();
  }
  get vm_end(): number {
    return this.end;
  }
  set vm_end(v: number) {
    this.end = v;
    this.changed();
  }
  get vm_flags(): number {
    return this.flags;
  }
  set vm_flags(v: number) {
    this.flags = v;
    this.changed();
  }
  /** Bits 32 to 63 of vm_flags: `VM_*_HI`. */
  get vm_flags_hi(): number {
    return this.flags_hi;
  }
  set vm_flags_hi(v: number) {
    this.flags_hi = v;
    this.changed();
  }
  /** In pages. Signed: what the kernel's unsigned long would wrap around to is negative here. */
  get vm_pgoff(): number {
    return this.pgoff;
  }
  set vm_pgoff(v: number) {
    this.pgoff = v;
    this.changed();
  }
  /**
   * vma_start_anon_pgoff(): where the VMA lay when it got its first anonymous page, as a page number. Kernels
   * count anonymous pages from here since 7.3 (`anon_pgoff`), and from vm_pgoff before.
   */
  get anon_pgoff(): number {
    return this.anon_offset;
  }
  set anon_pgoff(v: number) {
    this.anon_offset = v;
    this.changed();
  }
  get vm_page_prot(): Readonly<Pte> {
    return this.prot;
  }
  set vm_page_prot(v: Readonly<Pte>) {
    this.prot = v;
    this.changed();
  }
  get vm_ops(): VmOps | null {
    return this.ops;
  }
  set vm_ops(v: VmOps | null) {
    this.ops = v;
    this.changed();
  }
  get vm_file(): AddressSpace | null {
    return this.file;
  }
  set vm_file(v: AddressSpace | null) {
    this.file = v;
    this.changed();
  }
  get vm_private_data(): DriverRegion | null {
    return this.priv;
  }
  set vm_private_data(v: DriverRegion | null) {
    this.priv = v;
    this.changed();
  }
  get anon_vma(): AnonVma | null {
    return this.anon;
  }
  set anon_vma(v: AnonVma | null) {
    this.anon = v;
    this.changed();
  }
  get anon_vma_chain(): readonly AnonVma[] {
    return this.chain;
  }
  set anon_vma_chain(v: readonly AnonVma[]) {
    this.chain = v as AnonVma[];
    this.changed();
  }

  get swap_readahead_info(): SwapReadahead | null {
    return this.readahead;
  }
  set swap_readahead_info(v: SwapReadahead | null) {
    this.readahead = v;
    this.changed();
  }

  /**
   * vma->pfnmap_track_ctx: a reservation of memory types, made by a remap of the whole VMA and shared by all
   * that it was copied to. That there is one is all that anybody asks.
   */
  get pfnmap_track_ctx(): boolean {
    return this.track_ctx;
  }
  set pfnmap_track_ctx(v: boolean) {
    this.track_ctx = v;
    this.changed();
  }

  /** vma_pages(). */
  get pages(): number {
    return this.end - this.start;
  }

  private changed(): void {
    this.record = null;
    this.mm.dirty = true;
    this.mm.touched?.vma(this);
  }

  /** vm_area_dup(): the fields without the links. */
  copyFrom(other: Vma): void {
    this.start = other.start;
    this.end = other.end;
    this.flags = other.flags;
    this.flags_hi = other.flags_hi;
    this.pgoff = other.pgoff;
    this.prot = other.prot;
    this.ops = other.ops;
    this.file = other.file;
    this.priv = other.priv;
    this.anon = other.anon;
    this.readahead = other.readahead;
    this.track_ctx = other.track_ctx;
    this.anon_offset = other.anon_offset;
    this.chain = [];
    this.changed();
  }

  /** Fills a VMA from its record; links are resolved by the caller. */
  restore(r: VmaRecord, file: AddressSpace | null, anon: AnonVma | null, chain: AnonVma[]): void {
    this.start = r.vm_start;
    this.end = r.vm_end;
    this.flags = r.vm_flags;
    this.flags_hi = r.vm_flags_hi;
    this.pgoff = r.vm_pgoff;
    this.prot = r.vm_page_prot;
    this.ops = r.vm_ops;
    this.file = file;
    this.priv = r.region;
    this.anon = anon;
    this.chain = chain;
    this.readahead = r.swap_readahead_info;
    this.track_ctx = r.pfnmap_track_ctx;
    this.anon_offset = r.anon_pgoff;
    this.record = r;
  }

  toRecord(): VmaRecord {
    this.record ??= {
      id: this.id,
      vm_start: this.start,
      vm_end: this.end,
      vm_flags: this.flags,
      vm_flags_hi: this.flags_hi,
      vm_pgoff: this.pgoff,
      vm_page_prot: this.prot,
      vm_ops: this.ops,
      file: this.file === null ? 0 : this.file.id,
      region: this.priv,
      anon_vma: this.anon === null ? 0 : this.anon.id,
      anon_vma_chain: this.chain.map((a) => a.id),
      swap_readahead_info: this.readahead,
      pfnmap_track_ctx: this.track_ctx,
      anon_pgoff: this.anon_offset,
    };
    return this.record;
  }
}

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
