// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Hearing of every write to a running kernel: what an event touched, without searching for it. All are
 * called before a write happens, with what stands there. Nobody listens in a plain replay.
 */

export interface PteRecorder {
  /** The entry of `vpn` in the page table of `mm`, and its two halves so far. */
  pte(mm: number, vpn: number, lo: number, hi: number): void;
}

export interface FrameRecorder {
  /** A frame's record, so far at `leaf[at]` and behind. */
  frame(pfn: number, leaf: readonly number[], at: number): void;
}
