/** Lanes side by side as text. */
import { MAIL_WIDTH, table, width, wrap } from '../table.js';
import type { LaneRow } from './lanes.js';

const MARKS = { same: ' ', minor: '~', parts: '!' } as const;

/** Side by side where the columns allow it, else a line for each lane. */
export function laneLines(
  names: readonly string[],
  rows: readonly LaneRow[],
  columns: number = MAIL_WIDTH,
  emphasis: (text: string) => string = (text) => text,
): string[] {
  const groups = new Map<string, LaneRow[]>();
  for (const row of rows) {
    const head = row.mm === null ? 'frames' : `mm ${row.mm}`;
    groups.set(head, [...(groups.get(head) ?? []), row]);
  }
  const cells = rows.map((row) => [`${MARKS[row.difference]} ${row.what}`, ...row.values]);
  const all = [['', ...names], ...cells];
  const lines = table(all);
  if (Math.max(...lines.map(width)) > columns) return below(names, groups, columns, emphasis);
  const out = [emphasis(lines[0]!)];
  let next = 1;
  for (const [head, members] of groups) {
    out.push(emphasis(head), ...lines.slice(next, next + members.length));
    next += members.length;
  }
  return out;
}

function below(
  names: readonly string[],
  groups: ReadonlyMap<string, readonly LaneRow[]>,
  columns: number,
  emphasis: (text: string) => string,
): string[] {
  const widest = Math.max(...names.map((name) => name.length));
  const lines: string[] = [];
  for (const [head, rows] of groups) {
    lines.push(emphasis(head));
    for (const { difference, what, values } of rows) {
      lines.push(`${MARKS[difference]} ${what}`);
      for (const [value, lanes] of byValue(names, values)) {
        const name = `    ${(lanes.length === names.length ? 'all' : lanes.join(', ')).padEnd(widest)}  `;
        const [first, ...more] = wrap(value, Math.max(20, columns - name.length));
        lines.push(name + (first ?? ''), ...more.map((line) => ' '.repeat(name.length) + line));
      }
    }
  }
  return lines;
}

/** Lanes that say the same, together, while their names are not too long for that. */
function byValue(names: readonly string[], values: readonly string[]): [string, string[]][] {
  const groups: [string, string[]][] = [];
  for (const [i, value] of values.entries()) {
    const same = groups.find(([text, lanes]) => text === value && [...lanes, names[i]].join(', ').length < 40);
    if (same === undefined) groups.push([value, [names[i]!]]);
    else same[1].push(names[i]!);
  }
  return groups;
}
