/**
 * Counts the fields of a step record from its text alone. Nearly every record is the same text on both
 * sides; parsing it only to count what agrees would cost more than playing the step.
 */
import { type Counts, type Field, isField, NOT_COMPARED, VMA_FIELDS } from './fields.js';

/** Adds the fields of `text` to `compared`. False: it is not in the form that the harness writes, so parse it. */
export function countFields(text: string, compared: Counts, hasHw: boolean): boolean {
  const results = text.indexOf(',"ret":');
  const dump = text.indexOf(',"dump":{"mms":[', results);
  const frames = text.lastIndexOf(',"frames":{');
  if (results < 0 || dump < 0 || frames < dump) return false;
  for (const key of Object.keys(JSON.parse(`{${text.slice(results + 1, dump)}}`) as object)) {
    if (!NOT_COMPARED.has(key)) compared[isField(key) ? key : 'other']++;
  }
  const mms = text.slice(dump, frames);
  compared.rss += occurrences(mms, '"rss":[');
  const vmas = occurrences(mms, '"start":"');
  for (const member of VMA_FIELDS) compared[`vma.${member}`] += vmas;
  const swapped = occurrences(mms, ',"swap",');
  const present = occurrences(mms, ',"P-') + occurrences(mms, ',"PW');
  compared['pte.swap'] += swapped;
  compared['pte.raw'] += swapped + present;
  for (const field of PRESENT) compared[field] += present;
  if (hasHw) compared['pte.hw'] += present;
  const rest = text.slice(frames);
  const listed = occurrences(rest, '":[') - (rest.includes('"warn":[') ? 1 : 0);
  compared['frame.count'] += listed;
  compared['frame.mapcount'] += listed;
  compared['frame.flags'] += listed;
  if (rest.includes('"warn":[')) compared.warn++;
  return true;
}

const PRESENT: readonly Field[] = ['pte.bits', 'pte.pfn', 'pte.label', 'pte.normal'];

function occurrences(text: string, part: string): number {
  let n = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) n++;
  return n;
}
