// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Hearing of every write to a running kernel: what an event touched, without searching for it. All are
 * called before a write happens, with what stands there. Nobody listens in a plain replay.
 */
import type { Level } from './level.js';

export interface PteRecorder {
  /** The entry of `vpn` at a level of the page table of `mm`, and its two halves so far. */
  entry(mm: number, level: Level, vpn: number, lo: number, hi: number): void;
}

export interface FrameRecorder {
  /** A frame's record, so far at `leaf[at]` and behind. */
  frame(pfn: number, leaf: readonly number[], at: number): void;
}
