// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the last dump said, and what was written since. A step changes little of what a dump shows, and a dump shows
 * everything: the entries of a VMA are shown anew only where one of them was written, or what they are shown by changed.
 */
import type { KernelMessage } from '@specialbit/core';
import type { Kernel, TouchRecorder, Vma } from '@specialbit/core/kernel';
import type { LabelSlot, Labels } from './labels.js';

/** The entries of a VMA as a dump shows them, and what that depends on beside them. */
export interface EntriesShown {
  readonly text: string;
  /** Entries that are present, and that are swapped out. */
  readonly present: number;
  readonly swapped: number;
  /** The labels in it. */
  readonly labels: readonly LabelSlot[];
  /** What vm_normal_page() reported of them. */
  readonly messages: readonly KernelMessage[];
  /** Everything of the VMA that a dump shows of it. */
  readonly vma: string;
  readonly ops: Vma['vm_ops'];
  readonly anon_pgoff: number;
}

/** Of more entries than these nobody looks which VMA they are of. */
const FEW = 64;

export class DumpMemory implements TouchRecorder {
  /** The record of each frame that a dump has shown. */
  readonly frames = new Map<number, string>();
  /** Frames were written since the last dump. */
  framesWritten = true;
  /** All frames as the last dump has shown them, how many, and the version of the labels then. */
  framesText = '';
  framesShown = 0;
  labelsVersion = -1;
  /** Entries written since the last dump: the number of the address space, and the page. */
  private mms: number[] = [];
  private vpns: number[] = [];
  private many = false;
  private shown = new Map<Vma, EntriesShown>();
  private showing = new Map<Vma, EntriesShown>();

  constructor(kernel: Kernel) {
    kernel.record(this);
  }

  entry(mm: number, _level: number, vpn: number): void {
    if (this.many) return;
    this.many = this.mms.length === FEW;
    this.mms.push(mm);
    this.vpns.push(vpn);
  }

  frame(pfn: number): void {
    this.framesWritten = true;
    this.frames.delete(pfn);
  }

  vma(): void {
    // what of it is shown is compared
  }

  /** What the last dump has shown of the VMA's entries, if it would be the same now. `header`: what is shown of itself. */
  entriesOf(vma: Vma, header: string): EntriesShown | undefined {
    const shown = this.shown.get(vma);
    if (shown === undefined || shown.vma !== header || this.many) return undefined;
    if (shown.ops !== vma.vm_ops || shown.anon_pgoff !== vma.anon_pgoff) return undefined;
    const { vm_start, vm_end } = vma;
    const { id } = vma.mm;
    for (let i = 0; i < this.vpns.length; i++) {
      const vpn = this.vpns[i]!;
      if (vpn >= vm_start && vpn < vm_end && this.mms[i] === id) return undefined;
    }
    for (let i = 0; i < shown.labels.length; i++) if (!shown.labels[i]!.live) return undefined;
    return shown;
  }

  /** For the next dump. */
  keep(vma: Vma, entries: EntriesShown): void {
    this.showing.set(vma, entries);
  }

  /** A dump was made: what it did not show is forgotten. */
  end(labels: Labels): void {
    const { shown } = this;
    this.shown = this.showing;
    shown.clear();
    this.showing = shown;
    this.mms.length = 0;
    this.vpns.length = 0;
    this.many = false;
    this.framesWritten = false;
    this.labelsVersion = labels.version;
  }
}
