// SPDX-License-Identifier: GPL-2.0-or-later
/** The log of a call: its text, or a file below a folder that the server was started for. */
import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isWithin } from '@specialbit/events/node';
import { InputError, UsageError } from '../failure.js';

/** Bytes of a log, and lines: what a person or a bot sends is far below, and a longer one is for the command itself. */
export const MOST_BYTES = 2 ** 20;
export const MOST_LINES = 20_000;

/** The real paths of folders. Throws InputError for what is none. */
export async function allowedRoots(folders: readonly string[]): Promise<string[]> {
  const roots: string[] = [];
  for (const folder of folders) {
    const path = await realpath(folder).catch((error: NodeJS.ErrnoException) => {
      throw new InputError('input.unreadable', `${folder}: cannot be read: ${error.code}`);
    });
    if (!(await stat(path)).isDirectory())
      throw new InputError('input.unreadable', `${folder}: expected a folder for --root`);
    roots.push(path);
  }
  return roots;
}

/** Throws UsageError for a call that has none or both, or one that is too large; InputError for what cannot be read. */
export async function givenLog(
  { log, file }: { readonly log?: unknown; readonly file?: unknown },
  roots: readonly string[],
): Promise<Buffer> {
  if ((log === undefined) === (file === undefined))
    throw new UsageError(
      'usage.options',
      roots.length > 0 ? 'expected either "log", its text, or "file"' : 'expected "log", the text of a log',
    );
  const bytes = file === undefined ? Buffer.from(String(log)) : await allowedFile(String(file), roots);
  if (bytes.length > MOST_BYTES) throw tooLong(`${bytes.length} bytes`);
  let lines = 1;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  if (lines > MOST_LINES) throw tooLong(`${lines} lines`);
  return bytes;
}

const tooLong = (found: string): UsageError =>
  new UsageError(
    'usage.value',
    `the log has ${found}; a call takes at most ${MOST_BYTES} bytes and ${MOST_LINES} lines: the command itself takes any`,
  );

/** A regular file that lies, links followed, below one of the folders; of others nothing is told, not even whether they are there. */
async function allowedFile(name: string, roots: readonly string[]): Promise<Buffer> {
  const refused = new InputError(
    'input.unreadable',
    `file: expected a log below a folder that --root names, found ${JSON.stringify(name)}`,
  );
  if (name.includes('\0')) throw refused;
  for (const root of roots) {
    const path = await realpath(resolve(root, name)).catch(() => undefined);
    if (path === undefined || path === root || !isWithin(root, path)) continue;
    // opened without waiting: what is no regular file (a FIFO) is not read
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
      () => undefined,
    );
    if (handle === undefined) continue;
    try {
      const found = await handle.stat();
      if (!found.isFile()) continue;
      if (found.size > MOST_BYTES) throw tooLong(`${found.size} bytes`);
      const buffer = Buffer.alloc(MOST_BYTES + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
      }
    } finally {
      await handle.close();
    }
  }
  throw refused;
}
