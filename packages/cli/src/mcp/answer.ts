// SPDX-License-Identifier: GPL-2.0-or-later
/** Answers of at most 4 kB: whole lines from one on, what was left out and how to get it, and where more is to be seen. */

/** Bytes of an answer, all of it. */
export const MOST_ANSWER = 4096;
/** A line longer than this is cut: logs have them, and they would be alone in an answer. */
const MOST_LINE = 1200;
/** Longer links have no place beside a text. */
const MOST_LINK = 1500;

const bytes = (text: string): number => Buffer.byteLength(text);

export interface Shown {
  /** What the command printed. */
  readonly text: string;
  /** The first line that is wanted, from 1. */
  readonly from: number;
  readonly link: string | undefined;
  /** What says the same in a shell. */
  readonly command: string;
}

export function answer({ text, from, link, command }: Shown): string {
  const all = text.trimEnd().split('\n');
  const tail = [...linkLines(link), `command: ${cutText(command, 300)}`];
  if (from > all.length)
    return [`there are ${all.length} lines; "from_line": ${from} is behind them`, '', ...tail].join('\n');
  const room = MOST_ANSWER - bytes(['', '', NOTE_ROOM, ...tail].join('\n'));
  const lines: string[] = [];
  let used = 0;
  for (const line of all.slice(from - 1)) {
    const cut = cutText(line, MOST_LINE);
    used += bytes(cut) + 1;
    if (used > room) break;
    lines.push(cut);
  }
  const last = from - 1 + lines.length;
  const notes: string[] = [];
  if (last < all.length)
    notes.push(`[lines ${from} to ${last} of ${all.length}; the rest: the same call with "from_line": ${last + 1}]`);
  else if (from > 1) notes.push(`[lines ${from} to ${last} of ${all.length}]`);
  return [...lines, '', ...notes, ...tail].join('\n');
}

/** As long as a note can be. */
const NOTE_ROOM = '['.padEnd(120);

function linkLines(link: string | undefined): string[] {
  if (link === undefined) return [];
  if (link.length > MOST_LINK)
    return [`page: a link of ${link.length} characters; the tool "link" prints it, of a smaller log`];
  return [`page: ${link}`];
}

/** The text, or its beginning and how long it is; never half a character. */
export function cutText(text: string, most: number): string {
  if (bytes(text) <= most) return text;
  const note = `... (cut: ${text.length} characters)`;
  const head = Buffer.from(text).subarray(0, most - note.length);
  return `${new TextDecoder().decode(head).replace(/\ufffd+$/, '')}${note}`;
}
