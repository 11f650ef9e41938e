/** What one event touched in one lane. */
import { F } from '../machine/frame-table.js';
import type { TouchRecorder } from '../mm/touched.js';
import type { Vma } from '../mm/vma.js';

/** So many PTEs or frames are searched one by one. */
const FEW = 8;

/** Records the writes of one event: what stood there before, once for each place. */
export class TouchLog implements TouchRecorder {
  /** Touched PTEs, one after the other; a PTE that is written again and again may be there more than once. */
  readonly mm: number[] = [];
  readonly vpn: number[] = [];
  readonly lo: number[] = [];
  readonly hi: number[] = [];
  /** Touched frames, each once. */
  readonly frames: number[] = [];
  /** Their reference counts before the event. */
  private readonly counts: number[] = [];
  /** pfn -> where it is in `frames`; made when there are more than a few. */
  private frameIndex: Map<number, number> | null = null;
  readonly vmas = new Set<Vma>();
  private lastFrame = -1;
  /** mm -> vpn -> where it is first; made when it is asked for, after the event. */
  private places: Map<number, Map<number, number>> | null = null;

  pte(mm: number, vpn: number, lo: number, hi: number): void {
    const last = this.vpn.length - 1;
    if (last >= 0 && this.vpn[last] === vpn && this.mm[last] === mm) return;
    this.mm.push(mm);
    this.vpn.push(vpn);
    this.lo.push(lo);
    this.hi.push(hi);
  }

  frame(pfn: number, leaf: readonly number[], at: number): void {
    if (pfn === this.lastFrame) return;
    this.lastFrame = pfn;
    const { frames, counts } = this;
    if (this.indexOfFrame(pfn) >= 0) return;
    if (this.frameIndex !== null) this.frameIndex.set(pfn, frames.length);
    else if (frames.length === FEW) {
      this.frameIndex = new Map(frames.map((known, i) => [known, i]));
      this.frameIndex.set(pfn, FEW);
    }
    frames.push(pfn);
    counts.push(leaf[at + F.count]!);
  }

  private indexOfFrame(pfn: number): number {
    if (this.frameIndex !== null) return this.frameIndex.get(pfn) ?? -1;
    return this.frames.indexOf(pfn);
  }

  vma(vma: Vma): void {
    this.vmas.add(vma);
  }

  /** Where a PTE is in the lists for the first time: what stood there before the event. -1 when it was not touched. */
  firstOf(mm: number, vpn: number): number {
    if (this.vpn.length <= FEW) {
      for (let i = 0; i < this.vpn.length; i++) if (this.vpn[i] === vpn && this.mm[i] === mm) return i;
      return -1;
    }
    this.places ??= this.indexed();
    return this.places.get(mm)?.get(vpn) ?? -1;
  }

  private indexed(): Map<number, Map<number, number>> {
    const places = new Map<number, Map<number, number>>();
    for (let i = 0; i < this.vpn.length; i++) {
      let ofMm = places.get(this.mm[i]!);
      if (ofMm === undefined) {
        ofMm = new Map();
        places.set(this.mm[i]!, ofMm);
      }
      if (!ofMm.has(this.vpn[i]!)) ofMm.set(this.vpn[i]!, i);
    }
    return places;
  }

  /** The reference count of a frame before the event; undefined when the event did not touch it. */
  countBefore(pfn: number): number | undefined {
    return this.counts[this.indexOfFrame(pfn)];
  }

  clear(): void {
    if (this.vpn.length > 0) {
      this.mm.length = 0;
      this.vpn.length = 0;
      this.lo.length = 0;
      this.hi.length = 0;
    }
    if (this.frames.length > 0) {
      this.frames.length = 0;
      this.counts.length = 0;
      this.frameIndex = null;
    }
    if (this.vmas.size > 0) this.vmas.clear();
    this.lastFrame = -1;
    this.places = null;
  }
}
