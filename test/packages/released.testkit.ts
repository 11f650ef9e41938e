// SPDX-License-Identifier: GPL-2.0-or-later
/** What a release has beside the packages of npm: manual pages, completion, a Debian package, and what says that it is whole. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { manifestIn, published, root } from './packages.testkit.js';
import { has, needs, output } from './tools.testkit.js';

const { version } = manifestIn(root);
const COMMANDS = [
  ...readFileSync(join(root, 'packages/cli/src/commands.ts'), 'utf8').matchAll(/^ {4}name: '([a-z]+)',$/gm),
].map(([, name]) => name!);

/** Tests of the manual pages in `release()`. */
export function manualPages(release: () => string): void {
  const pages = (): string[] => readdirSync(join(release(), 'man')).sort();
  const paths = (): string[] => pages().map((page) => join(release(), 'man', page));

  it('there is one for each command', () => {
    expect(COMMANDS.length).toBeGreaterThan(30);
    expect(pages()).toEqual(['specialbit.1', ...COMMANDS.map((name) => `specialbit-${name}.1`)].sort());
  });

  it.skipIf(!has('mandoc'))(`mandoc finds nothing${needs('mandoc')}`, () => {
    expect(output('mandoc', ['-Tlint', '-Wwarning', ...paths()])).toBe('');
  });

  it.skipIf(!has('groff'))(`groff warns of nothing, and shows them${needs('groff')}`, () => {
    expect(output('groff', ['-mandoc', '-Tutf8', '-ww', '-rCHECKSTYLE=2', '-z', ...paths()])).toBe('');
    const shown = output('groff', ['-mandoc', '-Tascii', '-P-c', join(release(), 'man/specialbit-replay.1')]);
    // a letter, a step back, and the letter again is a bold one
    const plain = shown.replace(/.[\b]/g, '').replace(/ +/g, ' ');
    expect(plain).toContain('NAME\n specialbit-replay - what each event of a log returned');
    expect(plain).toContain('specialbit replay examples/s10-binder.jsonl --arch arm');
  });
}

/** Tests of completion in a shell, with the command that `bin()` is. */
export function completionIn(bin: () => string, release: () => string): void {
  const script = (name: string): string => join(release(), 'completion', name);
  /** What bash would offer for a line whose cursor is at its end. */
  const bash = (line: string): string[] => {
    const program = `
      source ${script('specialbit.bash')}
      compopt() { :; }
      specialbit() { ${process.execPath} ${bin()} "$@"; }
      COMP_LINE=$1 COMP_POINT=\${#1} exchanged=$2; shift 2
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _specialbit specialbit "$exchanged"; printf '%s\\n' "\${COMPREPLY[@]}"`;
    // as readline breaks words: at COMP_WORDBREAKS, which stay as words
    const words = line.split(/\s+|(?<=[=:@])|(?=[=:@])/);
    // what it hands over begins behind the last of these, but with an @
    const exchanged = /(?:@|(?<=[\s=:])|^)[^\s=:@]*$/.exec(line)![0];
    return output('bash', ['-c', program, 'bash', line, exchanged, ...words])
      .trimEnd()
      .split('\n');
  };

  it.skipIf(!has('bash'))(`bash: commands, options, values, lanes${needs('bash')}`, () => {
    expect(bash('specialbit repl')).toEqual(['replay']);
    expect(bash('specialbit replay --wh')).toEqual(['--why']);
    expect(bash('specialbit gallery show S1')).toEqual(expect.arrayContaining(['S10', 'S13']));
    // bash has broken the word at these, and exchanges what is behind them
    expect(bash('specialbit replay x --lane arm,x86_64@6.1')).toEqual(expect.arrayContaining(['@6.1', '@6.12']));
    expect(bash('specialbit replay x --lane=m68k-c')).toEqual(['m68k-coldfire']);
  });

  it.skipIf(!has('bash'))('bash: examples, and files', () => {
    // once of the command, and where the test runs there is a file of that name; bash shows both as one
    expect(new Set(bash('specialbit replay examples/s10'))).toEqual(new Set(['examples/s10-binder.jsonl']));
    expect(bash(`specialbit replay ${release()}/SHA`)).toEqual([`${release()}/SHA256SUMS`]);
  });

  it.skipIf(!has('zsh'))(`zsh reads the script${needs('zsh')}`, () => {
    expect(output('zsh', ['-n', script('_specialbit')])).toBe('');
  });

  it.skipIf(!has('fish'))(`fish: commands and lanes${needs('fish')}`, () => {
    const path = mkdtempSync(join(tmpdir(), 'specialbit-path-'));
    symlinkSync(bin(), join(path, 'specialbit'));
    const program = `source ${script('specialbit.fish')}; complete -C 'specialbit replay x --lane=m68k-c'`;
    const shown = output('fish', ['--no-config', '-c', program], { PATH: `${path}:${process.env.PATH}` });
    expect(shown).toMatch(/^--lane=m68k-coldfire\tColdFire.*\n$/);
    rmSync(path, { recursive: true });
  });
}

/** Tests of the Debian package. */
export function debianPackage(release: () => string): void {
  const file = (): string => join(release(), `specialbit_${version}_all.deb`);
  const tools = has('dpkg-deb');

  it.skipIf(!tools)(`says what it needs, and is for every architecture${needs('dpkg-deb')}`, () => {
    const fields = output('dpkg-deb', ['--field', file()]);
    expect(fields).toContain(`Package: specialbit\nVersion: ${version}\n`);
    expect(fields).toContain('Architecture: all\nDepends: nodejs (>= 20.19)\n');
  });

  it.skipIf(!tools)('has the command, its pages, completion, changelog and copyright, all of root', () => {
    const folder = mkdtempSync(join(tmpdir(), 'specialbit-deb-'));
    const listed = output('dpkg-deb', ['--contents', file()]).trimEnd().split('\n');
    expect(listed.filter((line) => !/^(?:[-d]rwxr-xr-x|-rw-r--r--|lrwxrwxrwx) root\/root /.test(line))).toEqual([]);
    output('dpkg-deb', ['--extract', file(), folder]);
    const there = readdirSync(folder, { recursive: true }) as string[];
    expect(there).toEqual(
      expect.arrayContaining([
        'usr/bin/specialbit',
        'usr/share/bash-completion/completions/specialbit',
        'usr/share/zsh/vendor-completions/_specialbit',
        'usr/share/fish/vendor_completions.d/specialbit.fish',
        'usr/share/doc/specialbit/copyright',
        'usr/share/specialbit/page/index.html',
        ...COMMANDS.map((name) => `usr/share/man/man1/specialbit-${name}.1.gz`),
      ]),
    );
    expect(there.filter((path) => /(?:\.map|tsbuildinfo)$|node_modules/.test(path))).toEqual([]);
    const read = (path: string): string => readFileSync(join(folder, 'usr/share/doc/specialbit', path), 'utf8');
    expect(read('copyright')).toMatch(
      /^Format: .*copyright-format\/1\.0\/\n[\s\S]*^License: GPL-2\.0\+$[\s\S]*commander/m,
    );
    const changelog = readFileSync(join(folder, 'usr/share/doc/specialbit/changelog.gz'));
    expect(gunzipSync(changelog).toString()).toContain(`## ${version}`);
    const run = (...args: string[]): string => output(process.execPath, [join(folder, 'usr/bin/specialbit'), ...args]);
    expect(run('--version')).toBe(`${version}\n`);
    expect(run('replay', 'examples/s10-binder.jsonl', '--no-events')).toContain('binder');
    run('view', 'examples/s10-binder.jsonl', '-o', join(folder, 'a.html'));
    expect(statSync(join(folder, 'a.html')).size).toBeGreaterThan(300_000);
    rmSync(folder, { recursive: true });
  });

  it.skipIf(!tools || !has('lintian'))(`lintian finds nothing${needs('lintian')}`, () => {
    const said = output('lintian', ['--tag-display-limit', '0', '--fail-on=error,warning', file()], {
      LC_ALL: 'C.UTF-8',
    });
    expect(said.split('\n').filter((line) => /^(?:[A-Z]: |exit code)/.test(line))).toEqual([]);
  });
}

/** Tests of what says that a release is whole, and what is in it. */
export function sumsAndParts(release: () => string): void {
  it('every file has its sum', () => {
    const lines = readFileSync(join(release(), 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    const files = (readdirSync(release(), { recursive: true }) as string[]).filter((path) =>
      statSync(join(release(), path)).isFile(),
    );
    expect(lines.map((line) => line.split('  ')[1])).toEqual(files.filter((path) => path !== 'SHA256SUMS').sort());
    for (const line of lines) {
      const [sum, path] = line.split('  ');
      expect(
        createHash('sha256')
          .update(readFileSync(join(release(), path!)))
          .digest('hex'),
      ).toBe(sum);
    }
  });

  it('the list of parts has every package of ours, and what of others is bundled', () => {
    const { components } = JSON.parse(readFileSync(join(release(), 'sbom.cdx.json'), 'utf8')) as {
      readonly components: readonly {
        readonly name: string;
        readonly purl: string;
        readonly licenses: readonly unknown[];
        readonly properties: readonly { readonly value: string }[];
      }[];
    };
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(published().map((place) => manifestIn(join(root, place)).name)));
    const of = (name: string): readonly string[] =>
      components.filter((one) => one.name === name).flatMap(({ properties }) => properties.map(({ value }) => value));
    expect([of('commander'), of('preact')]).toEqual([['@specialbit/cli'], ['@specialbit/page']]);
    expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
    for (const { name, licenses } of components) expect([name, licenses.length]).toEqual([name, 1]);
  });

  it('the container is made of the Debian package, and is not root', () => {
    const text = readFileSync(join(root, 'Containerfile'), 'utf8');
    expect(text).toMatch(/^COPY release\/specialbit_\*_all\.deb /m);
    expect(text.lastIndexOf('\nUSER specialbit')).toBeGreaterThan(text.lastIndexOf('\nRUN'));
    expect(existsSync(join(root, '.containerignore'))).toBe(true);
  });
}
