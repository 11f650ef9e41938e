// SPDX-License-Identifier: GPL-2.0-or-later
/** Frames that drivers own in an imported log: chosen above all real memory, one label a page. */
import type { DriverOps, FrameRef, MachineSpec } from '@specialbit/events';

/** The memory of a machine with 24 GiB, as far as recordings name frames of it. */
const RAM: readonly (readonly [number, number])[] = [
  [0x0, 0xc0000],
  [0x100000, 0x640000],
];
/** Frames of the model's own choice: for drivers, then for what is allocated and no line names. */
const CHOSEN: readonly [number, number] = [0x1000000, 0x2000000];
/** The same for entries of 32 bits, whose pfns end at 0xfffff. */
const NARROW_RAM: readonly (readonly [number, number])[] = [[0x0, 0x40000]];
const NARROW_CHOSEN: readonly [number, number] = [0x80000, 0xf0000];

/** What a recording says of its machine's memory. */
export interface RecordedMemory {
  /** Frames with a struct page, `[first, end)`, ascending. */
  readonly ram?: readonly (readonly [number, number])[];
  readonly zero_pfn?: number;
}

export class Frames {
  private readonly labels = new Map<string, number>();
  private readonly bases = new Map<string, { label: string; pfn: number }>();
  private readonly chosen: readonly [number, number];
  private readonly ram: readonly (readonly [number, number])[];
  private next: number;

  /** `most`: the largest pfn that the recorded machine's entries hold. */
  constructor(
    most = Number.POSITIVE_INFINITY,
    private readonly recorded: RecordedMemory = {},
  ) {
    const narrow = most < CHOSEN[1];
    this.chosen = narrow ? NARROW_CHOSEN : CHOSEN;
    const ram = recorded.ram?.filter(([, end]) => end <= this.chosen[0]);
    this.ram = ram !== undefined && ram.length > 0 ? ram : narrow ? NARROW_RAM : RAM;
    this.next = this.chosen[0];
  }

  /** Page `n` of what the driver of `file` maps. Pages of one area follow each other. */
  of(file: string, n: number, count = 1): FrameRef {
    const area = Math.floor(n / AREA);
    const key = `${file} ${area}`;
    let base = this.bases.get(key);
    if (base === undefined) {
      base = { label: `f${this.bases.size}_`, pfn: this.next };
      this.bases.set(key, base);
      this.next += AREA;
    }
    for (let i = n % AREA; i < Math.min(AREA, (n % AREA) + count); i++) {
      this.labels.set(`${base.label}${i}`, base.pfn + i);
    }
    return { label: `${base.label}${n % AREA}` };
  }

  /** A page that a driver has allocated: a label tells the model that somebody holds a reference. */
  page(pfn: number, count = 1): FrameRef {
    const label = (of: number): string => `p${of.toString(16)}`;
    for (let i = 0; i < count; i++) this.labels.set(label(pfn + i), pfn + i);
    return { label: label(pfn) };
  }

  /** The label `i` pages behind another. */
  static next(label: string, i: number): string {
    const cut = label.lastIndexOf('_') + 1;
    return `${label.slice(0, cut)}${Number(label.slice(cut)) + i}`;
  }

  /** How the kernel's own mappings are filled: the vDSO with pages, its data with pfns (lib/vdso/datastore.c). */
  specialMapping(name: string, pages: number): DriverOps {
    const frame = this.of(name, 0, pages);
    const fault = name === '[vdso]' ? ('page' as const) : ('vmf_insert_pfn' as const);
    return { fault: { do: fault, frame, frames: pages }, may_split: 'EINVAL' };
  }

  machine(zero_pfn = this.recorded.zero_pfn ?? ZERO_PFN): MachineSpec {
    const frames: Record<string, number> = {};
    for (const [label, pfn] of this.labels) frames[label] = pfn;
    return { ram: [...this.ram, this.chosen], highest_memmap_pfn: this.chosen[1] - 1, zero_pfn, zero_pages: 1, frames };
  }
}

/** Pages of one area of a driver's memory. */
const AREA = 4096;
const ZERO_PFN = 0x3b34;
