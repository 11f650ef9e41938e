// SPDX-License-Identifier: GPL-2.0-or-later
/** A log that was found: its lines, what it shows, and where it goes. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Divergence, NamedLane } from '@specialbit/core';
import { formatEvent, formatHeader, type LogEvent, type LogHeader } from '@specialbit/events';
import { partings } from '@specialbit/search';
import { count, eventText, wrap } from '@specialbit/view';
import { folderOf, writeOutput } from '../export/output.js';
import { InputError } from '../failure.js';
import type { Terminal } from '../terminal.js';

/** A log, and why its lanes part at the last event, where they do. */
export interface FoundLog {
  readonly kind: string;
  readonly events: readonly LogEvent[];
  readonly divergences: readonly Divergence[];
}

export function foundLog(lanes: readonly NamedLane[], kind: string, events: readonly LogEvent[]): FoundLog {
  const [first] = lanes.length > 1 ? partings(lanes, events) : [];
  return { kind, events, divergences: first?.divergences ?? [] };
}

/** What the logs of one cause have in common: the cause of what differs first, or what was seen. */
export function causeKey({ kind, divergences: [first] }: FoundLog): string {
  return first === undefined ? kind : first.proof === 'proved' ? first.cause : `${first.proof} ${kind}`;
}

/** The lines of the file. */
export function logLines(header: LogHeader, { events }: Pick<FoundLog, 'events'>): string[] {
  return [formatHeader(header), ...events.map((event) => formatEvent(event))];
}

/** What the log shows, and its events, to be read. */
export function foundLines({ kind, events, divergences }: FoundLog, { color }: Pick<Terminal, 'color'>): string[] {
  const last = events.at(-1)!;
  const [first] = divergences;
  const lines = [...wrap(`event ${events.length}, ${eventText(last)}: ${first?.headline ?? kind}`).map(color.bold)];
  if (first !== undefined) lines.push(...wrap(first.cause, undefined, '  '));
  lines.push(...events.map((event) => `  ${formatEvent(event)}`));
  return lines;
}

/** Into a file, or of several each into one of a folder's: `1.jsonl`. Throws InputError. */
export async function writeLogs(
  logs: readonly (readonly string[])[],
  output: string,
  folder: boolean,
  terminal: Terminal,
): Promise<void> {
  for (const [i, lines] of logs.entries()) {
    const file = folder ? join(output, `${i + 1}.jsonl`) : output;
    await writeOutput(
      lines.map((line) => `${line}\n`),
      file,
      terminal,
    );
  }
}

/** `1 event`, `1,200 events` */
export const several = (n: number, what: string): string => `${count(n)} ${what}${n === 1 ? '' : 's'}`;

/** The same of a folder in which nothing is yet: what is there from before would be taken for part of the answer. Throws InputError. */
export async function newFolder(path: string): Promise<void> {
  folderOf(path);
  if ((await readdir(path)).length > 0)
    throw new InputError(
      'input.unwritable',
      `${path}: is not empty, and what is there may be of another answer: expected a new or an empty folder`,
    );
}
