// SPDX-License-Identifier: GPL-2.0-or-later
/** A divergence report in Markdown, of at most 78 columns, to be pasted into a mail or an issue. */
import type { Comparison, Divergence, Part } from '@specialbit/core';

import { eventText, type LaneRow, laneLines, MAIL_WIDTH, wrap } from '@specialbit/view';
import {
  joined,
  type Markdown,
  markdownCode,
  markdownFence,
  markdownRow,
  markdownText,
  md,
  ownMarkdown,
  reflowed,
} from '@specialbit/view/escape';

export interface Report {
  readonly file: string;
  readonly title: string | undefined;
  readonly profile: string;
  readonly comparison: Comparison;
  /** What differs at the end. */
  readonly rows: readonly LaneRow[];
}

/** Partings that are told in full, things that differ in one, and what follows from one. */
const ROOTS = 50;
const PARTS = 24;
const FOLLOWERS = 12;
/** Things that differ at the end. */
const ROWS = 100;

export function markdownLines({ file, title, profile, comparison, rows }: Report): Markdown[] {
  const { laneNames: lanes, length } = comparison;
  const lines = paragraph(
    title === undefined ? md`Divergence report` : md`Divergence report: ${markdownText(title)}`,
    '# ',
    '',
    true,
  );
  lines.push(
    md``,
    ...item(md`log: ${markdownCode(file)}, ${length === 1 ? md`1 event` : md`${length} events`}`),
    ...item(md`lanes: ${joined(lanes.map(markdownCode), ', ')}`),
    ...item(md`kernel: ${markdownCode(profile)}`),
    md``,
    ...paragraph(md`**${markdownText(comparison.verdict())}**`),
  );
  const all = comparison.divergences;
  const roots = all.flatMap((d, i) => (d.root === i && !d.minor ? [i] : []));
  for (const [n, i] of roots.slice(0, ROOTS).entries()) {
    const followers = all.filter((d, j) => d.root === i && j !== i && !d.minor);
    lines.push(md``, ...rootLines(n + 1, all[i]!, lanes, followers));
  }
  if (roots.length > ROOTS) lines.push(md``, md`And ${roots.length - ROOTS} more that follow from nothing before.`);
  const apart = rows.filter(({ difference }) => difference === 'parts');
  if (apart.length > 0) {
    lines.push(md``, md`## What differs at the end`, md``, ...markdownFence(laneLines(lanes, apart.slice(0, ROWS))));
  }
  if (apart.length > ROWS) lines.push(md``, md`And ${apart.length - ROWS} more things.`);
  return lines.flatMap((line) => reflowed(line, (text) => [text.trimEnd()]));
}

function rootLines(n: number, d: Divergence, lanes: readonly string[], followers: readonly Divergence[]): Markdown[] {
  const lines = [
    md`## ${n}. Event ${d.number}`,
    md``,
    ...markdownFence(wrap(eventText(d.event)).flatMap(broken)),
    md``,
    ...paragraph(markdownText(sentence(d.headline))),
    md``,
    ...paragraph(markdownText(sentence(d.cause))),
  ];
  if (d.parts.length > 0) lines.push(md``, ...partLines(d.parts.slice(0, PARTS), lanes));
  if (d.parts.length > PARTS) lines.push(md``, md`And ${d.parts.length - PARTS} more things.`);
  lines.push(
    ...listLines(
      md`The same cause again:`,
      followers.filter(({ proof }) => proof !== 'follows'),
    ),
    ...listLines(
      md`From it follow:`,
      followers.filter(({ proof }) => proof === 'follows'),
    ),
  );
  return lines;
}

function listLines(title: Markdown, list: readonly Divergence[]): Markdown[] {
  if (list.length === 0) return [];
  const lines = [md``, title, md``];
  for (const one of list.slice(0, FOLLOWERS))
    lines.push(...item(md`event ${one.number}: ${markdownText(one.headline)}`));
  if (list.length > FOLLOWERS) lines.push(...item(md`and ${list.length - FOLLOWERS} more`));
  return lines;
}

/** A table where it fits, else a list. */
function partLines(parts: readonly Part[], lanes: readonly string[]): Markdown[] {
  const rows = parts.map(({ what, aspect, values }) => [`${what} ${aspect}`, ...values.map((value) => value ?? '-')]);
  const cells = [['', ...lanes], ...rows].map((row) => row.map(markdownText));
  const widths = cells[0]!.map((_, i) => Math.max(3, ...cells.map((row) => cellWidth(row[i]!))));
  const padded = cells.map((row) =>
    markdownRow(row.map((cell, i) => md`${cell}${ownMarkdown(' '.repeat(widths[i]! - cellWidth(cell)))}`)),
  );
  if (padded[0]!.length <= MAIL_WIDTH) {
    const rule = ownMarkdown(`|${widths.map((n) => '-'.repeat(n + 2)).join('|')}|`);
    return [padded[0]!, rule, ...padded.slice(1)];
  }
  return rows.flatMap(([what, ...values]) => {
    const each = values.map((value, i) => md`${markdownCode(value)} on ${markdownText(lanes[i]!)}`);
    return item(md`${markdownText(what!)}: ${joined(each, ', ')}`);
  });
}

/** With what a row escapes. */
const cellWidth = (cell: Markdown): number => cell.length + cell.split('|').length - 1;

/** First letter of a name is left alone: the kernel's functions have small ones. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function item(text: Markdown): Markdown[] {
  return paragraph(text, '- ', '  ');
}

/** Wrapped, and no line begins with what would start a list or a heading. */
function paragraph(text: Markdown, head = '', indent = '', single = false): Markdown[] {
  return reflowed(text, (words) => {
    // one column for an escape
    const lines = wrap(words, MAIL_WIDTH - 1 - indent.length).flatMap(broken);
    // a heading has one line
    const kept = single && lines.length > 1 ? [`${lines[0]!.slice(0, MAIL_WIDTH - 6)}...`] : lines;
    return kept.map(
      (line, i) => (i === 0 ? head : indent) + line.replace(/^([#+>=-]|\[(?=[^\]]*\]:)|\d+(?=[.)]))/, escapeStart),
    );
  });
}

function escapeStart(start: string): string {
  return /^\d/.test(start) ? start : `\\${start}`;
}

/** A word that is longer than a line. */
function broken(line: string): string[] {
  const columns = MAIL_WIDTH - 4;
  if (line.length <= MAIL_WIDTH) return [line];
  return line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [line];
}
