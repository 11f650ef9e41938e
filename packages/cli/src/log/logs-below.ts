// SPDX-License-Identifier: GPL-2.0-or-later
/** Logs that a path of the command line names. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../failure.js';

/** A log as named, or every log below a folder. Throws InputError. */
export function logsBelow(path: string): string[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw new InputError('input.unreadable', `${path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  if (!isFolder) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.jsonl(\.gz|\.zst)?$/.test(name))
    .sort()
    .map((name) => join(path, name));
}
