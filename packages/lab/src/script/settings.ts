// SPDX-License-Identifier: GPL-2.0-or-later
/** Settings of huge pages, as the laboratory's init program writes them: by the names that the files have on its machine. */
import type { LaneOptions } from '@specialbit/core';

/** `hugepages-pmd/enabled` and `hugepages-order4/enabled` with the size in kilobytes, as in /sys. */
export function settingKey(key: string, { arch }: Pick<LaneOptions, 'arch'>): string {
  const kilobytes = (pages: number): string => `hugepages-${(pages * arch.page.size) / 1024}kB/`;
  return key
    .replace(/^hugepages-pmd\//, () => kilobytes(arch.pmd?.pages ?? 1))
    .replace(/^hugepages-pud\//, () => kilobytes(arch.pud?.pages ?? 1))
    .replace(/^hugepages-order(\d+)\//, (_, order) => kilobytes(2 ** Number(order)));
}

/** What was written before the first event of a log: a line of the script each. Huge pages first, then the pools of hugetlb. */
export function settingLines(lane: LaneOptions): string[] {
  const all = [...Object.entries(lane.thp ?? {}), ...Object.entries(lane.hugetlb ?? {})];
  return all.map(([key, value]) => `tune mm=0 key=${settingKey(key, lane)} val=${value}`);
}
