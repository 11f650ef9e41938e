// SPDX-License-Identifier: GPL-2.0-or-later
/** The repository, as the site reads it: its documents, and what its own command says. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SiteError } from './errors.js';

/** As deep as this module lies, built or not. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export const exists = (path: string): boolean => existsSync(join(ROOT, path));
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every document of `docs/`, sorted. */
export function documents(): string[] {
  return readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('api'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .sort();
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What `specialbit ARGS` says, run from the root of the repository. */
export function specialbit(args: readonly string[]): Promise<Said> {
  const { FORCE_COLOR: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(ROOT, 'packages/cli/bin/specialbit.js'), ...args],
      { cwd: ROOT, env: { ...env, NO_COLOR: '1' }, maxBuffer: 1 << 28 },
      (error, out, err) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ code: error === null ? 0 : Number(error.code), out, err });
      },
    );
  });
}

/** The same as data. Throws SiteError where it says nothing of use. */
export async function specialbitJson<T>(args: readonly string[]): Promise<T> {
  const { out, err } = await specialbit([...args, '--json']);
  if (out === '') throw new SiteError(`specialbit ${args.join(' ')} --json: ${err.trim()}`);
  return JSON.parse(out) as T;
}

/** As `Promise.all`, a few at a time: each is a process. */
export async function each<A, B>(all: readonly A[], work: (one: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < all.length) {
      const i = next++;
      results[i] = await work(all[i]!);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  return results;
}
