// SPDX-License-Identifier: GPL-2.0-or-later
/** The frames of a log as memory that an out-of-tree module can have, and their names in its source. */
import { defaultContent, type LaneOptions } from '@specialbit/core';
import type { FrameRef, MachineSpec } from '@specialbit/events';

/** What is not expressible, with the reason. */
export interface Not {
  readonly not: string;
}

/** Where a frame of the log is in the module's memory. */
export interface FramePlace {
  /** Of the run; `Z` for the zero page. */
  readonly run: string;
  readonly index: number;
}

/** Frames that follow each other, which the module gets at once. */
export interface FrameRun {
  readonly name: string;
  /**
   * - `pages`: pages of the module, each with a reference of its own; `block`: allocated together, one folio where `compound`;
   * - `reserved`: pages with PG_reserved;
   * - `bare`: memory without struct page above what the kernel has, `hole`: below that.
   */
  readonly kind: 'pages' | 'block' | 'reserved' | 'bare' | 'hole';
  readonly compound: boolean;
  readonly frames: number;
  /** As many pages as one PMD maps: `frames` is what the first lane has, the module asks its kernel. */
  readonly pmd: boolean;
  /** First bytes of the first pages, of as many as are not 0. */
  readonly content: readonly number[];
}

const LABEL = /^([A-Za-z_]+)(\d+)$/;

/** The frames of one log. `lane`: any of those that are played; they differ in pfns alone. */
export class Frames {
  private readonly used = new Map<string, FrameRun>();
  private readonly machine: MachineSpec;
  private readonly content: Readonly<Record<string, number>>;

  constructor(
    lane: LaneOptions,
    /** Labels of blocks as large as a PMD. */
    private readonly pmds: ReadonlySet<string>,
  ) {
    this.machine = lane.machine;
    this.content = defaultContent(lane.machine);
  }

  /** The runs that were asked for, in that order. */
  get runs(): readonly FrameRun[] {
    return [...this.used.values()];
  }

  /** A frame from which on `pages` are needed. */
  of(ref: FrameRef, pages = 1): FramePlace | Not {
    if (!('label' in ref))
      return { not: `pfn 0x${ref.pfn.toString(16)}: a module cannot choose a pfn, give it a label` };
    const { label } = ref;
    if (label === 'Z') return pages === 1 ? { run: 'Z', index: 0 } : { not: 'more than one zero page' };
    const [name, offset = '0'] = label.split('+') as [string, string?];
    const block = this.machine.blocks?.[name];
    const [, letters, number] = LABEL.exec(name) ?? [];
    const run = block !== undefined ? this.block(name, block) : this.letters(letters ?? name);
    if ('not' in run) return run;
    const index = block !== undefined ? Number(offset) : Number(number ?? 0);
    if (index + pages > run.frames) return { not: `${pages} frames from ${label} on: there are ${run.frames - index}` };
    this.used.set(run.name, run);
    return { run: run.name, index };
  }

  /** The same of frames that have to be pages: a call that takes a struct page cannot be given one of others. */
  pagesOf(ref: FrameRef, pages = 1): FramePlace | Not {
    const place = this.of(ref, pages);
    if ('not' in place || place.run === 'Z') return place;
    const { kind, name } = this.used.get(place.run)!;
    if (kind !== 'bare' && kind !== 'hole') return place;
    return { not: `${name}${place.index}: it has no struct page that the call could be given` };
  }

  /** The pfn of a page of a run on a lane's machine; undefined where it has no such label. */
  static pfnOn(machine: MachineSpec, { run, index }: FramePlace): number | undefined {
    if (run === 'Z') return machine.zero_pfn;
    if (machine.blocks?.[run] !== undefined) return machine.frames[run]! + index;
    return machine.frames[`${run}${index}`] ?? (index === 0 ? machine.frames[run] : undefined);
  }

  private block(
    name: string,
    { order, compound = false }: { readonly order: number; readonly compound?: boolean },
  ): FrameRun | Not {
    const first = this.machine.frames[name]!;
    const odd = this.odd(first);
    if (odd !== undefined) return { not: `${name}: ${odd}` };
    const frames = 2 ** order;
    const valid = this.valid(first);
    const content = Array.from(
      { length: Math.min(frames, 16) },
      (_, i) => this.content[i === 0 ? name : `${name}+${i}`] ?? 0,
    );
    return { name, kind: valid ? 'block' : 'bare', compound, frames, pmd: this.pmds.has(name), content };
  }

  private letters(letters: string): FrameRun | Not {
    const labels: string[] = [];
    const { frames } = this.machine;
    while (frames[`${letters}${labels.length}`] !== undefined) labels.push(`${letters}${labels.length}`);
    if (labels.length === 0 && frames[letters] !== undefined) labels.push(letters);
    const first = frames[labels[0] ?? ''];
    if (first === undefined) return { not: `frame ${letters}: the machine has none of that name` };
    if (labels.some((label, i) => frames[label] !== first + i))
      return { not: `frames ${letters}: they do not follow each other` };
    const odd = this.odd(first);
    if (odd !== undefined) return { not: `${letters}: ${odd}` };
    const kind = this.valid(first)
      ? letters.startsWith('R')
        ? 'reserved'
        : 'pages'
      : first > this.machine.highest_memmap_pfn
        ? 'bare'
        : 'hole';
    const content = labels.map((label) => this.content[label] ?? 0);
    return { name: letters, kind, compound: false, frames: labels.length, pmd: false, content };
  }

  private valid(pfn: number): boolean {
    return this.machine.ram.some(([from, end]) => pfn >= from && pfn < end);
  }

  /** What a module has no such memory of. */
  private odd(pfn: number): string | undefined {
    const within = (ranges: readonly (readonly [number, number])[] | undefined): boolean =>
      ranges?.some(([from, end]) => pfn >= from && pfn < end) === true;
    if (within(this.machine.zone_device)) return 'pages of a device (ZONE_DEVICE): a module without a device has none';
    for (const [type, ranges] of Object.entries(this.machine.page_types ?? {}))
      if (within(ranges)) return `a page of type ${type}: the kernel has those for itself`;
    for (const ranges of Object.values(this.machine.memtypes ?? {}))
      if (within(ranges)) return 'a frame with a memory type of its own from the start';
    return undefined;
  }
}

/** How the module and the program name a frame: `pfn_P + 3`. */
export function pfnText({ run, index }: FramePlace): string {
  return run === 'Z' ? 'pfn_of_zero_page()' : index === 0 ? `pfn_${run}` : `pfn_${run} + ${index}`;
}

export function frameLabelText({ run, index }: FramePlace, block: boolean): string {
  return block ? (index === 0 ? run : `${run}+${index}`) : run === 'Z' ? 'Z' : `${run}${index}`;
}
