// SPDX-License-Identifier: GPL-2.0-or-later
/** Which format a recording has, from its first lines. */
import { stripPrefixes } from './paste/prefixes.js';
import { parseMapsLine } from './proc/maps.js';
import { PTE_DUMP } from './proc/pte-dump.js';
import { SMAPS_FIELD } from './proc/smaps.js';
import { recognise, TELLING } from './report/tokens.js';
import { isStraceLine } from './strace/leader.js';
import { isFtraceLine } from './trace/ftrace-line.js';
import { PERF_LINE } from './trace/perf-script.js';

export const FORMATS = [
  'strace',
  'ftrace',
  'perf',
  'maps',
  'smaps',
  'vmas',
  'pagemap',
  'snapshots',
  'kernel-log',
  'ptes',
  'recording',
] as const;
export type Format = (typeof FORMATS)[number];

/** As many lines are looked at. */
export const TELLING_LINES = 200;

/** The format of lines; undefined if none is recognised. */
export function detectFormat(lines: readonly string[]): Format | undefined {
  if (PTE_DUMP.test(lines.find((text) => text.trim() !== '') ?? '')) return 'ptes';
  const votes = new Map<Format, number>();
  const vote = (format: Format): void => void votes.set(format, (votes.get(format) ?? 0) + 1);
  for (const text of lines.slice(0, TELLING_LINES)) {
    if (text.startsWith('{')) {
      if (/^\{"snap":/.test(text)) vote('snapshots');
      else if (/^\{"va":/.test(text)) vote('pagemap');
      else if (/^\{"(?:mm|start)":/.test(text)) vote('vmas');
    } else if (text.startsWith('# tracer:')) vote('ftrace');
    else if (parseMapsLine(text, 0) !== undefined) {
      // one line for all mappings is no state of any
      if (/\[rollup\]\s*$/.test(text)) return undefined;
      vote('maps');
    } else if (SMAPS_FIELD.test(text)) vote('smaps');
    else if (isFtraceLine(text)) vote('ftrace');
    else if (isReport(text)) vote('kernel-log');
    else if (isStraceLine(text)) vote('strace');
    else if (PERF_LINE.test(text)) vote('perf');
  }
  if (votes.has('smaps')) return 'smaps';
  // one line begins a report of many; a trace that was dumped by an oops stands among its lines
  if (votes.has('kernel-log') && !votes.has('ftrace')) return 'kernel-log';
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The line begins a report of the kernel. Records of JSON Lines do not; files may have millions of them. */
export function isReport(text: string): boolean {
  if (text.startsWith('{')) return false;
  const found = recognise(stripPrefixes(text).text);
  return found !== undefined && TELLING.has(found.type);
}

/** The format of all lines of a text. */
export function detectTextFormat(lines: readonly string[]): Format | undefined {
  // a kernel's log may be long before its first report
  return detectFormat(lines) ?? (lines.some(isReport) ? 'kernel-log' : undefined);
}
