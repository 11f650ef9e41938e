// SPDX-License-Identifier: GPL-2.0-or-later
/** The first byte of a frame's memory. Frames without memory behind them read as 0xff. */
import { F } from '../../machine/frame-table.js';
import type { Kernel } from './kernel.js';

/** Ours: the byte there. */
export function readContent(k: Kernel, pfn: number): number {
  return k.machine.isUnbacked(pfn) ? 0xff : k.frames.get(pfn, F.content);
}

/** Ours: stores the byte, where there is memory. */
export function writeContent(k: Kernel, pfn: number, value: number): void {
  if (!k.machine.isUnbacked(pfn)) k.frames.set(pfn, F.content, value & 0xff);
}
