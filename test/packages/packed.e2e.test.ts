// SPDX-License-Identifier: GPL-2.0-or-later
/** Every published package as npm packs it: its README and LICENSE are there, and the README's examples run. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { published, root } from './packages.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-packed-'));
const installed = join(folder, 'node_modules');
const names = published();

/** Packs a copy of the repository, so that nobody else sees what `prepack` adds; then installs the tarballs. */
beforeAll(() => {
  const copy = join(folder, 'copy');
  const ours = new Set(names);
  for (const name of ['package.json', 'LICENSE', 'scripts', 'examples'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  for (const name of readdirSync(join(root, 'packages'))) {
    if (!ours.has(name)) continue;
    cpSync(join(root, 'packages', name), join(copy, 'packages', name), {
      recursive: true,
      filter: (source) => !/[/\\](node_modules|src)$/.test(source),
    });
  }
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  const workspaces = names.flatMap((name) => ['-w', join('packages', name)]);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', tarballs, ...workspaces], {
    cwd: copy,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  mkdirSync(join(installed, '@specialbit'), { recursive: true });
  for (const name of names) {
    const target = join(installed, '@specialbit', name);
    mkdirSync(target);
    const tarball = readdirSync(tarballs).find((file) => new RegExp(`^specialbit-${name}-\\d`).test(file))!;
    execFileSync('tar', ['-xzf', join(tarballs, tarball), '-C', target, '--strip-components=1']);
  }
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.') && name !== '@specialbit')
      symlinkSync(join(root, 'node_modules', name), join(installed, name));
  }
  // what prepack adds, postpack takes away
  expect(existsSync(join(copy, 'packages/core/LICENSE'))).toBe(false);
  expect(existsSync(join(copy, 'packages/cli/examples'))).toBe(false);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Example {
  readonly code: string;
  readonly output: string;
}

/** `js` blocks, each followed by what it prints. */
function examplesOf(name: string): Example[] {
  const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/^```js\n(.*?)^```\n\n^```text\n(.*?)^```$/gms)];
  return blocks.map(([, code, output]) => ({ code: code!, output: output! }));
}

describe.each(names)('%s', (name) => {
  const packed = join(installed, '@specialbit', name);

  it('has its licence, and a README', () => {
    expect(readFileSync(join(packed, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
    expect(readFileSync(join(packed, 'README.md'), 'utf8')).toContain(`# @specialbit/${name}\n`);
  });

  it('has what was built, and no more', () => {
    expect(existsSync(join(packed, 'dist/index.js'))).toBe(true);
    const files = readdirSync(packed, { recursive: true }) as string[];
    expect(files.filter((file) => /^src\/|tsbuildinfo$|\.test\.|\.testkit\./.test(file))).toEqual([]);
  });

  const examples = examplesOf(name);
  // the command's examples are commands, which run elsewhere
  if (name !== 'cli') it('has an example', () => expect(examples.length).toBeGreaterThan(0));
  it.each(examples)('runs: $code', ({ code, output }) => {
    const script = join(folder, `${name}.mjs`);
    writeFileSync(script, code);
    expect(execFileSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' })).toBe(output);
  });
});

it('the command has the gallery, and shows it', () => {
  const command = join(installed, '@specialbit/cli/bin/specialbit.js');
  const shown = execFileSync(process.execPath, [command, 'gallery', 'list'], { cwd: folder, encoding: 'utf8' });
  expect(shown).toContain('S13');
});

it('the command has the examples: its help can be followed, and arch diff runs what it runs in the repository', () => {
  const packed = join(installed, '@specialbit/cli/bin/specialbit.js');
  const run = (command: string, cwd: string, ...args: string[]): string =>
    execFileSync(process.execPath, [command, ...args], { cwd, encoding: 'utf8' });
  expect(run(packed, folder, 'replay', 'examples/s10-binder.jsonl')).toContain('binder');
  const logs = (command: string, cwd: string): string[] => {
    const { parted, agree, skipped } = JSON.parse(
      run(command, cwd, 'arch', 'diff', 'arm', 'm68k', '--no-kit', '--json'),
    );
    return [...parted, ...agree, ...skipped.map(({ name }: { readonly name: string }) => name)].sort();
  };
  const here = logs(join(root, 'packages/cli/bin/specialbit.js'), root);
  expect(here.length).toBeGreaterThan(40);
  expect(logs(packed, folder)).toEqual(here);
});
