// SPDX-License-Identifier: GPL-2.0-or-later
/** What one event touched in one lane. */
import { F } from '../machine/frame-table.js';
import { type Level, PTE } from '../mm/level.js';
import type { TouchRecorder, Vma } from '../mm/vma.js';

/** So many PTEs, frames or VMAs are searched one by one. */
const FEW = 8;
/** Lists that grew longer than this are given back. */
const MANY = 65_536;

/** Records the writes of one event: what stood there before, once for each place. */
export class TouchLog implements TouchRecorder {
  /** How many of the lists' elements are of this event. The lists are kept: emptying them gives their memory back. */
  ptes = 0;
  frameCount = 0;
  /** Touched entries of all levels, one after the other; one that is written again and again may be there more than once. */
  readonly mm: number[] = [];
  readonly level: Level[] = [];
  /** The first page that the entry maps. */
  readonly vpn: number[] = [];
  readonly lo: number[] = [];
  readonly hi: number[] = [];
  /** Touched frames, each once. */
  readonly frames: number[] = [];
  /** Their reference counts before the event. */
  private readonly counts: number[] = [];
  /** pfn -> where it is in `frames`; made when there are more than a few. */
  private frameIndex: Map<number, number> | null = null;
  /** Touched VMAs, each once: as many as `vmaCount` says. */
  readonly vmas: Vma[] = [];
  vmaCount = 0;
  /** What they were like before the event; `vm_end` is 0 of one that it made. */
  readonly vm_end: number[] = [];
  readonly vm_flags: number[] = [];
  readonly vm_pgoff: number[] = [];
  /** All of them; made when there are more than a few. */
  private vmaSet: Set<Vma> | null = null;
  private lastFrame = -1;
  /** mm -> vpn -> where it is first; made when it is asked for, after the event. */
  private places: Map<number, Map<number, number>> | null = null;

  entry(mm: number, level: Level, vpn: number, lo: number, hi: number): void {
    const n = this.ptes;
    if (n > 0 && this.vpn[n - 1] === vpn && this.mm[n - 1] === mm && this.level[n - 1] === level) return;
    this.mm[n] = mm;
    this.level[n] = level;
    this.vpn[n] = vpn;
    this.lo[n] = lo;
    this.hi[n] = hi;
    this.ptes = n + 1;
  }

  frame(pfn: number, leaf: readonly number[], at: number): void {
    if (pfn === this.lastFrame) return;
    this.lastFrame = pfn;
    if (this.indexOfFrame(pfn) >= 0) return;
    const n = this.frameCount;
    this.frames[n] = pfn;
    this.counts[n] = leaf[at + F.count]!;
    this.frameCount = n + 1;
    if (this.frameIndex !== null) this.frameIndex.set(pfn, n);
    else if (n === FEW) this.frameIndex = new Map(this.frames.slice(0, n + 1).map((known, i) => [known, i]));
  }

  private indexOfFrame(pfn: number): number {
    if (this.frameIndex !== null) return this.frameIndex.get(pfn) ?? -1;
    for (let i = 0; i < this.frameCount; i++) if (this.frames[i] === pfn) return i;
    return -1;
  }

  vma(vma: Vma): void {
    const { vmas, vmaCount: n } = this;
    if (this.vmaSet !== null) {
      if (this.vmaSet.has(vma)) return;
      this.vmaSet.add(vma);
    } else {
      for (let i = n - 1; i >= 0; i--) if (vmas[i] === vma) return;
      if (n === FEW) this.vmaSet = new Set(vmas).add(vma);
    }
    vmas[n] = vma;
    this.vm_end[n] = vma.vm_end;
    this.vm_flags[n] = vma.vm_flags;
    this.vm_pgoff[n] = vma.vm_pgoff;
    this.vmaCount = n + 1;
  }

  touchedVmas(): readonly Vma[] {
    return this.vmas.slice(0, this.vmaCount);
  }

  /** The event touched nothing. */
  get nothing(): boolean {
    return this.ptes === 0 && this.frameCount === 0 && this.vmaCount === 0;
  }

  /** Where an entry is in the lists for the first time: what stood there before the event. -1 when it was not touched. */
  firstOf(mm: number, vpn: number, level: Level = PTE): number {
    if (this.ptes <= FEW || level !== PTE) {
      for (let i = 0; i < this.ptes; i++) {
        if (this.vpn[i] === vpn && this.mm[i] === mm && this.level[i] === level) return i;
      }
      return -1;
    }
    this.places ??= this.indexed();
    return this.places.get(mm)?.get(vpn) ?? -1;
  }

  private indexed(): Map<number, Map<number, number>> {
    const places = new Map<number, Map<number, number>>();
    for (let i = 0; i < this.ptes; i++) {
      let ofMm = places.get(this.mm[i]!);
      if (ofMm === undefined) {
        ofMm = new Map();
        places.set(this.mm[i]!, ofMm);
      }
      if (this.level[i] === PTE && !ofMm.has(this.vpn[i]!)) ofMm.set(this.vpn[i]!, i);
    }
    return places;
  }

  /** The reference count of a frame before the event; undefined when the event did not touch it. */
  countBefore(pfn: number): number | undefined {
    const at = this.indexOfFrame(pfn);
    return at < 0 ? undefined : this.counts[at];
  }

  clear(): void {
    if (this.ptes > MANY) {
      for (const list of [this.mm, this.level, this.vpn, this.lo, this.hi]) list.length = 0;
    }
    if (this.frameCount > MANY) {
      this.frames.length = 0;
      this.counts.length = 0;
    }
    this.ptes = 0;
    this.frameCount = 0;
    this.frameIndex = null;
    if (this.vmaSet !== null) {
      // no more than a few VMAs that are gone are kept
      this.vmas.length = FEW;
      this.vmaSet = null;
    }
    this.vmaCount = 0;
    this.lastFrame = -1;
    this.places = null;
  }
}
