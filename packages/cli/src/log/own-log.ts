// SPDX-License-Identifier: GPL-2.0-or-later
/** Logs of our own, told from recordings of other tools. */
import { closeSync, openSync, readSync } from 'node:fs';

/** The header line as the tools write it; people may put other keys first, and those logs are looked at more closely. */
const HEADER = /^\s*\{\s*"specialbit"\s*:/;

/** Whether a file is another tool's recording. What recognises those is loaded only when the first bytes do not tell. */
export async function isRecording(file: string): Promise<boolean> {
  if (isOwnLog(file)) return false;
  const { recordingFormat } = await import('../import/imported-log.js');
  return (await recordingFormat(file)) !== undefined;
}

/** Whether a plain file begins with the header of a log. False also for what is compressed, or cannot be read. */
function isOwnLog(file: string): boolean {
  const first = Buffer.alloc(64);
  try {
    const from = openSync(file, 'r');
    try {
      return HEADER.test(first.toString('latin1', 0, readSync(from, first)));
    } finally {
      closeSync(from);
    }
  } catch {
    return false;
  }
}
