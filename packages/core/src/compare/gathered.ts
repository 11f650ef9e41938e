// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a lane reads of what an event touched, read as soon as it has played the event and before the next lane does. Of
 * many lanes each finds the processor's caches full of the others: with 71 lanes reading all this later, lane by lane,
 * took two thirds of the time that comparing took.
 */
import { F, FRAME_FIELDS, type FrameLeaf, type FrameTable } from '../machine/frame-table.js';
import type { TouchLog } from './touch-log.js';

/** Numbers of an entry: address space, mapping (-1: of none), page of it, code and pfn of its PteState. */
export const ENTRY = { mm: 0, id: 1, page: 2, code: 3, pfn: 4, size: 5 } as const;
/** Numbers of a frame's record. */
export const FRAME = { pfn: 0, seq: 1, count: 2, mapcount: 3, flags: 4, content: 5, size: 6 } as const;

/** Of a frame that nothing ever touched. */
const NO_RECORD: Readonly<FrameLeaf> = Array.from({ length: FRAME_FIELDS }, () => 0);

export class Gathered {
  /** In the order of the touch log, ENTRY.size numbers each; as many as that has. */
  readonly entries: number[] = [];
  /** The same of frames, FRAME.size numbers each. */
  readonly frames: number[] = [];

  entry(i: number, mm: number, id: number, page: number, code: number, pfn: number): void {
    const { entries } = this;
    const at = i * ENTRY.size;
    entries[at] = mm;
    entries[at + 1] = id;
    entries[at + 2] = page;
    entries[at + 3] = code;
    entries[at + 4] = pfn;
  }

  readFrames(touched: TouchLog, table: FrameTable): void {
    const { frames } = this;
    for (let i = 0; i < touched.frameCount; i++) {
      const pfn = touched.frames[i]!;
      const leaf = table.leaf(pfn);
      const from = leaf === undefined ? NO_RECORD : leaf;
      const record = leaf === undefined ? 0 : table.at(pfn);
      const at = i * FRAME.size;
      frames[at] = pfn;
      frames[at + 1] = from[record + F.seq]!;
      frames[at + 2] = from[record + F.count]!;
      frames[at + 3] = from[record + F.mapcount]!;
      frames[at + 4] = from[record + F.flags]!;
      frames[at + 5] = from[record + F.content]!;
    }
  }

  /** Gives memory back that an event with many entries took. */
  shrink(): void {
    if (this.entries.length > MANY) this.entries.length = 0;
    if (this.frames.length > MANY) this.frames.length = 0;
  }
}

/** Lists that grew longer than this are given back. */
const MANY = 262_144;
