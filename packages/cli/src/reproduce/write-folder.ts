// SPDX-License-Identifier: GPL-2.0-or-later
/** Writes a folder in one step: what stood there stays until all of the new is written. */

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolders } from '@specialbit/events/node';
import { InputError } from '../failure.js';

/**
 * Files by name. With `force` they replace those of the same names in a folder that is there; what else is in it stays. Throws
 * InputError, and leaves no part of the folder then.
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>, force: boolean): void {
  const target = resolve(folder);
  const there = existsSync(target);
  if (there && !statSync(target).isDirectory())
    throw new InputError('input.folder', `${folder}: exists and is no folder`);
  if (there && !force && readdirSync(target).length > 0)
    throw new InputError('input.folder', `${folder}: exists and is not empty: --force writes into it`);
  let part: string | undefined;
  try {
    makeFolders(dirname(target));
    part = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
    for (const [name, text] of files) writeFileSync(join(part, name), text);
    if (!there) renameSync(part, target);
    else for (const name of files.keys()) renameSync(join(part, name), join(target, name));
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new InputError('input.unwritable', `${folder}: cannot be written: ${code}`);
  } finally {
    if (part !== undefined) rmSync(part, { recursive: true, force: true });
  }
}
