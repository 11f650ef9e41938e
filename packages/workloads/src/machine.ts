// SPDX-License-Identifier: GPL-2.0-or-later
import type { MachineSpec } from '@specialbit/events';

/** First frame of each kind; RAM is 512 MiB with 4 KiB pages, and the rest has no struct page. */
const ZERO = 0xf00;
const P = 0x1000;
const R = 0x1100;
const RAM_END = 0x20000;
/** Device memory, from here on without end. */
const D = 0x21000;

/** How many labelled pages and device frames there are. */
export const LABELLED = 128;

/** The machine of every workload: labels `P0`... (pages), `D0`... (device frames), `R0`... (reserved), `Z`. */
export function workloadMachine(): MachineSpec {
  const frames: Record<string, number> = { Z: ZERO };
  for (let i = 0; i < LABELLED; i++) frames[`P${i}`] = P + i;
  for (let i = 0; i < LABELLED; i++) frames[`D${i}`] = D + i;
  for (let i = 0; i < 4; i++) frames[`R${i}`] = R + i;
  return { ram: [[0, RAM_END]], highest_memmap_pfn: RAM_END - 1, zero_pfn: ZERO, zero_pages: 1, frames };
}
