// SPDX-License-Identifier: GPL-2.0-or-later
/** A diff between two moments as text. */

import { pteText, verdictWord } from '../show/pte-text.js';
import { append } from '../text/append.js';
import { MAIL_WIDTH, table, wrap } from '../text/table.js';
import type { FigureText, MomentDiff, ProcessChange } from './moments.js';
import type { FrameChange, PteChange } from './touched.js';

export interface ChangeText {
  readonly columns?: number;
  /** For the head of a process. */
  readonly emphasis?: (text: string) => string;
}

/** `2 PTEs, 1 frame and 1 counter`; undefined when nothing differs. */
export function diffSummary({ processes, frames, moreFrames, machine }: MomentDiff): string | undefined {
  const sum = (of: (process: ProcessChange) => number): number => processes.reduce((n, process) => n + of(process), 0);
  const came = processes.filter(({ what }) => what !== null).length;
  return counted([
    [came, 'process', 'processes'],
    [sum(({ vmas }) => vmas.length), 'VMA', 'VMAs'],
    [sum(({ changed }) => changed.pud), 'PUD', 'PUDs'],
    [sum(({ changed }) => changed.pmd), 'PMD', 'PMDs'],
    [sum(({ changed }) => changed.pte), 'PTE', 'PTEs'],
    [frames.length + moreFrames, 'frame', 'frames'],
    [sum(({ rss }) => rss.length), 'counter', 'counters'],
    [sum(({ figures }) => figures.length) + machine.length, 'figure', 'figures'],
  ]);
}

/** `1 VMA, 2 PTEs and 1 frame`; undefined for nothing. */
export function counted(amounts: readonly (readonly [number, string, string])[]): string | undefined {
  const words = amounts.filter(([n]) => n > 0).map(([n, one, many]) => `${n} ${n === 1 ? one : many}`);
  if (words.length < 2) return words[0];
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A diff as lines of text, process by process, then the frames. */
export function changeLines({ processes, frames, moreFrames, machine }: MomentDiff, text: ChangeText): string[] {
  const { columns = MAIL_WIDTH, emphasis = (name: string) => name } = text;
  const lines: string[] = [];
  for (const process of processes) append(lines, processLines(process, columns, emphasis));
  if (machine.length > 0) lines.push(emphasis('machine'), ...figureLines(machine));
  if (frames.length === 0) return lines;
  lines.push(emphasis('frames'));
  const rows = frames.map((change) => [change.frame, frameChangeText(change)]);
  append(lines, table(rows, { indent: 2, wrapLast: true }));
  if (moreFrames > 0) lines.push(`  and ${moreFrames} more frames`);
  return lines;
}

function processLines(
  { mm, what, rss, figures, vmas, ptes, morePtes }: ProcessChange,
  columns: number,
  emphasis: (text: string) => string,
): string[] {
  const lines = [emphasis(what === null ? `mm ${mm}` : `mm ${mm}: ${what}`)];
  lines.push(
    ...table(
      rss.map(({ counter, before, after }) => [counter, `${before} -> ${after}`]),
      { indent: 2 },
    ),
  );
  append(lines, figureLines(figures));
  for (const change of vmas) lines.push(...wrap(`  ${change.vma}: ${change.what.join(', ')}`, columns, '  '));
  const widest = ptes.reduce((columns, { at }) => Math.max(columns, at.length), 0);
  for (const change of ptes) lines.push(...pteLines(change, widest, columns));
  if (morePtes > 0) lines.push(`  and ${morePtes} more PTEs`);
  return lines;
}

function figureLines(figures: readonly FigureText[]): string[] {
  return table(
    figures.map(({ figure, before, after }) => [figure, `${before} -> ${after}`]),
    { indent: 2 },
  );
}

/** On one line where it fits; else the new entry below the old one. */
function pteLines({ at, before, after }: PteChange, widest: number, columns: number): string[] {
  const head = `  ${at.padEnd(widest)}  `;
  const normal = after.verdict === null ? '' : ` ${verdictWord(after)}`;
  const [old, now] = [pteText(before), `-> ${pteText(after)}${normal}`];
  if (head.length + old.length + 1 + now.length <= columns) return [`${head}${old} ${now}`];
  return [head + old, ' '.repeat(head.length) + now];
}

/**
 * What it means that a page's last reference went, or that one is taken of a page that has none: put_page() gives it to
 * the page allocator, whoever thinks to own it; get_page() is a bug, which kernels with CONFIG_DEBUG_VM die of
 * (folio_get(), include/linux/mm.h).
 */
export function lifeText(before: number, after: number): string | undefined {
  if (before > 0 && after === 0) return 'freed: the page allocator has it, whoever still uses it';
  if (before === 0 && after > 0)
    return 'get_page() of a page without reference: VM_BUG_ON_FOLIO() with CONFIG_DEBUG_VM';
  return undefined;
}

/** `refcount 1 -> 2, flags +dirty`. */
export function frameChangeText({ frame, before, after }: FrameChange): string {
  const parts: string[] = [];
  if (before.count !== after.count) parts.push(`refcount ${before.count} -> ${after.count}`);
  if (before.mapcount !== after.mapcount) parts.push(`mapcount ${before.mapcount} -> ${after.mapcount}`);
  const came = after.flags.filter((flag) => !before.flags.includes(flag)).map((flag) => `+${flag}`);
  const went = before.flags.filter((flag) => !after.flags.includes(flag)).map((flag) => `-${flag}`);
  if (came.length + went.length > 0) parts.push(`flags ${[...came, ...went].join(' ')}`);
  // A and F frames come from the allocator and go back to it
  const life = /^[AF]\d/.test(frame) ? undefined : lifeText(before.count, after.count);
  if (life !== undefined) parts.push(life);
  return parts.join(', ');
}
