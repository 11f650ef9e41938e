// SPDX-License-Identifier: GPL-2.0-or-later
/** The folder of caches: `$XDG_CACHE_HOME/specialbit`, by default `~/.cache/specialbit`. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const SUFFIX = '.sbcache';
/** All caches together; the ones that were not used for the longest time go first. */
const MAX_BYTES = 2 ** 30;
/** What a writer that was killed left behind. */
const STALE_MS = 24 * 3600 * 1000;

/** Where caches lie unless one says where; undefined when the user has no home. */
export function defaultCacheFolder(): string | undefined {
  const xdg = process.env.XDG_CACHE_HOME;
  // a relative path is to be ignored (XDG Base Directory Specification)
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'specialbit');
  const home = homedir();
  return isAbsolute(home) ? join(home, '.cache', 'specialbit') : undefined;
}

export function cachePath(folder: string, hash: Uint8Array): string {
  return join(folder, Buffer.from(hash).toString('hex') + SUFFIX);
}

/** A cache's file, marked as used now; undefined where there is none. */
export async function readCacheFile(path: string): Promise<Buffer | undefined> {
  try {
    const file = await readFile(path);
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
    return file;
  } catch {
    return undefined;
  }
}

/** Writes a cache under a temporary name and renames it when it is whole. Throws what the file system throws. */
export async function writeCacheFile(folder: string, path: string, content: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await prune(folder, path).catch(() => undefined);
}

/** Keeps the folder within its size. */
async function prune(folder: string, keep: string): Promise<void> {
  const files: { path: string; size: number; used: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { size, mtimeMs } = await stat(path);
    if (name.endsWith(SUFFIX)) files.push({ path, size, used: path === keep ? Infinity : mtimeMs });
    else if (name.endsWith('.tmp') && mtimeMs < Date.now() - STALE_MS) await rm(path, { force: true });
  }
  files.sort((a, b) => b.used - a.used);
  let total = 0;
  for (const { path, size } of files) {
    total += size;
    if (total > MAX_BYTES && path !== keep) await rm(path, { force: true });
  }
}
