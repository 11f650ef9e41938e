// SPDX-License-Identifier: GPL-2.0-or-later
/** What the model cites of the kernel, held against a tree: does it stand, has it moved, changed, or gone? */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Definitions, findDefinitions } from './definitions.js';

/** A function of the kernel that the model speaks of. */
export interface Citation {
  /** Who speaks of it: `event munmap`, `reason einval_pgoff`, `feature mmap_actions`. */
  readonly by: string;
  readonly function: string;
  /** Where it says that it is; may have stars. */
  readonly file: string;
}

/** A change of the kernel that brought a feature. */
export interface CitedCommit {
  readonly by: string;
  readonly subject: string;
  readonly commit?: string;
  /** First release that has it. */
  readonly version: string;
}

export interface Cited {
  readonly functions: readonly Citation[];
  readonly commits: readonly CitedCommit[];
  /** Kconfig symbols, `CONFIG_KSM`. */
  readonly symbols: readonly string[];
}

/**
 * - `stands`: it is where it is said to be, and as it was in the release that the tree is compared with;
 * - `changed`: it is there, with another body; `signature`: and other arguments or another type;
 * - `unknown`: it is there, and nothing is known of it in that release, which may not have had it;
 * - `moved`: it is in other files;
 * - `gone`: nothing in the folders that were searched defines it.
 */
export type Standing = 'stands' | 'changed' | 'signature' | 'unknown' | 'moved' | 'gone';

export interface CheckedFunction {
  readonly function: string;
  readonly file: string;
  readonly standing: Standing;
  /** Where it is now, of what moved. */
  readonly now: readonly string[];
  readonly by: readonly string[];
}

export interface TreeCheck {
  readonly functions: readonly CheckedFunction[];
  readonly symbols: readonly { readonly symbol: string; readonly found: boolean }[];
  /** Null where the tree has no history to look in. */
  readonly commits: readonly (CitedCommit & { readonly found: boolean })[] | null;
}

/** Hashes of definitions in known releases: by function, file, and release; `signature body`. */
export type KnownFunctions = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** `baseline`: the release of `known` whose definitions the tree's are compared with; absent: places alone are looked at. */
export function checkTree(tree: string, cited: Cited, known: KnownFunctions, baseline: string | undefined): TreeCheck {
  const definitions = findDefinitions(tree, new Set(cited.functions.map(({ function: name }) => name)));
  const groups = new Map<string, Citation[]>();
  for (const citation of cited.functions) {
    const key = `${citation.function}\0${citation.file}`;
    groups.set(key, [...(groups.get(key) ?? []), citation]);
  }
  const functions = [...groups.values()].map((group): CheckedFunction => {
    const [{ function: name, file }] = group as [Citation];
    const { standing, now } = standingOf(name, file, definitions, known, baseline);
    return { function: name, file, standing, now, by: [...new Set(group.map(({ by }) => by))] };
  });
  return { functions, symbols: symbolsOf(tree, cited.symbols), commits: commitsOf(tree, cited.commits) };
}

function standingOf(
  name: string,
  file: string,
  definitions: Definitions,
  known: KnownFunctions,
  baseline: string | undefined,
): Pick<CheckedFunction, 'standing' | 'now'> {
  const files = definitions.get(name);
  if (files === undefined) return { standing: 'gone', now: [] };
  const glob = new RegExp(`^${file.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  const here = [...files.keys()].filter((path) => glob.test(path));
  if (here.length === 0) return { standing: 'moved', now: [...files.keys()] };
  if (baseline === undefined) return { standing: 'stands', now: here };
  let standing: Standing = 'unknown';
  for (const path of here) {
    const before = known[name]?.[path]?.[baseline];
    if (before === undefined) continue;
    if (standing === 'unknown') standing = 'stands';
    const [signature, body] = before.split(' ');
    const now = files.get(path)!;
    if (signature !== now.signature) standing = 'signature';
    else if (body !== now.body && standing === 'stands') standing = 'changed';
  }
  return { standing, now: here };
}

function symbolsOf(tree: string, symbols: readonly string[]): TreeCheck['symbols'] {
  const missing = new Set(symbols.map((symbol) => symbol.replace(/^CONFIG_/, '')));
  const look = (folder: string, depth: number): void => {
    if (missing.size === 0 || !existsSync(join(tree, folder))) return;
    for (const entry of readdirSync(join(tree, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth > 0) look(path, depth - 1);
      else if (entry.name.startsWith('Kconfig'))
        for (const [, name] of readFileSync(join(tree, path), 'utf8').matchAll(/^\s*(?:menu)?config (\w+)/gm))
          missing.delete(name!);
    }
  };
  look('', 0);
  for (const folder of ['mm', 'init', 'arch', 'lib', 'fs', 'kernel']) look(folder, 2);
  return symbols.map((symbol) => ({ symbol, found: !missing.has(symbol.replace(/^CONFIG_/, '')) }));
}

/** Subjects are looked for in the history, as backports have other hashes. */
function commitsOf(tree: string, commits: readonly CitedCommit[]): TreeCheck['commits'] {
  if (!existsSync(join(tree, '.git'))) return null;
  let subjects: Set<string>;
  try {
    const log = execFileSync(
      'git',
      ['-C', tree, 'log', '--format=%s', '--', 'mm', 'include/linux', 'arch', 'fs', 'kernel'],
      {
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    subjects = new Set(log.split('\n'));
  } catch {
    return null;
  }
  return commits.map((commit) => ({ ...commit, found: subjects.has(commit.subject) }));
}

/** Adds a tree's definitions to the known ones; `release`: `7.3`. */
export function learn(known: KnownFunctions, release: string, definitions: Definitions): KnownFunctions {
  const all: Record<string, Record<string, Record<string, string>>> = JSON.parse(JSON.stringify(known));
  for (const [name, files] of definitions)
    for (const [file, { signature, body }] of files) {
      all[name] ??= {};
      all[name][file] ??= {};
      all[name][file][release] = `${signature} ${body}`;
    }
  const sorted = <T>(of: Record<string, T>): [string, T][] => Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted(all).map(([name, files]) => [name, Object.fromEntries(sorted(files))]));
}
