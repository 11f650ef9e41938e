// SPDX-License-Identifier: GPL-2.0-or-later
/** Where an export goes: standard output, or a file that is there as a whole or not at all. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolders } from '@specialbit/events/node';
import { InputError } from '../failure.js';
import type { Terminal } from '../terminal.js';

/** Gathered before they are written. */
const CHUNK = 64 * 1024;

/** Writes the pieces to `file`, or to standard output when it is undefined. Throws InputError. */
export async function writeOutput(
  pieces: Iterable<string>,
  file: string | undefined,
  terminal: Pick<Terminal, 'out'>,
): Promise<void> {
  if (file === undefined) {
    for (const text of chunks(pieces)) await terminal.out(text);
    return;
  }
  await writeFileWhole(file, async (write) => {
    for (const text of chunks(pieces)) await write(text);
  });
}

/** Appends to what is written. */
export type Write = (piece: string | Uint8Array) => Promise<void>;

/**
 * Lets `work` write into a file beside `file`, which takes its name when all is written and on the disk. Whatever ends it,
 * `file` is what it was before, or all of what it is to be. Throws InputError, and what `work` throws.
 */
export async function writeFileWhole(file: string, work: (write: Write) => Promise<void>): Promise<void> {
  // a device or a pipe is written to, not replaced
  const special = await stat(file).then(
    (found) => !found.isFile() && !found.isDirectory(),
    () => false,
  );
  const name = special ? file : join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.tmp`);
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt);
  try {
    const handle = await open(name, special ? 'w' : 'wx');
    try {
      await work(async (piece) => {
        abort.signal.throwIfAborted();
        await handle.appendFile(piece);
      });
      if (!special) await handle.sync();
    } finally {
      await handle.close();
    }
    if (!special) await rename(name, file);
  } catch (error) {
    if (!special) await rm(name, { force: true });
    if (abort.signal.aborted) throw new InputError('input.interrupted', `${file}: interrupted, nothing was written`);
    const { errno, code } = error as NodeJS.ErrnoException;
    if (errno === undefined) throw error;
    throw new InputError('input.unwritable', `${file}: cannot be written: ${code}`);
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

function* chunks(pieces: Iterable<string>): Generator<string, void, void> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Makes a folder that output goes to, where it is not there. Throws InputError. */
export function folderOf(path: string): void {
  try {
    makeFolders(path);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new InputError('input.unwritable', `${path}: cannot be made a folder: ${code}`);
  }
}
