// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Ranges of numbers, ascending and apart, as the kernel keeps which huge pages of a file or a mapping are reserved
 * (struct resv_map, mm/hugetlb.c). Immutable.
 */
export type Regions = readonly (readonly [from: number, to: number])[];

export const noRegions: Regions = [];

/** region_count(): how many of `[from, to)` are in it. */
export function region_count(regions: Regions, from: number, to: number): number {
  let count = 0;
  for (const [start, end] of regions) count += Math.max(0, Math.min(to, end) - Math.max(from, start));
  return count;
}

/** region_chg(): how many of `[from, to)` are not in it yet. */
export function region_chg(regions: Regions, from: number, to: number): number {
  return to - from - region_count(regions, from, to);
}

/** region_add(): with `[from, to)`; regions that touch become one. */
export function region_add(regions: Regions, from: number, to: number): Regions {
  let start = from;
  let end = to;
  const apart: (readonly [number, number])[] = [];
  for (const region of regions) {
    if (region[1] < start || region[0] > end) apart.push(region);
    else {
      start = Math.min(start, region[0]);
      end = Math.max(end, region[1]);
    }
  }
  apart.push([start, end]);
  return apart.sort((a, b) => a[0] - b[0]);
}

/** region_del(): without `[from, to)`. */
export function region_del(regions: Regions, from: number, to: number): Regions {
  const left: (readonly [number, number])[] = [];
  for (const [start, end] of regions) {
    if (start < Math.min(end, from)) left.push([start, Math.min(end, from)]);
    if (Math.max(start, to) < end) left.push([Math.max(start, to), end]);
  }
  return left;
}
