// SPDX-License-Identifier: GPL-2.0-or-later
/** The name of a test tells what it needs (CONTRIBUTING.md): nothing, or the built command in a process of its own. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(node_modules|dist)\//.test(file));

/** What a file imports at run time: files of the repository, and modules of Node. */
function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from '([^']+)';/gms)].map(([, name]) => {
    if (!name!.startsWith('.')) return name!;
    return relative(root, join(root, dirname(file), name!)).replace(/\.js$/, '.ts');
  });
}

/** Who imports one of these starts processes; the second is for browsers. */
const PROCESSES = ['node:child_process', 'playwright-core'];

/** A file, or what it imports of the tests, starts processes. */
function startsProcesses(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file) || !existsSync(join(root, file))) return false;
  seen.add(file);
  return imports(file).some((name) => PROCESSES.includes(name) || startsProcesses(name, seen));
}

it('end-to-end tests are called so, and no others are', () => {
  const wrong = filesBelow('test')
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => startsProcesses(file) !== file.endsWith('.e2e.test.ts'));
  expect(wrong.sort()).toEqual([]);
});

it('tests beside the code start no process', () => {
  const found = readdirSync(join(root, 'packages'))
    .flatMap((name) => filesBelow(`packages/${name}/src`))
    .filter((file) => file.endsWith('.test.ts') && startsProcesses(file))
    // what it has to do is to start compilers and emulators: those of its tests are shell scripts
    .filter((file) => !file.startsWith('packages/lab/'));
  expect(found).toEqual([]);
});

it('nothing of the tests is shipped', () => {
  for (const name of readdirSync(join(root, 'packages'))) {
    const { exclude } = JSON.parse(readFileSync(join(root, 'packages', name, 'tsconfig.json'), 'utf8')) as {
      exclude?: string[];
    };
    expect([name, exclude]).toEqual([name, expect.arrayContaining(['src/**/*.test.ts', 'src/**/*.testkit.ts'])]);
  }
});
