// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Fields of several bits whose values have names of their own, as headers write them: `L_PTE_MT_MASK`, and within it
 * `L_PTE_MT_WRITEBACK`. Such a name is not a set of flags: it is there when the whole field has just that value.
 */
import type { NamedBits } from './layout.js';

const several = (mask: bigint): boolean => (mask & (mask - 1n)) !== 0n;

/** The field of which these bits are one value; undefined for bits of their own. */
function fieldOf(bits: NamedBits, all: readonly NamedBits[]): NamedBits | undefined {
  return all.find(
    ({ name, mask, kind }) =>
      kind === bits.kind && /MASK\d*$/.test(name) && several(mask) && mask !== bits.mask && (bits.mask & ~mask) === 0n,
  );
}

/** What of an entry's `value` the named bits stand for, 0 where they stand for nothing in it; and whether they are set. */
export function namedValue(
  bits: NamedBits,
  all: readonly NamedBits[],
  value: bigint,
): { readonly value: bigint; readonly set: boolean } {
  const own = value & bits.mask;
  const field = fieldOf(bits, all);
  if (field !== undefined) {
    const set = (value & field.mask) === bits.mask;
    return { value: set ? own : 0n, set };
  }
  const isField = all.some((other) => fieldOf(other, all) === bits);
  return { value: own, set: isField ? own !== 0n : own === bits.mask };
}
