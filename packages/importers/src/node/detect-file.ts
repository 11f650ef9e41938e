// SPDX-License-Identifier: GPL-2.0-or-later
/** Which format a file has, from its first lines, or a folder, from its names. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { detectFormat, type Format, isReport, TELLING_LINES } from '../detect.js';
import { readLineBatches } from './lines.js';

/** The header of a log of our own: how long it is, it is no recording. */
const OWN = /^\s*\{\s*"specialbit"\s*:/;

/** The format of a file, or of a folder with a whole recording. */
export async function detectFileFormat(path: string): Promise<Format | undefined> {
  if ((await stat(path)).isDirectory()) {
    const names = await readdir(path);
    return names.some((name) => /^(?:strace|ftrace)\.txt(?:\.gz)?$/.test(name)) ? 'recording' : undefined;
  }
  const lines: string[] = [];
  let format: Format | undefined;
  for await (const batch of readLineBatches(path)) {
    if (lines.length === 0 && batch.some(({ text }) => OWN.test(text))) return undefined;
    if (lines.length < TELLING_LINES) {
      for (const { text } of batch) lines.push(text);
      format = detectFormat(lines);
      if (lines.length >= TELLING_LINES && format !== undefined) break;
    }
    // a kernel's log may be long before its first report
    if (format === undefined && batch.some(({ text }) => isReport(text))) return 'kernel-log';
  }
  return format;
}

/**
 * The first of the names that a folder has, plain or compressed; what is no file is none of them, and neither is a link that
 * leads out of the folder.
 */
export async function findFile(dir: string, ...names: string[]): Promise<string | undefined> {
  const there = new Set(await readdir(dir));
  for (const name of names.flatMap((n) => [n, `${n}.gz`])) {
    if (!there.has(name)) continue;
    const path = join(dir, name);
    if (!(await stat(path)).isFile()) continue;
    if (dirname(await realpath(path)) === (await realpath(dir))) return path;
  }
  return undefined;
}
