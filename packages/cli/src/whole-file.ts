// SPDX-License-Identifier: GPL-2.0-or-later
/** Files that are read as a whole, and how large they may be: what 1 MB unpacks to can be more than a machine has. */
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isWithin } from '@specialbit/events/node';
import { InputError } from './failure.js';

/** Bytes, unpacked. */
const MOST = 2 ** 28;
const PIECE = 2 ** 18;

/** The text of a file, unpacked where gzip has packed it. Throws InputError. */
export function textOfFile(file: string): string {
  return bytesOfFile(file).toString('utf8');
}

/** The same as bytes. Throws InputError. */
export function bytesOfFile(file: string): Buffer {
  const tooLarge = (): InputError =>
    new InputError('input.unreadable', `${file}: cannot be read: it has more than ${MOST} bytes`);
  try {
    const handle = openSync(file, 'r');
    try {
      const bytes = upTo(handle, MOST);
      if (bytes === undefined) throw tooLarge();
      return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: MOST }) : bytes;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    const why = code === 'ENOENT' ? 'no such file' : `cannot be read: ${code ?? message}`;
    throw new InputError('input.unreadable', `${file}: ${why}`);
  }
}

/** A device has no size. Undefined: there is more than that. */
function upTo(handle: number, most: number): Buffer | undefined {
  const pieces: Buffer[] = [];
  for (let read = 0; read <= most; ) {
    const piece = Buffer.alloc(PIECE);
    const n = readSync(handle, piece);
    if (n === 0) return Buffer.concat(pieces, read);
    pieces.push(piece.subarray(0, n));
    read += n;
  }
  return undefined;
}

/** A path that an input names: of a file, and of one that lies in the folder, whatever links there are. */
export function isFileBelow(folder: string, path: string): boolean {
  try {
    return statSync(path).isFile() && isWithin(realpathSync(folder), realpathSync(path));
  } catch {
    return false;
  }
}
