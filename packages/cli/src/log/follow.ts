// SPDX-License-Identifier: GPL-2.0-or-later
/** The bytes of a file that still grows, until the user interrupts. */
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../failure.js';

const POLL_MS = 200;

/** Ends at SIGINT; a second SIGINT ends the command. */
export async function* followFile(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new InputError('input.unreadable', `${file}: cannot be read: ${error.code}`);
  });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const buffer = Buffer.alloc(64 * 1024);
  try {
    while (!stop.signal.aborted) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead > 0) yield Uint8Array.prototype.slice.call(buffer, 0, bytesRead);
      else await sleep(POLL_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  } finally {
    await handle.close();
  }
}
