// SPDX-License-Identifier: GPL-2.0-or-later
/** What a machine has of what the laboratory needs, and the line that installs the rest on Debian. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freeBytes } from './cache.js';
import type { Machine } from './machines.js';

export interface Finding {
  /** What is needed. */
  readonly what: string;
  /** What for: `build`, `boot arm`. */
  readonly purpose: string;
  readonly found: boolean;
  /** The Debian packages that have it. */
  readonly packages: readonly string[];
}

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Bytes that are free for the cache, and how many a build takes. */
  readonly free: number;
  readonly needed: number;
  /** The command that installs what is missing; null: nothing is. */
  readonly install: string | null;
}

/** Programs that every build runs. */
const BUILD: readonly (readonly [string, string])[] = [
  ['make', 'make'],
  ['gcc', 'gcc'],
  ['flex', 'flex'],
  ['bison', 'bison'],
  ['bc', 'bc'],
  ['tar', 'tar'],
  ['xz', 'xz-utils'],
];
/** Headers and libraries that programs of a build are compiled with. */
const FILES: readonly (readonly [string, readonly string[], string])[] = [
  ['libelf (for objtool)', ['/usr/include/gelf.h', '/usr/local/include/gelf.h'], 'libelf-dev'],
];
/** A tree's links and one build, roughly: bytes. */
const NEEDED = 500 * 2 ** 20;

export interface Place {
  /** PATH of the environment. */
  readonly path: string;
  readonly exists: (file: string) => boolean;
  readonly cache: string;
}

export function thisPlace(cache: string, environment: NodeJS.ProcessEnv = process.env): Place {
  return { path: environment.PATH ?? '', exists: existsSync, cache };
}

/** Looks for everything that building and booting `machines` takes. Runs and installs nothing. */
export function diagnose(machines: readonly Machine[], place: Place): Diagnosis {
  const findings: Finding[] = [
    ...BUILD.map(([program, of]) => ({ what: program, purpose: 'build', found: has(program, place), packages: [of] })),
    ...FILES.map(([what, files, of]) => ({ what, purpose: 'build', found: files.some(place.exists), packages: [of] })),
  ];
  for (const { name, cc, cross, qemu, packages } of machines) {
    for (const program of new Set([`${cross}gcc`, cc]))
      findings.push({
        what: program,
        purpose: `build ${name}`,
        found: has(program, place),
        packages: packages.compilers,
      });
    findings.push({ what: qemu, purpose: `boot ${name}`, found: has(qemu, place), packages: [packages.qemu] });
  }
  const missing = [...new Set(findings.filter(({ found }) => !found).flatMap(({ packages }) => packages))].sort();
  return {
    findings,
    free: freeBytes(place.cache),
    needed: NEEDED,
    install: missing.length === 0 ? null : `apt-get install --no-install-recommends ${missing.join(' ')}`,
  };
}

/** Is a program of that name in PATH? */
function has(program: string, { path }: Place): boolean {
  return path.split(delimiter).some((folder) => {
    if (folder === '') return false;
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
