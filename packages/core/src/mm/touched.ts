// SPDX-License-Identifier: GPL-2.0-or-later
/** Hearing of every write to a running kernel: what an event touched, without searching for it. */
import type { Vma } from './vma.js';

/** Called before a write happens, with what stands there. Nobody listens in a plain replay. */
export interface TouchRecorder {
  /** The entry of `vpn` in the page table of `mm`, and its two halves so far. */
  pte(mm: number, vpn: number, lo: number, hi: number): void;
  /** A frame's record, so far at `leaf[at]` and behind. */
  frame(pfn: number, leaf: readonly number[], at: number): void;
  /** A VMA that changed, came or went. */
  vma(vma: Vma): void;
}
