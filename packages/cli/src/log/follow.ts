// SPDX-License-Identifier: GPL-2.0-or-later
/** The bytes of a file that still grows, until the user interrupts. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../failure.js';

const POLL_MS = 200;

/**
 * Ends at SIGINT; a second SIGINT ends the command. Ends as well when the file is no longer what was read of it: `changed`
 * is told, and what was read stands.
 */
export async function* followFile(file: string, changed: (error: InputError) => void): AsyncGenerator<Uint8Array> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new InputError('input.unreadable', `${file}: cannot be read: ${error.code}`);
  });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const buffer = Buffer.alloc(64 * 1024);
  let position = 0;
  try {
    while (!stop.signal.aborted) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      position += bytesRead;
      if (bytesRead > 0) {
        yield Uint8Array.prototype.slice.call(buffer, 0, bytesRead);
        continue;
      }
      const why = await changeOf(handle, file, position);
      if (why !== undefined) {
        changed(new InputError('input.changed', `${file}: ${why}; what was read of it until then is shown`));
        return;
      }
      await sleep(POLL_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  } finally {
    await handle.close();
  }
}

/** What became of a file of which `position` bytes were read, and which has no more. */
async function changeOf(handle: FileHandle, file: string, position: number): Promise<string | undefined> {
  const mine = await handle.stat();
  // of a pipe or a terminal there is no size
  if (!mine.isFile()) return undefined;
  if (mine.size < position) return `was truncated to ${mine.size} bytes, of which ${position} had been read`;
  const named = await stat(file).catch(() => undefined);
  if (named === undefined) return 'was removed';
  if (named.ino !== mine.ino || named.dev !== mine.dev) return 'another file has its name now';
  return undefined;
}
