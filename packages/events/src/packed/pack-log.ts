// SPDX-License-Identifier: GPL-2.0-or-later
import type { LogEvent, LogHeader } from '../types.js';
import { Packer } from './pack.js';
import { PackedLog } from './packed-log.js';

/** Canonical events in few bytes each. They stand at the lines of a log that has nothing else: 2, 3, 4, ... */
export function packLog(header: LogHeader, events: Iterable<LogEvent>): PackedLog {
  const packer = new Packer();
  let line = 2;
  for (const event of events) packer.add(event, line++);
  const { tables, offsets, bytes } = packer.end(header);
  return new PackedLog(tables, offsets, bytes);
}
