/** What one event touched in one lane. */
import { F, FRAME_FIELDS } from '../machine/frame-table.js';
import type { TouchRecorder } from '../mm/touched.js';
import type { Vma } from '../mm/vma.js';

/** Records the writes of one event: what stood there before, once for each place. */
export class TouchLog implements TouchRecorder {
  /** Touched PTEs, one after the other; a PTE that is written again and again may be there more than once. */
  readonly mm: number[] = [];
  readonly vpn: number[] = [];
  readonly lo: number[] = [];
  readonly hi: number[] = [];
  /** pfn -> the frame's record before the event. */
  readonly frames = new Map<number, readonly number[]>();
  readonly vmas = new Set<Vma>();
  private lastFrame = -1;

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
    if (!this.frames.has(pfn)) this.frames.set(pfn, leaf.slice(at, at + FRAME_FIELDS));
  }

  vma(vma: Vma): void {
    this.vmas.add(vma);
  }

  /** The reference count of a frame before the event; undefined when the event did not touch it. */
  countBefore(pfn: number): number | undefined {
    return this.frames.get(pfn)?.[F.count];
  }

  clear(): void {
    if (this.vpn.length > 0) {
      this.mm.length = 0;
      this.vpn.length = 0;
      this.lo.length = 0;
      this.hi.length = 0;
    }
    if (this.frames.size > 0) this.frames.clear();
    if (this.vmas.size > 0) this.vmas.clear();
    this.lastFrame = -1;
  }
}
