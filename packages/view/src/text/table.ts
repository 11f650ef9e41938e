// SPDX-License-Identifier: GPL-2.0-or-later
/** Plain tables: columns that line up, nothing drawn around them, so that they survive a mail. */

/** Columns of anything that may be pasted into a mail. */
export const MAIL_WIDTH = 78;

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
const ESCAPES = /\u001b\[[0-9;]*m/g;

/** Columns that a text takes on a terminal. */
export function width(text: string): number {
  return text.replace(ESCAPES, '').length;
}

/** With blanks up to `columns`; colours take none. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text;
}

export interface TableOptions {
  /** A letter a column: `l` or `r`; `l` for those that it does not reach. */
  readonly align?: string;
  readonly indent?: number;
  readonly gap?: number;
  /** The last column is text: what does not fit `MAIL_WIDTH` goes on below. */
  readonly wrapLast?: boolean;
}

/** Rows of cells as lines, without trailing blanks. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  return rowLines(rows, options).flat();
}

/** As `table`, with the lines of each row together. */
export function rowLines(rows: readonly (readonly string[])[], options: TableOptions = {}): string[][] {
  const { align = '', indent = 0, gap = 2, wrapLast = false } = options;
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell));
  }
  const last = widths.length - 1;
  const before = widths.slice(0, last).reduce((sum, columns) => sum + columns + gap, indent);
  return rows.map((row) => {
    const pieces = wrapLast && row.length > last ? wrap(row[last]!, MAIL_WIDTH - before) : [];
    const cells = row.map((cell, i) => {
      const text = i === last && pieces.length > 0 ? pieces[0]! : cell;
      return align[i] === 'r' ? padStart(text, widths[i]!) : padEnd(text, widths[i]!);
    });
    const line = (' '.repeat(indent) + cells.join(' '.repeat(gap))).trimEnd();
    return [line, ...pieces.slice(1).map((piece) => ' '.repeat(before) + piece)];
  });
}

/** What is too wide for a line, broken behind its commas. */
function pieces(word: string, room: number): string[] {
  if (width(word) <= room || !word.includes(',')) return [word];
  const parts: string[] = [];
  for (const member of word.split(/(?<=,)/)) {
    const last = parts.at(-1);
    if (last !== undefined && width(last + member) <= room) parts[parts.length - 1] = last + member;
    else parts.push(member);
  }
  return parts;
}

/** Breaks a text into lines of at most `columns`, between words; words that are wider behind commas. */
export function wrap(text: string, columns = MAIL_WIDTH, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  const words = text.split(/\s+/).filter((w) => w !== '');
  for (const word of words.flatMap((one) => pieces(one, columns - width(indent)))) {
    if (line !== '' && width(indent + line) + 1 + width(word) > columns) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}

/** 1234567 as `1,234,567`. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
