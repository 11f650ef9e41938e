// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Counts the fields of a step record that is the same text on both sides. Nearly every one is; parsing
 * it only to count what agrees would cost more than playing the step.
 */
import type { DumpCounts } from '@specialbit/transcripts';
import { type Counts, type Field, isField, NOT_COMPARED, PMD_FIELDS, VMA_FIELDS } from './fields.js';

/** Adds the fields of `text`, whose dump consists of `counts`, to `compared`. */
export function countFields(text: string, counts: DumpCounts, compared: Counts, hasHw: boolean): void {
  countMembers(text, compared);
  const { mms, vmas, present, swapped, pmds, frames, warn } = counts;
  compared.rss += mms;
  for (const field of OF_VMA) compared[field] += vmas;
  compared['pte.swap'] += swapped;
  compared['pte.raw'] += swapped + present;
  for (const field of PRESENT) compared[field] += present;
  if (pmds > 0) for (const field of PMD_FIELDS) if (field !== 'pmd.kind') compared[field] += pmds;
  if (hasHw) compared['pte.hw'] += present;
  compared['frame.count'] += frames;
  compared['frame.mapcount'] += frames;
  compared['frame.flags'] += frames;
  if (warn) compared.warn++;
}

const OF_VMA: readonly Field[] = VMA_FIELDS.map((member): Field => `vma.${member}`);
const PRESENT: readonly Field[] = ['pte.bits', 'pte.pfn', 'pte.label', 'pte.normal'];

/** The members between `op` and `dump`: most records have none but `ret`. */
function countMembers(text: string, compared: Counts): void {
  const from = text.indexOf('"ret":');
  const members = text.slice(from, text.indexOf(',"dump":', from));
  if (!members.includes(',')) {
    compared.ret++;
    return;
  }
  for (const key of Object.keys(JSON.parse(`{${members}}`) as object)) {
    if (!NOT_COMPARED.has(key)) compared[isField(key) ? key : 'other']++;
  }
}
