// SPDX-License-Identifier: GPL-2.0-or-later
/** The pfns that the real allocator chose for pages that a step shows for the first time. */
import type { Fail } from './check-records.js';
import type { StepRecord } from './format.js';
import type { Lab } from './lab.js';
import type { NextLabels } from './labels.js';
import { newFolios, type SuppliedFolios } from './thp-pages.js';

export interface NewPages {
  readonly pages: ReadonlyMap<string, number>;
  /** The record, when it had to be parsed. */
  readonly record: StepRecord | undefined;
  readonly folios?: SuppliedFolios;
}

const NONE: NewPages = { pages: new Map(), record: undefined };

/**
 * Label -> pfn, in the order in which the harness names pages. `full`: the record has the kernel's
 * answer, so that its dump shows them; otherwise it was stripped, and has a member `alloc`.
 */
export function newPages(full: boolean, text: string, lab: Lab, read: () => StepRecord, fail: Fail): NewPages {
  const next = lab.labels.next;
  if (lab.kernel.thp.on) {
    const record = read();
    return { ...newFolios(record, next, lab.kernel), record };
  }
  // `A12"` and not `"A12"`: quotes are everywhere, and the search looks for the first letter
  if (full && !text.includes(`A${next.A}"`) && !text.includes(`F${next.F}"`)) return NONE;
  const found = new Map<string, number>();
  const take = (label: string, pfn: unknown, at: string): void => {
    if (found.has(label)) return;
    const value = typeof pfn === 'string' ? Number.parseInt(pfn, 16) : Number.NaN;
    const { machine } = lab.kernel;
    if (!machine.pfn_valid(value) || machine.isLabelled(value)) fail(at, 'the pfn of a free page in RAM', pfn);
    found.set(label, value);
  };
  const record = full && takeFromText(text, next, take) ? undefined : takeFromRecord(read(), next, take);
  if (new Set(found.values()).size < found.size) fail('alloc', 'a pfn of its own for every page', [...found.keys()]);
  return { pages: sorted(found), record };
}

type Take = (label: string, pfn: unknown, at: string) => void;

function takeFromRecord(record: StepRecord, next: NextLabels, take: Take): StepRecord {
  for (const [label, pfn] of Object.entries(record.alloc ?? {})) take(label, pfn, `alloc.${label}`);
  for (const mm of record.dump?.mms ?? []) {
    for (const vma of mm.vmas) {
      for (const [index, , kind, pfn, label] of vma.pt) {
        if (kind !== 'swap' && typeof label === 'string' && isNew(label, next)) {
          take(label, pfn, `dump: page ${index} of the mapping at ${vma.start}`);
        }
      }
    }
  }
  return record;
}

/**
 * The same without parsing the record: a dump lists its labels at the end, and in the entry of a page
 * the pfn stands before the label. False: this is not what a dump looks like.
 */
function takeFromText(text: string, next: NextLabels, take: Take): boolean {
  const dump = text.indexOf('"dump":{"mms":[');
  const frames = text.lastIndexOf('"frames":{');
  if (dump < 0 || frames < dump) return false;
  for (const [, label] of text.slice(frames).matchAll(/"([AF]\d+)":\[/g)) {
    if (!isNew(label!, next)) continue;
    const end = text.indexOf(`","${label}",`, dump);
    // a page that is held and not mapped
    if (end < 0) continue;
    const pfn = text.slice(text.lastIndexOf('"', end - 1) + 1, end);
    if (!/^[0-9a-f]+$/.test(pfn)) return false;
    take(label!, pfn, `dump: page ${label}`);
  }
  return true;
}

function isNew(label: string, next: NextLabels): boolean {
  if (label[0] === 'A') return Number(label.slice(1)) >= next.A;
  return label[0] === 'F' && Number(label.slice(1)) >= next.F;
}

/** A labels first, each kind in its order. */
function sorted(found: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (found.size < 2) return found;
  const key = (label: string): number => (label[0] === 'A' ? 0 : 1e9) + Number(label.slice(1));
  return new Map([...found].sort((a, b) => key(a[0]) - key(b[0])));
}
