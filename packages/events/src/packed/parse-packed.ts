// SPDX-License-Identifier: GPL-2.0-or-later
import type { LogError } from '../errors/log-error.js';
import { LogDecoder } from '../read/decoder.js';
import type { ReadOptions } from '../read/item.js';
import type { LogEvent, LogHeader } from '../types.js';
import { Packer } from './pack.js';
import { PackedLog } from './packed-log.js';

/** Bytes that are decoded at once: what they become is garbage before the next ones are. */
const PIECE = 1 << 20;

/**
 * A log from the bytes of its file, as `parseLog` reads it, into some bytes an event. Throws a LogError. `each` is told of
 * every event and its line.
 */
export function parsePacked(
  bytes: Uint8Array,
  options: ReadOptions = {},
  each: (event: LogEvent, line: number) => void = () => {},
): { readonly log: PackedLog; readonly diagnostics: readonly LogError[] } {
  const decoder = new LogDecoder(options);
  const packer = new Packer();
  const diagnostics: LogError[] = [];
  let header: LogHeader = { specialbit: 1 };
  let headerLine = 1;
  const take = (): void => {
    for (const item of decoder.take()) {
      if (item.kind === 'event') {
        each(item.event, item.line);
        packer.add(item.event, item.line);
      } else if (item.kind === 'diagnostic') diagnostics.push(item.diagnostic);
      else {
        header = item.header;
        headerLine = item.line;
      }
    }
  };
  for (let at = 0; at < bytes.length; at += PIECE) {
    decoder.push(bytes.subarray(at, at + PIECE));
    take();
  }
  decoder.end();
  take();
  const { tables, offsets, bytes: packed } = packer.end(header, headerLine);
  return { log: new PackedLog(tables, offsets, packed), diagnostics };
}
