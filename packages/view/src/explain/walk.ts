// SPDX-License-Identifier: GPL-2.0-or-later
/** The way through the page table to what maps an address, from the top level down. */
import type { PteExplanation } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';

export interface WalkLevel {
  readonly name: 'pgd' | 'p4d' | 'pud' | 'pmd' | 'pte';
  /** Which entry of its table. */
  readonly index: number;
  readonly entries: number;
  /** Bits of the address that choose it, `47..39`. */
  readonly bits: string;
  /** The entry that maps the page; those before it point to a table. */
  readonly leaf: boolean;
  /** What one entry covers, `2 MB`. */
  readonly covers: string;
}

/** Levels that an architecture folds into the one above have no table, and are left out. */
export function walkTo(e: PteExplanation, arch: Architecture): WalkLevel[] {
  const address = BigInt(`0x${e.address}`);
  const levels: WalkLevel[] = [];
  for (const { name, shift, entries, folded } of arch.levels) {
    if (folded) {
      // an entry of a folded level is one of the table above
      const above = levels.at(-1);
      if (name !== e.level || above === undefined) continue;
      levels[levels.length - 1] = { ...above, leaf: true };
      break;
    }
    const width = Math.log2(entries);
    const index = Number((address >> BigInt(shift)) & (BigInt(entries) - 1n));
    const leaf = name === e.level;
    levels.push({ name, index, entries, bits: `${shift + width - 1}..${shift}`, leaf, covers: bytes(2 ** shift) });
    if (leaf) break;
  }
  return levels;
}

function bytes(n: number): string {
  for (const [unit, size] of [
    ['TB', 2 ** 40],
    ['GB', 2 ** 30],
    ['MB', 2 ** 20],
    ['kB', 2 ** 10],
  ] as const) {
    if (n >= size) return `${n / size} ${unit}`;
  }
  return `${n} bytes`;
}
