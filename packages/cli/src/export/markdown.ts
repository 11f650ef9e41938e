// SPDX-License-Identifier: GPL-2.0-or-later
/** A divergence report in Markdown, of at most 78 columns, to be pasted into a mail or an issue. */
import type { Comparison, Divergence, Part } from '@specialbit/core';

import { eventText, type LaneRow, laneLines, MAIL_WIDTH, wrap } from '@specialbit/view';
import { markdownCode, markdownFence, markdownOwnCell, markdownText } from '@specialbit/view/escape';

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

export function markdownLines({ file, title, profile, comparison, rows }: Report): string[] {
  const { laneNames: lanes, length } = comparison;
  const lines = paragraph(
    title === undefined ? 'Divergence report' : `Divergence report: ${markdownText(title)}`,
    '# ',
    '',
    true,
  );
  lines.push(
    '',
    ...item(`log: ${markdownCode(file)}, ${length === 1 ? '1 event' : `${length} events`}`),
    ...item(`lanes: ${lanes.map(markdownCode).join(', ')}`),
    ...item(`kernel: ${markdownCode(profile)}`),
    '',
    ...paragraph(`**${markdownText(comparison.verdict())}**`),
  );
  const all = comparison.divergences;
  const roots = all.flatMap((d, i) => (d.root === i && !d.minor ? [i] : []));
  for (const [n, i] of roots.slice(0, ROOTS).entries()) {
    const followers = all.filter((d, j) => d.root === i && j !== i && !d.minor);
    lines.push('', ...rootLines(n + 1, all[i]!, lanes, followers));
  }
  if (roots.length > ROOTS) lines.push('', `And ${roots.length - ROOTS} more that follow from nothing before.`);
  const apart = rows.filter(({ difference }) => difference === 'parts');
  if (apart.length > 0) {
    lines.push('', '## What differs at the end', '', ...markdownFence(laneLines(lanes, apart.slice(0, ROWS))));
  }
  if (apart.length > ROWS) lines.push('', `And ${apart.length - ROWS} more things.`);
  return lines.map((line) => line.trimEnd());
}

function rootLines(n: number, d: Divergence, lanes: readonly string[], followers: readonly Divergence[]): string[] {
  const lines = [
    `## ${n}. Event ${d.number}`,
    '',
    ...markdownFence(wrap(eventText(d.event)).flatMap(broken)),
    '',
    ...paragraph(markdownText(sentence(d.headline))),
    '',
    ...paragraph(markdownText(sentence(d.cause))),
  ];
  if (d.parts.length > 0) lines.push('', ...partLines(d.parts.slice(0, PARTS), lanes));
  if (d.parts.length > PARTS) lines.push('', `And ${d.parts.length - PARTS} more things.`);
  lines.push(
    ...listLines(
      'The same cause again:',
      followers.filter(({ proof }) => proof !== 'follows'),
    ),
    ...listLines(
      'From it follow:',
      followers.filter(({ proof }) => proof === 'follows'),
    ),
  );
  return lines;
}

function listLines(title: string, list: readonly Divergence[]): string[] {
  if (list.length === 0) return [];
  const lines = ['', title, ''];
  for (const one of list.slice(0, FOLLOWERS)) lines.push(...item(`event ${one.number}: ${markdownText(one.headline)}`));
  if (list.length > FOLLOWERS) lines.push(...item(`and ${list.length - FOLLOWERS} more`));
  return lines;
}

/** A table where it fits, else a list. */
function partLines(parts: readonly Part[], lanes: readonly string[]): string[] {
  const cell = (text: string): string => markdownOwnCell(markdownText(text));
  const rows = parts.map(({ what, aspect, values }) => [`${what} ${aspect}`, ...values.map((value) => value ?? '-')]);
  const cells = [['', ...lanes], ...rows].map((row) => row.map(cell));
  const widths = lanes.map((_, i) => Math.max(3, ...cells.map((row) => row[i + 1]!.length)));
  const first = Math.max(3, ...cells.map((row) => row[0]!.length));
  const line = (row: readonly string[]): string =>
    `| ${[row[0]!.padEnd(first), ...row.slice(1).map((text, i) => text.padEnd(widths[i]!))].join(' | ')} |`;
  if (line(cells[0]!).length <= MAIL_WIDTH) {
    const rule = `|${[first, ...widths].map((n) => '-'.repeat(n + 2)).join('|')}|`;
    return [line(cells[0]!), rule, ...cells.slice(1).map(line)];
  }
  return rows.flatMap(([what, ...values]) =>
    item(
      `${markdownText(what!)}: ${values.map((value, i) => `${markdownCode(value)} on ${markdownText(lanes[i]!)}`).join(', ')}`,
    ),
  );
}

/** First letter of a name is left alone: the kernel's functions have small ones. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function item(text: string): string[] {
  return paragraph(text, '- ', '  ');
}

/** Wrapped, and no line begins with what would start a list or a heading. */
function paragraph(text: string, head = '', indent = '', single = false): string[] {
  // one column for an escape
  const lines = wrap(text, MAIL_WIDTH - 1 - indent.length).flatMap(broken);
  // a heading has one line
  const kept = single && lines.length > 1 ? [`${lines[0]!.slice(0, MAIL_WIDTH - 6)}...`] : lines;
  return kept.map(
    (line, i) => (i === 0 ? head : indent) + line.replace(/^([#+>=-]|\[(?=[^\]]*\]:)|\d+(?=[.)]))/, escapeStart),
  );
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
