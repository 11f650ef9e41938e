// SPDX-License-Identifier: GPL-2.0-or-later
/** The machine of one lane: its memory map, zero pages and labelled frames. All frames by number. */
import type { MachineSpec, MemoryType, PageType } from '@specialbit/events';

/** A machine is made of its description once: lanes have the same, and are forked again and again. */
const made = new WeakMap<MachineSpec, Map<number, Machine>>();

/** Frames that a driver allocated together. */
export interface Block {
  readonly label: string;
  readonly first: number;
  readonly end: number;
  readonly order: number;
  readonly compound: boolean;
}

export class Machine {
  readonly highest_memmap_pfn: number;
  readonly zero_pfn: number;
  readonly zero_pages: number;
  /** First frame of the huge zero folio; -1 without transparent huge pages. */
  readonly huge_zero_pfn: number;
  /** End of the first label run that a frame label begins, for "as many as there are". */
  private readonly byLabel: ReadonlyMap<string, number>;
  private readonly byPfn: ReadonlyMap<number, string>;
  private readonly runs = new Map<string, readonly number[]>();
  private readonly unbacked: readonly (readonly [number, number])[];
  private readonly ram: readonly (readonly [number, number])[];
  /** Ranges that the kernel maps with a memory type of their own: type, first frame, end. */
  readonly memtypes: readonly (readonly [MemoryType, number, number])[];

  /** Frames that are somebody's from the start, as ranges `first, end`, ascending and apart: see `reserved`. */
  private takenRanges: Float64Array | null = null;

  /** Frames allocated together: label, first frame, end, order, one folio. */
  readonly blocks: readonly Block[];

  /** References on the labelled frames that their owner holds and the counts do not show. */
  private readonly hidden: number;

  constructor(
    readonly spec: MachineSpec,
    hiddenRefs = 0,
  ) {
    this.hidden = hiddenRefs;
    this.highest_memmap_pfn = spec.highest_memmap_pfn;
    this.zero_pfn = spec.zero_pfn;
    this.zero_pages = spec.zero_pages;
    this.huge_zero_pfn = spec.huge_zero_pfn ?? -1;
    this.ram = spec.ram;
    this.unbacked = spec.unbacked ?? [];
    this.memtypes = Object.entries(spec.memtypes ?? {}).flatMap(([type, ranges]) =>
      ranges.map(([start, end]) => [type as MemoryType, start, end] as const),
    );
    this.blocks = Object.entries(spec.blocks ?? {}).flatMap(([label, { order, compound }]) => {
      const first = spec.frames[label];
      return first === undefined ? [] : [{ label, first, end: first + 2 ** order, order, compound: compound === true }];
    });
    this.byLabel = new Map(Object.entries(spec.frames));
    this.byPfn = new Map(Object.entries(spec.frames).map(([label, pfn]) => [pfn, label]));
  }

  /** The machine of a description, the same one each time. */
  static of(spec: MachineSpec, hiddenRefs = 0): Machine {
    let machines = made.get(spec);
    if (machines === undefined) {
      machines = new Map();
      made.set(spec, machines);
    }
    let machine = machines.get(hiddenRefs);
    if (machine === undefined) {
      machine = new Machine(spec, hiddenRefs);
      machines.set(hiddenRefs, machine);
    }
    return machine;
  }

  /** pfn_valid(): the frame has a struct page. */
  pfn_valid(pfn: number): boolean {
    for (const [start, end] of this.ram) if (pfn >= start && pfn < end) return true;
    return false;
  }

  /** is_zero_pfn(): one of the zero pages. */
  is_zero_pfn(pfn: number): boolean {
    return pfn >= this.zero_pfn && pfn < this.zero_pfn + this.zero_pages;
  }

  /** ZERO_PAGE(vaddr): on machines with several zero pages, the one of the address's colour. */
  zeroPage(vpn: number): number {
    return this.zero_pfn + (vpn % this.zero_pages);
  }

  /** References on a frame that its count does not show. */
  heldRefs(pfn: number): number {
    return this.hidden > 0 && (this.byPfn.has(pfn) || this.is_zero_pfn(pfn)) ? this.hidden : 0;
  }

  pfnOf(label: string): number | undefined {
    return this.byLabel.get(label) ?? this.pageOfBlock(label);
  }

  /** `C1+3`: page 3 of the frames that were allocated together with C1. */
  private pageOfBlock(label: string): number | undefined {
    const match = /^(.+)\+(\d+)$/.exec(label);
    const block = match === null ? undefined : this.blocks.find((of) => of.label === match[1]);
    const pfn = block === undefined ? -1 : block.first + Number(match![2]);
    return block !== undefined && pfn < block.end ? pfn : undefined;
  }

  /**
   * The pfns of the frames from `label` on: those of the same letters, numbered consecutively. Empty for
   * a label that does not exist.
   */
  run(label: string): readonly number[] {
    let run = this.runs.get(label);
    if (run === undefined) {
      run = this.findRun(label);
      this.runs.set(label, run);
    }
    return run;
  }

  private findRun(label: string): number[] {
    const first = this.pfnOf(label);
    const block = first === undefined ? undefined : this.blockOf(first);
    if (block !== undefined) return Array.from({ length: block.end - first! }, (_, i) => first! + i);
    const match = /^(.*?)(\d+)$/.exec(label);
    const run: number[] = [];
    for (let i = 0; ; i++) {
      const pfn =
        i === 0 ? this.pfnOf(label) : match === null ? undefined : this.pfnOf(`${match[1]}${Number(match[2]) + i}`);
      if (pfn === undefined) return run;
      run.push(pfn);
    }
  }

  /** Every label, runs as `P0 to P15`, separated by commas. */
  labels(): string {
    const known: string[] = [];
    const seen = new Set<string>();
    for (const label of this.byLabel.keys()) {
      if (seen.has(label)) continue;
      const run = this.run(label).map((pfn) => this.byPfn.get(pfn)!);
      for (const name of run) seen.add(name);
      known.push(run.length > 1 ? `${label} to ${run.at(-1)}` : label);
    }
    return known.join(', ') || 'none';
  }

  /** A page of a block is `C1+3`. */
  labelOf(pfn: number): string | undefined {
    const label = this.byPfn.get(pfn) ?? (this.is_zero_pfn(pfn) ? 'Z' : undefined);
    if (label !== undefined || this.blocks.length === 0) return label;
    const block = this.blockOf(pfn);
    return block === undefined ? undefined : `${block.label}+${pfn - block.first}`;
  }

  /** The frames allocated together that a frame is one of. */
  blockOf(pfn: number): Block | undefined {
    for (const block of this.blocks) if (pfn >= block.first && pfn < block.end) return block;
    return undefined;
  }

  /** Is there no memory behind the frame (reads give 0xff, writes are lost)? */
  isUnbacked(pfn: number): boolean {
    for (const [start, end] of this.unbacked) if (pfn >= start && pfn < end) return true;
    return false;
  }

  /** Does a device own the struct page (get_dev_pagemap() finds one)? */
  is_zone_device(pfn: number): boolean {
    for (const [start, end] of this.spec.zone_device ?? []) if (pfn >= start && pfn < end) return true;
    return false;
  }

  /** walk_system_ram_range() (kernel/resource.c): how many frames of a range are RAM, and not memory of a device. */
  systemRam(start: number, end: number): number {
    return overlap(this.ram, start, end) - overlap(this.spec.zone_device ?? [], start, end);
  }

  /** mtrr_type_lookup() (arch/x86/kernel/cpu/mtrr/generic.c): is all of a range that is no RAM write-back by the MTRRs? */
  mtrr_writeback(start: number, end: number): boolean {
    return overlap(this.spec.mtrr_writeback ?? [], start, end) === end - start;
  }

  /** get_page_memtype() (arch/x86/mm/pat/memtype.c): the type with which the kernel maps a frame of RAM. */
  memtype(pfn: number): MemoryType {
    for (const [type, start, end] of this.memtypes) if (pfn >= start && pfn < end) return type;
    return 'wb';
  }

  /** page_has_type(), folio_test_slab(): what the kernel uses the page for; undefined: nothing of the kind. */
  pageType(pfn: number): PageType | undefined {
    const { page_types } = this.spec;
    if (page_types === undefined) return undefined;
    for (const [type, ranges] of Object.entries(page_types)) {
      for (const [start, end] of ranges) if (pfn >= start && pfn < end) return type as PageType;
    }
    return undefined;
  }

  /** Is any frame of `[first, end)` somebody's from the start: labelled, of a block, a device's, or of the kernel itself? */
  reserves(first: number, end: number): boolean {
    this.takenRanges ??= this.reserved();
    const ranges = this.takenRanges;
    let lo = 0;
    let hi = ranges.length / 2;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (ranges[2 * mid + 1]! <= first) lo = mid + 1;
      else hi = mid;
    }
    return 2 * lo < ranges.length && ranges[2 * lo]! < end;
  }

  private reserved(): Float64Array {
    const ranges: [number, number][] = [[this.zero_pfn, this.zero_pfn + this.zero_pages]];
    for (const pfn of this.byPfn.keys()) ranges.push([pfn, pfn + 1]);
    for (const { first, end } of this.blocks) ranges.push([first, end]);
    for (const [from, to] of this.spec.zone_device ?? []) ranges.push([from, to]);
    for (const typed of Object.values(this.spec.page_types ?? {}))
      for (const [from, to] of typed) ranges.push([from, to]);
    ranges.sort((a, b) => a[0] - b[0]);
    const apart: [number, number][] = [];
    for (const [from, to] of ranges) {
      const last = apart.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else apart.push([from, to]);
    }
    return Float64Array.from(apart.flat());
  }

  /** Is this frame one that the log's header names (a driver's, a device's, the zero page)? */
  isLabelled(pfn: number): boolean {
    return this.byPfn.has(pfn) || this.is_zero_pfn(pfn) || (this.blocks.length > 0 && this.blockOf(pfn) !== undefined);
  }
}

/** How many frames of `[start, end)` lie within ranges. */
function overlap(ranges: readonly (readonly [number, number])[], start: number, end: number): number {
  let frames = 0;
  for (const [from, to] of ranges) frames += Math.max(0, Math.min(end, to) - Math.max(start, from));
  return frames;
}
