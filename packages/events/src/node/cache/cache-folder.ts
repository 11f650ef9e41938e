// SPDX-License-Identifier: GPL-2.0-or-later
/** The folder of caches: `$XDG_CACHE_HOME/specialbit`, by default `~/.cache/specialbit`. */
import { constants, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { crypto } from '../crypto.js';
import { makeFolders } from '../make-folders.js';

const SUFFIX = '.sbcache';
/** Names of ours, and of what a writer of ours had not finished: nothing else in the folder is touched. */
const CACHE = /^[0-9a-f]{64}\.sbcache$/;
const UNFINISHED = /^[0-9a-f]{64}\.sbcache\.[0-9a-f-]{36}\.tmp$/;
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

/**
 * Why the folder is not one to trust: who else can write there could put a cache of his own under any log's name.
 * Undefined where it is the user's own, or is not there yet.
 */
export async function untrustedFolder(folder: string): Promise<string | undefined> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return `${folder} is a link`;
  if (!found.isDirectory()) return `${folder} is no folder`;
  const user = process.getuid?.();
  if (user !== undefined && found.uid !== user) return `${folder} belongs to another user`;
  return user !== undefined && (found.mode & 0o022) !== 0 ? `${folder} can be written to by others` : undefined;
}

/** A cache's file, marked as used now; undefined where there is none, or it is a link, a pipe or the like. */
export async function readCacheFile(path: string): Promise<Buffer | undefined> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    if (!(await handle.stat()).isFile()) return undefined;
    const file = await handle.readFile();
    const now = new Date();
    await handle.utimes(now, now).catch(() => undefined);
    return file;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Writes a cache under a temporary name and renames it when it is whole. Throws what the file system throws. */
export async function writeCacheFile(folder: string, path: string, content: Buffer): Promise<void> {
  makeFolders(folder, 0o700);
  const temporary = `${path}.${crypto().randomUUID()}.tmp`;
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
    if (!CACHE.test(name) && !UNFINISHED.test(name)) continue;
    const path = join(folder, name);
    // another writer may have taken it away meanwhile
    const found = await lstat(path).catch(() => undefined);
    if (found?.isFile() !== true) continue;
    const { size, mtimeMs } = found;
    if (CACHE.test(name)) files.push({ path, size, used: path === keep ? Infinity : mtimeMs });
    else if (mtimeMs < Date.now() - STALE_MS) await rm(path, { force: true });
  }
  files.sort((a, b) => b.used - a.used);
  let total = 0;
  for (const { path, size } of files) {
    total += size;
    if (total > MAX_BYTES && path !== keep) await rm(path, { force: true });
  }
}
