// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs of rows that say the same of one page, or frame, after another: one row for all of them. */

/** A row that speaks of something with a number: `ring[3] mapped`, `P7 count`. */
export interface Foldable {
  readonly name: string;
  readonly cells: readonly string[];
}

export interface Folded<R extends Foldable> {
  /** `ring[3..511]` for `ring[3]` and those behind it. */
  readonly name: string;
  readonly cells: readonly string[];
  /** The first row. */
  readonly row: R;
  readonly count: number;
}

interface Numbered {
  readonly before: string;
  readonly n: number;
  readonly after: string;
  /** 16 where it counts in hex: `pfn:0x80a0`. */
  readonly base: 10 | 16;
}

/** What names count by: a page in brackets, else the number of a frame, behind its label or alone. */
const COUNTERS: readonly (readonly [RegExp, Numbered['base']])[] = [
  [/^(.*\[)(\d+)(\].*)$/, 10],
  [/^(.*\bpfn:0x)([0-9a-f]+)((?: .*)?)$/, 16],
  [/^(.*\b[A-Z]+)(\d+)((?: .*)?)$/, 10],
];

function numbered(name: string): Numbered | undefined {
  for (const [pattern, base] of COUNTERS) {
    const match = pattern.exec(name);
    if (match !== null) return { before: match[1]!, n: Number.parseInt(match[2]!, base), after: match[3]!, base };
  }
  return undefined;
}

/** What is alike in rows of a run: frames and raw values count up with the page. */
const alike = (cell: string): string =>
  cell.replace(/\b[0-9a-f]{6,16}\b/g, '#').replace(/\b(pfn:0x[0-9a-f]+|[A-Z]\d+)\b/g, '@');

/** Rows one after the other that differ in nothing but the number by which they count, which goes up by one. */
export function foldRuns<R extends Foldable>(rows: readonly R[], longerThan = 2): Folded<R>[] {
  const folded: Folded<R>[] = [];
  for (let i = 0; i < rows.length; ) {
    const first = rows[i]!;
    const start = numbered(first.name);
    let end = i + 1;
    while (start !== undefined && end < rows.length && follows(first, start, rows[end]!, end - i)) end++;
    if (start === undefined || end - i <= longerThan) {
      folded.push({ name: first.name, cells: first.cells, row: first, count: 1 });
      i++;
      continue;
    }
    const last = rows[end - 1]!;
    const { before, n, after, base } = start;
    const name = `${before}${n.toString(base)}..${base === 16 ? '0x' : ''}${(n + end - i - 1).toString(base)}${after}`;
    const cells = first.cells.map((cell, c) => (cell === last.cells[c] ? cell : `${cell} ...`));
    folded.push({ name, cells, row: first, count: end - i });
    i = end;
  }
  return folded;
}

function follows(first: Foldable, start: Numbered, row: Foldable, by: number): boolean {
  const here = numbered(row.name);
  return (
    here !== undefined &&
    here.before === start.before &&
    here.after === start.after &&
    here.n === start.n + by &&
    row.cells.every((cell, c) => alike(cell) === alike(first.cells[c]!))
  );
}

/** `3, 7-9, 12 and 40 more`: numbers in order, runs of them together. */
export function numberRuns(numbers: readonly number[], most = 8): string {
  const runs: [number, number][] = [];
  for (const n of numbers) {
    const last = runs[runs.length - 1];
    if (last !== undefined && n === last[1] + 1) last[1] = n;
    else if (last === undefined || n > last[1]) runs.push([n, n]);
  }
  const shown = runs.slice(0, most).map(([a, b]) => (a === b ? String(a) : `${a}-${b}`));
  const left = runs.slice(most).reduce((sum, [a, b]) => sum + b - a + 1, 0);
  return `${shown.join(', ')}${left === 0 ? '' : ` and ${left} more`}`;
}
