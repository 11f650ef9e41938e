// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Statistics of pairs. A value and its reference are measured in turns, a short slice each; the ratio is worked out
 * for each pair of neighbours, so that what slows both (a full cache, a slower processor) leaves it as it is, and its
 * median is taken, so that a slice in which something happened counts as one and not by how much.
 */

export interface Ratio {
  readonly median: number;
  /** The middle half of the ratios, from quartile to quartile, by the median: 0.15 is 15 %. */
  readonly spread: number;
}

/** Ratios that are spread further are shown with a warning. */
export const WIDE_SPREAD = 0.15;

/** The ratio of the i-th value to the i-th reference. Throws RangeError when one has more of them, or both none. */
export function ratioOfPairs(values: readonly number[], references: readonly number[]): Ratio {
  if (values.length !== references.length) {
    throw new RangeError(`${values.length} values for ${references.length} references`);
  }
  const ratios = values.map((value, i) => value / references[i]!);
  const middle = median(ratios);
  return { median: middle, spread: (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / middle };
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * The value below which that part of them lies, between two neighbours in proportion. Throws RangeError when there
 * are none.
 */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new RangeError('no values');
  const ascending = [...values].sort((a, b) => a - b);
  const at = (ascending.length - 1) * part;
  const below = ascending[Math.floor(at)]!;
  const above = ascending[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}
