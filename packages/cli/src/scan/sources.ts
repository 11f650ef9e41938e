// SPDX-License-Identifier: GPL-2.0-or-later
/** The C files of a path: itself, or what is below it. */
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '@specialbit/scan';
import { InputError } from '../failure.js';

/** A driver's source is never this long; generated tables of registers are. */
const LONGEST = 4_000_000;
const TOO_LONG = `longer than ${LONGEST} bytes`;
const IS_C = /\.[ch]$/;

/** Hears of a file that is not read, and why. */
export type Leave = (path: string, why: string) => void;

/** So many files are read ahead of the one that is looked at: the disk is slower than the parser. */
const AHEAD = 12;

/** Files one after the other, ascending by name. Throws InputError. */
export async function* sourcesOf(path: string, leave: Leave): AsyncGenerator<Source, void, void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError('input.unreadable', `${path}: cannot be read: ${error.code}`);
  });
  if (found.isDirectory()) yield* readAhead(below(path), leave);
  else if (!found.isFile()) throw new InputError('input.unreadable', `${path}: expected a C file or a folder of them`);
  else if (found.size > LONGEST) leave(path, TOO_LONG);
  else yield { path, text: await textOf(path) };
}

async function* readAhead(paths: AsyncIterable<string>, leave: Leave): AsyncGenerator<Source, void, void> {
  const queue: Promise<Source | undefined>[] = [];
  for await (const path of paths) {
    const source = shortEnough(path, leave);
    // who waits for an earlier one hears of its error first
    source.catch(() => undefined);
    queue.push(source);
    const first = queue.length >= AHEAD ? await queue.shift() : undefined;
    if (first !== undefined) yield first;
  }
  for (const source of queue) {
    const one = await source;
    if (one !== undefined) yield one;
  }
}

async function shortEnough(path: string, leave: Leave): Promise<Source | undefined> {
  if ((await lstat(path)).size <= LONGEST) return { path, text: await textOf(path) };
  leave(path, TOO_LONG);
  return undefined;
}

async function* below(folder: string): AsyncGenerator<string, void, void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new InputError('input.unreadable', `${folder}: cannot be read: ${error.code}`);
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    // links lead out of what was asked for, or in a circle
    if (entry.isDirectory() && !entry.name.startsWith('.')) yield* below(path);
    else if (entry.isFile() && IS_C.test(entry.name)) yield path;
  }
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError('input.unreadable', `${path}: cannot be read: ${error.code}`);
  });
}
