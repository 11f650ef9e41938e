// SPDX-License-Identifier: GPL-2.0-or-later
import { makeFolders } from '@specialbit/events/node';
import { InputError } from './failure.js';

/** Makes a folder that output goes to, where it is not there. Throws InputError. */
export function folderOf(path: string): void {
  try {
    makeFolders(path);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new InputError('input.unwritable', `${path}: cannot be made a folder: ${code}`);
  }
}
