// SPDX-License-Identifier: GPL-2.0-or-later
import type { LeafType } from './radix.js';

/** More frames than any machine has. */
export const MOST_FRAMES = 2 ** 48;

/**
 * Leaves of `2 ** bits` records of `fields` numbers, one behind the other, all zeros at first. A plain array of numbers: it is
 * copied four times as fast as a typed array of that size, and takes far less beside its content.
 */
export function numberLeaf(bits: number, fields: number): LeafType<number[]> {
  // from the start an array of doubles, whatever numbers it holds
  const none = Array.from({ length: fields << bits }, () => 0.5).fill(0);
  return { bits, make: () => none.slice(), copy: (from) => from.slice() };
}
