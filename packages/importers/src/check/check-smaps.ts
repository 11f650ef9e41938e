// SPDX-License-Identifier: GPL-2.0-or-later
/** The model's VMAs against /proc/PID/smaps: flags by letters, and sizes where faults are known. */
import { type Kernel, type Mm, type Smaps, smapsOf } from '@specialbit/core/kernel';
import type { SmapsEntry } from '../proc/smaps.js';
import type { VmaFields } from '../proc/snapshot.js';
import { formatVmFlagLetters } from '../proc/vm-flag-letters.js';
import { pairVmas } from './check-maps.js';
import { type Check, type Difference, hexAddr } from './differences.js';

/** VmFlags of every VMA of equal range. */
export function checkVmFlags(k: Kernel, mm: Mm, entries: readonly SmapsEntry[]): Check {
  const { pairs } = pairVmas(k, mm, entries);
  const differences: Difference[] = [];
  let equal = 0;
  for (const { entry, view } of pairs) {
    const expected = [...formatVmFlagLetters(entry.vm_flags ?? 0), ...entry.otherFlags].join(' ');
    const found = formatVmFlagLetters(view.vm_flags).join(' ');
    if (expected === found) equal++;
    else differences.push({ addr: entry.start, what: 'vm_flags', expected, found });
  }
  return { compared: entries.length, equal, differences };
}

/** What smaps counts by the page tables of the process alone. */
const OWN: readonly (keyof Smaps)[] = [
  'Rss',
  'Anonymous',
  'AnonHugePages',
  'ShmemPmdMapped',
  'FilePmdMapped',
  'Shared_Hugetlb',
  'Private_Hugetlb',
];

/**
 * Sizes of every VMA of equal range, in kB: `Rss` and `Anonymous`, huge pages where the kernel says how much they are, and with
 * `pss` also `Pss` where all that is there is anonymous: who maps pages of files besides, no recording of a process knows.
 */
export function checkSizes(
  k: Kernel,
  mm: Mm,
  entries: readonly SmapsEntry[],
  { pss }: { readonly pss: boolean },
): Check {
  const { pairs } = pairVmas(k, mm, entries);
  const differences: Difference[] = [];
  let equal = 0;
  for (const { entry, view } of pairs) {
    const { Rss = 0, Anonymous = 0 } = entry.sizes;
    const sizes: Readonly<Record<string, number>> = { ...entry.sizes, Rss, Anonymous };
    const ours = smapsOf(k, view.vma);
    const compared = [...OWN, ...(pss && Rss === Anonymous ? (['Pss'] as const) : [])].filter(
      (name) => sizes[name] !== undefined,
    );
    const expected = compared.map((name) => `${name} ${sizes[name]}`).join(' ');
    const found = compared.map((name) => `${name} ${ours[name]}`).join(' ');
    if (expected === found) equal++;
    else differences.push({ addr: entry.start, what: 'size', expected, found });
  }
  return { compared: entries.length, equal, differences };
}

/** vm_pgoff and the presence and identity of anon_vma, from the kernel's own structures. */
export function checkVmas(k: Kernel, mm: Mm, vmas: readonly VmaFields[]): Check {
  const byStart = new Map(mm.vmas.map((vma) => [vma.vm_start * k.arch.page.size, vma]));
  const differences: Difference[] = [];
  const real = new Map<string, number>();
  const ours = new Map<number, string>();
  let equal = 0;
  for (const fields of vmas) {
    const vma = byStart.get(fields.start);
    if (vma === undefined) continue;
    let same = true;
    const differ = (what: Difference['what'], expected: string, found: string): void => {
      same = false;
      differences.push({ addr: fields.start, what, expected, found });
    };
    if (vma.vm_pgoff !== fields.pgoff) differ('offset', hexAddr(fields.pgoff), hexAddr(vma.vm_pgoff));
    const id = vma.anon_vma?.id ?? 0;
    if ((id !== 0) !== (fields.anon_vma !== '')) {
      differ('anon_vma', fields.anon_vma === '' ? 'none' : 'one', id === 0 ? 'none' : 'one');
    } else if (id !== 0) {
      const known = real.get(fields.anon_vma);
      const other = ours.get(id);
      if ((known ?? id) !== id || (other ?? fields.anon_vma) !== fields.anon_vma) {
        differ('anon_vma', `the one of ${fields.anon_vma}`, 'another');
      }
      real.set(fields.anon_vma, id);
      ours.set(id, fields.anon_vma);
    }
    if (same) equal++;
  }
  return { compared: vmas.length, equal, differences };
}
