// SPDX-License-Identifier: GPL-2.0-or-later
/** What one event did in one lane, as text. */
import type { Outcome } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import { outcomeNotes } from '../show/outcome-text.js';
import { pteText, verdictWord } from '../show/pte-text.js';
import { MAIL_WIDTH, wrap } from '../text/table.js';
import { lifeText } from './change-lines.js';
import type { FrameChange, PteChange, Touched } from './touched.js';

/** Changes of a kind that are shown for one event. */
const SHOWN = 16;

/** What an event did, a line a change: messages, VMAs, PTEs, frames, counters. `k`: after the event. */
export function stepLines(k: Kernel, outcome: Outcome, touched: Touched, indent: string): string[] {
  const mms = new Set([...k.mms.keys(), ...[...touched.vmas, ...touched.ptes, ...touched.rss].map(({ mm }) => mm)]);
  const several = mms.size > 1;
  const of = (mm: number): string => (several ? `mm ${mm} ` : '');
  const lines = outcomeNotes(k, outcome);
  for (const { mm, vma, what } of touched.vmas) lines.push(`${of(mm)}${vma}: ${what.join(', ')}`);
  lines.push(
    ...some(
      touched.ptes.map((change) => of(change.mm) + pteChange(change)),
      'PTEs',
    ),
  );
  lines.push(...some(touched.frames.map(frameChange), 'frames'));
  for (const { mm, counter, before, after } of touched.rss) lines.push(`${of(mm)}${counter} ${before} -> ${after}`);
  return lines.flatMap((line) => wrap(line, MAIL_WIDTH, indent));
}

function some(lines: readonly string[], what: string): string[] {
  if (lines.length <= SHOWN) return [...lines];
  return [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more ${what}`];
}

function pteChange({ at, before, after }: PteChange): string {
  const normal = after.verdict === null ? '' : `, ${VERDICTS[verdictWord(after)]}`;
  return `${at}: ${pteText(before)} -> ${pteText(after)}${normal}`;
}

const VERDICTS: Readonly<Record<string, string>> = { page: 'a normal page', NULL: 'no page', bad: 'a bad page' };

function frameChange({ frame, before, after }: FrameChange): string {
  if (before.count === 0 && before.flags.length === 0 && after.count > 0 && /^[AF]\d/.test(frame)) {
    return `${frame}: allocated, refcount ${after.count}, mapcount ${after.mapcount}`;
  }
  if (after.count === 0 && after.flags.length === 0 && /^[AF]\d/.test(frame)) return `${frame}: freed`;
  const parts: string[] = [];
  if (before.count !== after.count) parts.push(`refcount ${before.count} -> ${after.count}`);
  if (before.mapcount !== after.mapcount) parts.push(`mapcount ${before.mapcount} -> ${after.mapcount}`);
  const life = /^[AF]\d/.test(frame) ? undefined : lifeText(before.count, after.count);
  return `${frame}: ${parts.join(', ')}${life === undefined ? '' : `; ${life}`}`;
}
