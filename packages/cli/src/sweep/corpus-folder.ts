// SPDX-License-Identifier: GPL-2.0-or-later
/** A folder of minimal logs: what a sweep starts from, and what it leaves. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatHeader, isStatement, type LogHeader } from '@specialbit/events';
import { digest, type KnownLog, type SweepSettings, searchHeader, type Witness } from '@specialbit/search';
import { folderOf, writeOutput } from '../export/output.js';
import { InputError } from '../failure.js';

import type { Terminal } from '../terminal.js';
import { loadLog } from '../time/loaded-log.js';

/** The logs of a folder, by name; none where there is no such folder yet. Throws InputError, LogError. */
export async function readCorpus(folder: string, terminal: Terminal): Promise<KnownLog[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new InputError('input.unreadable', `${folder}: cannot be read as a folder of logs: ${error.code}`);
  });
  const logs: KnownLog[] = [];
  for (const name of names.filter((one) => /^[^.].*\.jsonl$/.test(one)).sort()) {
    const { header, events } = await loadLog(join(folder, name), terminal);
    const played = events.map(({ event }) => event).filter((event) => !isStatement(event));
    if (played.length > 0) logs.push({ lanes: header.arch ?? [], events: played });
  }
  return logs;
}

/** Writes each witness to a file that is called after it. Throws InputError. */
export async function writeCorpus(
  folder: string,
  { frames }: SweepSettings,
  witnesses: readonly Witness[],
  terminal: Terminal,
): Promise<void> {
  folderOf(folder);
  for (const witness of witnesses) {
    const header: LogHeader = {
      ...searchHeader(frames),
      title: `Found by sweep: ${witness.name}`,
      arch: witness.lanes,
    };
    const lines = [formatHeader(header), witness.log].map((line) => `${line}\n`);
    await writeOutput(lines, join(folder, fileName(witness.name)), terminal);
  }
}

/** Of a name at most. */
const LETTERS = 72;

/** `parts-because-of-pte_special-1f3a9c2b.jsonl`: to be read, and different for different names. */
function fileName(name: string): string {
  const short = name
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .slice(0, LETTERS)
    .replace(/^-|-$/g, '');
  return `${short}-${digest([{ key: name, lanes: [], log: '' }]).slice(0, 8)}.jsonl`;
}
