// SPDX-License-Identifier: GPL-2.0-or-later
/** Lanes side by side as text. */
import { greatest } from '../text/append.js';
import { MAIL_WIDTH, padEnd, width, wrap } from '../text/table.js';
import type { LaneRow } from './lanes.js';

const MARKS = { same: ' ', minor: '~', parts: '!' } as const;
const GAP = 2;

/** A row a thing, side by side where the columns allow it, else a line for each lane. */
export function laneLines(
  names: readonly string[],
  rows: readonly LaneRow[],
  columns: number = MAIL_WIDTH,
  emphasis: (text: string) => string = (text) => text,
): string[] {
  const first = greatest(rows.map(({ what }) => width(what))) + 2;
  const widths = columnWidths(first, names, rows, columns);
  const beside = (cells: readonly string[]): boolean => cells.every((cell, i) => width(cell) <= (widths[i] ?? 0));
  const line = (head: string, cells: readonly string[]): string =>
    (padEnd(head, first) + cells.map((cell, i) => ' '.repeat(GAP) + padEnd(cell, widths[i]!)).join('')).trimEnd();
  const lines: string[] = [];
  if (rows.some(({ values }) => beside(values)) && beside(names)) lines.push(emphasis(line('', names)));
  let group: string | undefined;
  for (const { mm, what, values, difference } of rows) {
    const head = mm === null ? 'frames' : `mm ${mm}`;
    if (head !== group) lines.push(emphasis(head));
    group = head;
    const name = `${MARKS[difference]} ${what}`;
    if (beside(values)) lines.push(line(name, values));
    else lines.push(name, ...below(names, values, columns));
  }
  return lines;
}

/** As wide as the widest text that fits an even share of the columns. */
function columnWidths(first: number, names: readonly string[], rows: readonly LaneRow[], columns: number): number[] {
  const share = Math.floor((columns - first) / names.length) - GAP;
  return names.map((name, i) => {
    const cells = rows
      .filter(({ values }) => values.every((value) => width(value) <= share))
      .map((row) => row.values[i]!);
    return greatest([name, ...cells].map(width).filter((w) => w <= share));
  });
}

function below(names: readonly string[], values: readonly string[], columns: number): string[] {
  const groups = byValue(names, values);
  const widest = Math.max(...groups.map(([, lanes]) => width(lanes)));
  return groups.flatMap(([value, lanes]) => {
    const name = `    ${padEnd(lanes, widest)}  `;
    const [head, ...more] = wrap(value, Math.max(20, columns - width(name)));
    return [name + (head ?? ''), ...more.map((line) => ' '.repeat(width(name)) + line)];
  });
}

/** Lanes that say the same, together, while their names are not too long for that. */
function byValue(names: readonly string[], values: readonly string[]): [string, string][] {
  if (new Set(values).size === 1) return [[values[0]!, 'all']];
  const groups: [string, string][] = [];
  for (const [i, value] of values.entries()) {
    const same = groups.find(([text, lanes]) => text === value && width(lanes) < 20);
    if (same === undefined) groups.push([value, names[i]!]);
    else same[1] += `, ${names[i]}`;
  }
  return groups;
}
