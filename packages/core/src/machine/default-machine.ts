// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The machine of a log that describes none: small, the same for every architecture, so that two lanes
 * of one log differ in nothing but their architecture, and within every pfn field (16 KiB pages leave
 * 18 bits in a 32-bit entry).
 */
import type { MachineSpec } from '@specialbit/events';
import type { Architecture } from '../arch/architecture.js';

/** Frames of RAM, the hole in it included: 128 MiB with 4 KiB pages. */
const RAM_FRAMES = 0x8000;
const HOLE = 0x4000;
const HOLE_FRAMES = 0x100;
const ZERO_PAGE = 0xf00;

/** Frames of one kind, labelled with its letter and a number from 0 on. */
export interface FrameRun {
  readonly count: number;
  /** First byte of the first one's page; the others count on. */
  readonly content: number;
}

/** The kinds of frames that machines have by default, those of the laboratory too, by their letters. */
export const FRAME_RUNS: Readonly<Record<'P' | 'R' | 'D' | 'H', FrameRun>> = {
  // a driver's pages
  P: { count: 8, content: 0x10 },
  // pages with PG_reserved
  R: { count: 4, content: 0x30 },
  // device memory above the memory map: no struct page, pfn > highest_memmap_pfn
  D: { count: 16, content: 0x40 },
  // device memory in the hole: no struct page, pfn < highest_memmap_pfn
  H: { count: 4, content: 0x60 },
};

/** Where each run begins on the default machine, counted from the start of RAM. */
const FIRST: Readonly<Record<keyof typeof FRAME_RUNS, number>> = { P: 0x1000, R: 0x1010, D: RAM_FRAMES, H: HOLE };

/** The machine that a log gets on `arch` when its header has none. */
export function defaultMachine(arch: Architecture): MachineSpec {
  const start = arch.facts.ARCH_PFN_OFFSET;
  const frames: Record<string, number> = {};
  for (const letter of ['P', 'R', 'D', 'H'] as const) {
    for (let i = 0; i < FRAME_RUNS[letter].count; i++) frames[`${letter}${i}`] = start + FIRST[letter] + i;
  }
  return {
    ram: [
      [start, start + HOLE],
      [start + HOLE + HOLE_FRAMES, start + RAM_FRAMES],
    ],
    highest_memmap_pfn: start + RAM_FRAMES - 1,
    zero_pfn: start + ZERO_PAGE,
    zero_pages: 1,
    frames: { ...frames, Z: start + ZERO_PAGE },
  };
}

/**
 * First bytes of a machine's labelled frames, so that a read shows which frame it saw: `P0` 0x10, `P1`
 * 0x11, ..., `R0` 0x30, `D0` 0x40, `H0` 0x60. Frames with other labels hold zeroes.
 */
export function defaultContent(machine: MachineSpec): Record<string, number> {
  const content: Record<string, number> = {};
  for (const label of Object.keys(machine.frames)) {
    const match = /^([PRDH])(\d+)$/.exec(label);
    if (match === null) continue;
    const run = FRAME_RUNS[match[1] as keyof typeof FRAME_RUNS];
    content[label] = (run.content + Number(match[2])) & 0xff;
  }
  return content;
}
