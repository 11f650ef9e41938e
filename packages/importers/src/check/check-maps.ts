// SPDX-License-Identifier: GPL-2.0-or-later
/** The model's VMAs against /proc/PID/maps. */
import type { Kernel, Mm } from '@specialbit/core/kernel';
import type { MapsEntry } from '../proc/maps-entry.js';
import { type Check, type Difference, rangeText } from './differences.js';
import { nameClass, type VmaView, viewVma } from './view.js';

/** Both sides by range; what only one of them has is a difference of `range`. */
export function pairVmas<E extends MapsEntry>(
  k: Kernel,
  mm: Mm,
  entries: readonly E[],
): { pairs: { entry: E; view: VmaView }[]; differences: Difference[] } {
  const views = new Map<string, VmaView>();
  for (const vma of mm.vmas) {
    const view = viewVma(k, mm, vma);
    views.set(rangeText(view), view);
  }
  const pairs: { entry: E; view: VmaView }[] = [];
  const differences: Difference[] = [];
  for (const entry of entries) {
    const key = rangeText(entry);
    const view = views.get(key);
    if (view === undefined) {
      const expected = `${key} ${entry.perms} ${entry.name}`;
      differences.push({ addr: entry.start, what: 'range', expected, found: 'no such VMA' });
      continue;
    }
    views.delete(key);
    pairs.push({ entry, view });
  }
  for (const view of views.values()) {
    const found = `${rangeText(view)} ${view.perms} ${view.name}`;
    differences.push({ addr: view.start, what: 'range', expected: 'no such VMA', found });
  }
  return { pairs, differences };
}

/** Range, permission, offset and name of every VMA. */
export function checkMaps(k: Kernel, mm: Mm, entries: readonly MapsEntry[]): Check {
  const { pairs, differences } = pairVmas(k, mm, entries);
  let equal = 0;
  for (const { entry, view } of pairs) {
    const found: Difference[] = [];
    const differ = (what: Difference['what'], expected: string, is: string): void => {
      if (expected !== is) found.push({ addr: entry.start, what, expected, found: is });
    };
    differ('perms', entry.perms, view.perms);
    // without a file the offset is 0, except for those of the kernel's own mappings
    differ('offset', entry.offset.toString(16), view.offset.toString(16));
    differ('name', nameClass(entry.name), nameClass(view.name));
    if (found.length === 0) equal++;
    differences.push(...found);
  }
  return { compared: entries.length, equal, differences };
}
