// SPDX-License-Identifier: GPL-2.0-or-later
/** Where built kernels are kept: a folder of the user's, as the XDG base directories have it. */
import { chmodSync, existsSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from '@specialbit/events/node';
import { LabError } from './errors.js';

/** `$XDG_CACHE_HOME/specialbit/lab`, or the same in `~/.cache`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME: named } = environment;
  return join(named?.startsWith('/') ? named : join(homedir(), '.cache'), 'specialbit', 'lab');
}

/** Makes the folder of the cache. Throws LabError for one of another user's: what lies there would be run. */
export function openCache(folder: string): string {
  makeFolder(folder);
  const owner = process.getuid?.();
  const { uid, mode } = statSync(folder);
  if (owner !== undefined && uid !== owner)
    throw new LabError(
      'lab.disk',
      `${folder}: the cache belongs to another user (${uid}): let XDG_CACHE_HOME name one of yours`,
    );
  if ((mode & 0o022) !== 0) chmodSync(folder, 0o700);
  return folder;
}

export function makeFolder(folder: string): void {
  try {
    makeFolders(folder, 0o700);
  } catch (error) {
    throw asLabError(error, folder);
  }
}

/** A full or unwritable disk in words; everything else as it is. */
export function asLabError(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new LabError('lab.disk', `${folder}: no space left on the disk`);
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new LabError('lab.disk', `${folder}: cannot be written: ${code}`);
  return error;
}

/** Bytes that are free where a folder is, or would be. */
export function freeBytes(folder: string): number {
  let at = folder;
  while (!existsSync(at)) at = join(at, '..');
  const { bavail, bsize } = statfsSync(at);
  return bavail * bsize;
}

/** Removes all of the cache, and tells how many kernels were in it. */
export function clearCache(folder: string): number {
  const kernels = join(folder, 'kernels');
  const count = existsSync(kernels) ? readdirSync(kernels).length : 0;
  rmSync(folder, { recursive: true, force: true });
  return count;
}
