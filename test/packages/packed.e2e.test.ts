// SPDX-License-Identifier: GPL-2.0-or-later
/** A release without publishing it: every package as npm packs it is whole, clean, and does what its README shows. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fits, type Manifest, manifestIn, published, root } from './packages.testkit.js';
import { completionIn, debianPackage, manualPages, sumsAndParts } from './released.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-packed-'));
const release = join(folder, 'release');
const installed = join(folder, 'node_modules');
const { version } = manifestIn(root);
const tarballOf = (name: string): string => join(release, 'npm', `${name.slice(1).replace('/', '-')}-${version}.tgz`);

/** Releases without publishing; then installs the tarballs. */
beforeAll(() => {
  const script = join(root, 'scripts/release/release.mjs');
  const args = [script, '--dry-run', '--built', '--allow-dirty', '--out', release];
  process.stdout.write(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  for (const place of published()) {
    const { name } = manifestIn(join(root, place));
    const target = join(installed, name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', tarballOf(name), '-C', target, '--strip-components=1']);
  }
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.') && name !== '@specialbit')
      symlinkSync(join(root, 'node_modules', name), join(installed, name));
  }
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Example {
  readonly code: string;
  readonly output: string;
}

/** `js` blocks, each followed by what it prints. */
function examplesOf(place: string): Example[] {
  const text = readFileSync(join(root, place, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/^```js\n(.*?)^```\n\n^```text\n(.*?)^```$/gms)];
  return blocks.map(([, code, output]) => ({ code: code!, output: output! }));
}

describe.each(published())('%s', (place) => {
  const { name, exports, bin, dependencies } = manifestIn(join(root, place));
  const packed = join(installed, name);
  const filesIn = (): string[] => readdirSync(packed, { recursive: true }) as string[];

  it('has its licence, and a README', () => {
    expect(readFileSync(join(packed, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
    expect(readFileSync(join(packed, 'README.md'), 'utf8')).toContain(`# ${name}\n`);
  });

  it('has what it gives, and no more than was built', () => {
    const given = Object.entries(exports!).flatMap(([, target]) =>
      typeof target === 'string' ? [] : Object.values(target),
    );
    for (const file of [...given, ...Object.values(bin ?? {})])
      expect([file, existsSync(join(packed, file))]).toEqual([file, true]);
    const wrong = /^src\/|tsbuildinfo$|\.(?:test|testkit)\.|(?<!\.d)\.tsx?$/;
    expect(filesIn().filter((file) => wrong.test(file) && !file.startsWith('templates/'))).toEqual([]);
  });

  it('has no map without what it maps to, and no word of one', () => {
    const maps = filesIn().filter((file) => file.endsWith('.map'));
    expect(maps).toEqual([]);
    const named = filesIn().filter(
      (file) =>
        /\.(?:js|ts|css)$/.test(file) && /^\/[/*]# sourceMappingURL=/m.test(readFileSync(join(packed, file), 'utf8')),
    );
    expect(named).toEqual([]);
  });

  it('needs what it did in the repository, in versions that a registry knows', () => {
    const there = manifestIn(packed);
    expect(there).toMatchObject({ name, version, engines: { node: '>=20.19' } });
    expect(there.dependencies ?? {}).toEqual(dependencies ?? {});
    expect(Object.values(there.dependencies ?? {}).filter((range) => /:|\*/.test(range))).toEqual([]);
  });

  it('has nothing that publint finds', async () => {
    const data = readFileSync(tarballOf(name));
    const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg as Manifest & Record<string, unknown>))).toEqual([]);
  });

  it('has types that every resolution finds which knows "exports"', async () => {
    const modules = Object.values(exports!).some((target) => typeof target !== 'string');
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarballOf(name)))));
    // a package of files has none
    expect(result.types !== false).toBe(modules);
    if (result.types === false) return;
    const problems = result.problems.filter((problem) => {
      const kind = 'resolutionKind' in problem ? problem.resolutionKind : undefined;
      // node10 knows no subpaths; every Node that fits can require() a module
      return !(kind === 'node10' || (kind === 'node16-cjs' && problem.kind === 'CJSResolvesToESM'));
    });
    expect(problems).toEqual([]);
  });

  const examples = examplesOf(place);
  // the command's examples are commands, which run elsewhere
  if (bin === undefined) it('has an example', () => expect(examples.length).toBeGreaterThan(0));
  it.each(examples)('runs: $code', ({ code, output }) => {
    const script = join(folder, `${place.replaceAll('/', '-')}.mjs`);
    writeFileSync(script, code);
    expect(execFileSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' })).toBe(output);
  });
});

/** The command as it was packed, alone: without its page, and without any other package. */
describe('the command', () => {
  const empty = mkdtempSync(join(tmpdir(), 'specialbit-alone-'));
  const alone = join(empty, 'node_modules/@specialbit/cli');
  const command = join(alone, 'bin/specialbit.js');
  const run = (bin: string, cwd: string, ...args: string[]): string =>
    execFileSync(process.execPath, [bin, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  beforeAll(() => {
    mkdirSync(alone, { recursive: true });
    execFileSync('tar', ['-xzf', tarballOf('@specialbit/cli'), '-C', alone, '--strip-components=1']);
  });

  afterAll(() => rmSync(empty, { recursive: true, force: true }));

  it('is small: all that it needs, without the page', () => {
    const bytes = statSync(tarballOf('@specialbit/cli')).size;
    console.log(`the command: ${bytes} bytes; the page: ${statSync(tarballOf('@specialbit/page')).size}`);
    expect(bytes).toBeLessThan(1_500_000);
  });

  it('says what of others is in it, under licences that fit, and their texts', () => {
    const parts = JSON.parse(readFileSync(join(alone, 'bundle/components.json'), 'utf8')) as Manifest[];
    expect(parts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['commander', 'rxjs', 'io-ts', 'tree-sitter-c']),
    );
    expect(parts.filter(({ name, license }) => !fits(name, license))).toEqual([]);
    const page = JSON.parse(readFileSync(join(root, 'packages/viewer/dist/components.json'), 'utf8')) as Manifest[];
    expect(page.filter(({ name, license }) => !fits(name, license))).toEqual([]);
    for (const [file, list] of [
      [join(alone, 'bundle/third-party.txt'), parts],
      [join(installed, '@specialbit/page/dist/third-party.txt'), page],
    ] as const) {
      const text = readFileSync(file, 'utf8');
      for (const { name } of list) {
        const [, own] =
          new RegExp(`^${name} [\\d.]+ \\(.*\\)\n\n(.*?)\n(?:\n-{78}\n|$(?![\\s\\S]))`, 'ms').exec(text) ?? [];
        expect([name, /copyright|permission/i.test(own ?? '')]).toEqual([name, true]);
      }
    }
  });

  it('has the gallery, and shows it', () => {
    expect(run(command, folder, 'gallery', 'list')).toContain('S13');
  });

  it('reads C', () => {
    const source = join(folder, 'driver.c');
    const call = 'remap_pfn_range(vma, vma->vm_start, 1, 4096, vma->vm_page_prot)';
    const mmap = `static int own_mmap(struct file *file, struct vm_area_struct *vma)\n{\n\treturn ${call};\n}\n`;
    writeFileSync(source, `${mmap}static const struct file_operations fops = { .mmap = own_mmap };\n`);
    expect(run(command, folder, 'scan', source, '--json')).toContain('"remap_pfn_range');
  });

  it('has the page beside it, or says what to install', () => {
    const log = join(root, 'examples/s01-same-driver.jsonl');
    expect(() => run(command, folder, 'view', log, '-o', join(folder, 'a.html'))).toThrow(
      'npm install @specialbit/page',
    );
    const beside = join(installed, '@specialbit/cli/bin/specialbit.js');
    run(beside, folder, 'view', log, '-o', join(folder, 'a.html'));
    expect(readFileSync(join(folder, 'a.html'), 'utf8')).toContain('id="engine"');
  });

  it('says in one line that a Node.js is too old', () => {
    const old = 'Object.defineProperty(process.versions, "node", { value: "18.20.4" });';
    const preload = join(folder, 'old.cjs');
    writeFileSync(preload, old);
    const args = ['--require', preload, command, '--version'];
    expect(() => execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' })).toThrow(
      /\nspecialbit: needs Node\.js 20\.19 or newer, and \S+ is v\S+ \[usage\.node\]\n$/,
    );
  });

  it('has the examples: its help can be followed, and arch diff runs what it runs in the repository', () => {
    expect(run(command, folder, 'replay', 'examples/s10-binder.jsonl')).toContain('binder');
    const logs = (bin: string, cwd: string): string[] => {
      const { parted, agree, skipped } = JSON.parse(run(bin, cwd, 'arch', 'diff', 'arm', 'm68k', '--no-kit', '--json'));
      return [...parted, ...agree, ...skipped.map(({ name }: { readonly name: string }) => name)].sort();
    };
    const here = logs(join(root, 'packages/cli/bin/specialbit.js'), root);
    expect(here.length).toBeGreaterThan(40);
    expect(logs(command, folder)).toEqual(here);
  });

  describe('completes', () =>
    completionIn(
      () => command,
      () => release,
    ));
});

describe('the manual pages', () => manualPages(() => release));
describe('the Debian package', () => debianPackage(() => release));
describe('the release', () => sumsAndParts(() => release));
