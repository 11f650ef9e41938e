// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The machine of a log that describes none: small, the same for every architecture, so that two lanes
 * of one log differ in nothing but their architecture, and within every pfn field (16 KiB pages leave
 * 18 bits in a 32-bit entry).
 */
import { type BlockSpec, type LogHeader, type MachineSpec, OutOfRange } from '@specialbit/events';
import type { Architecture } from '../arch/architecture.js';

/** Frames of RAM, the hole in it included: 128 MiB with 4 KiB pages. */
const RAM_FRAMES = 0x8000;
const HOLE = 0x4000;
const HOLE_FRAMES = 0x100;
const ZERO_PAGE = 0xf00;
const BLOCK_CONTENT = 0x80;

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

/** PMDs that RAM has room for where there are huge pages. */
const RAM_PMDS = 64;

/** What of a log's header the default machine has. */
export type DefaultMachineOptions = Pick<LogHeader, 'thp' | 'blocks'>;

/**
 * The machine that a log gets on `arch` when its header has none. `thp`: with transparent huge pages, and RAM for 64 of
 * them. `blocks`: what a driver allocated together, in RAM from 0x1100 on or behind all other frames.
 */
export function defaultMachine(arch: Architecture, { thp, blocks }: DefaultMachineOptions = {}): MachineSpec {
  const start = arch.facts.ARCH_PFN_OFFSET;
  const huge = thp !== undefined && arch.pmd !== undefined;
  const ramFrames = huge ? Math.max(RAM_FRAMES, RAM_PMDS * arch.pmd.pages) : RAM_FRAMES;
  const frames: Record<string, number> = {};
  for (const letter of ['P', 'R', 'D', 'H'] as const) {
    const first = letter === 'D' ? ramFrames : FIRST[letter];
    for (let i = 0; i < FRAME_RUNS[letter].count; i++) frames[`${letter}${i}`] = start + first + i;
  }
  const ram: readonly (readonly [number, number])[] = [
    [start, start + HOLE],
    [start + HOLE + HOLE_FRAMES, start + ramFrames],
  ];
  const placed = placeBlocks(arch, ram, blocks ?? {});
  return {
    ram,
    highest_memmap_pfn: start + ramFrames - 1,
    zero_pfn: start + ZERO_PAGE,
    zero_pages: 1,
    ...(huge ? { thp: true } : {}),
    ...(blocks === undefined ? {} : { blocks: placed.blocks }),
    frames: { ...frames, ...placed.frames, Z: start + ZERO_PAGE },
  };
}

/** Blocks of RAM begin here at the earliest, counted from its start: behind the labelled frames. */
const FIRST_BLOCK = 0x1100;

/** Where blocks lie, each aligned to its size. Throws OutOfRange `api.block` where RAM is too small. */
function placeBlocks(
  arch: Architecture,
  ram: readonly (readonly [number, number])[],
  specs: Readonly<Record<string, BlockSpec>>,
): { readonly blocks: NonNullable<MachineSpec['blocks']>; readonly frames: Readonly<Record<string, number>> } {
  const blocks: Record<string, { readonly order: number; readonly compound?: boolean }> = {};
  const frames: Record<string, number> = {};
  let next = ram[0]![0] + FIRST_BLOCK;
  let device = ram.at(-1)![1] + FRAME_RUNS.D.count;
  for (const [label, spec] of Object.entries(specs)) {
    const order = spec.order === 'pmd' ? Math.log2(arch.pmd?.pages ?? arch.levels.at(-1)!.entries) : spec.order;
    const size = 2 ** order;
    const align = (pfn: number): number => Math.ceil(pfn / size) * size;
    let first = align(spec.device === true ? device : next);
    if (spec.device === true) {
      device = first + size;
    } else {
      const piece = ram.find(([from, end]) => Math.max(first, align(from)) + size <= end);
      if (piece === undefined)
        throw new OutOfRange('api.block', `no room for ${label}: RAM has no ${size} frames together that are free`);
      first = Math.max(first, align(piece[0]));
      next = first + size;
    }
    frames[label] = first;
    blocks[label] = { order, ...(spec.compound === true ? { compound: true } : {}) };
  }
  return { blocks, frames };
}

/**
 * First bytes of a machine's labelled frames, so that a read shows which frame it saw: `P0` 0x10, `P1`
 * 0x11, ..., `R0` 0x30, `D0` 0x40, `H0` 0x60; of blocks page i of the nth (from 0) 0x80 + 16 n + (i mod 16). Frames with
 * other labels hold zeroes.
 */
export function defaultContent(machine: MachineSpec): Record<string, number> {
  const content: Record<string, number> = {};
  for (const label of Object.keys(machine.frames)) {
    const match = /^([PRDH])(\d+)$/.exec(label);
    if (match === null) continue;
    const run = FRAME_RUNS[match[1] as keyof typeof FRAME_RUNS];
    content[label] = (run.content + Number(match[2])) & 0xff;
  }
  for (const [b, [label, { order }]] of Object.entries(machine.blocks ?? {}).entries()) {
    for (let i = 0; i < 2 ** order; i++) {
      content[i === 0 ? label : `${label}+${i}`] = (BLOCK_CONTENT + 16 * b + (i % 16)) & 0xff;
    }
  }
  return content;
}
