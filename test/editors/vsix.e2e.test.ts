// SPDX-License-Identifier: GPL-2.0-or-later
/** The extension for VS Code as it is packed: small, whole, and of nothing but what it needs. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, expect, it, vi } from 'vitest';
import { loaded } from './vscode.testkit.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'specialbit-vsix-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const vsix = join(folder, 'specialbit.vsix');
execFileSync(process.execPath, [join(root, 'scripts/vsix.mjs'), vsix]);
const bytes = readFileSync(vsix);
const files = unzipSync(bytes);
const content = (name: string): string => strFromU8(files[name]!);
interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly version: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly grammars: readonly { readonly path: string }[];
    readonly languages: readonly { readonly configuration: string; readonly filenamePatterns: readonly string[] }[];
  };
}
const manifest = JSON.parse(content('extension/package.json')) as Manifest;

it('is small, and the same each time', () => {
  expect(bytes.length).toBeLessThan(300_000);
  const again = join(folder, 'again.vsix');
  execFileSync(process.execPath, [join(root, 'scripts/vsix.mjs'), again]);
  expect(readFileSync(again).equals(bytes)).toBe(true);
});

it('has every file that its manifests name', () => {
  const { main, icon, contributes } = manifest;
  const named = [main, icon, ...contributes.grammars.map(({ path }) => path)];
  named.push(...contributes.languages.map(({ configuration }) => configuration));
  for (const path of named) expect(Object.keys(files)).toContain(`extension/${path.replace(/^\.\//, '')}`);
  for (const [, path] of content('extension.vsixmanifest').matchAll(/Path="([^"]+)"/g))
    expect(Object.keys(files)).toContain(path);
  expect(content('extension.vsixmanifest')).toContain(`Version="${manifest.version}"`);
  for (const name of Object.keys(files)) {
    if (!name.startsWith('['))
      expect(content('[Content_Types].xml')).toContain(`Extension=".${name.split('.').at(-1)!}"`);
  }
});

it('needs nothing but the editor and Node, and has the commands that it names', () => {
  const code = content('extension/dist/extension.js');
  const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name!);
  const builtin = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`), 'vscode']);
  expect(required.filter((name) => !builtin.has(name))).toEqual([]);
  for (const { command } of manifest.contributes.commands) expect(code).toContain(`"${command}"`);
  // whatever the editor is asked for is there: the module can be loaded
  const anything: unknown = new Proxy(class {}, {
    get: (own, key) => (key === 'prototype' ? Reflect.get(own, key) : anything),
  });
  const exported: Record<string, unknown> = {};
  const own = createRequire(import.meta.url);
  const run = new Function('require', 'exports', 'module', code) as (...given: unknown[]) => void;
  const module = { exports: exported };
  run((name: string) => (name === 'vscode' ? anything : own(name)), exported, module);
  expect(Object.keys(module.exports)).toEqual(expect.arrayContaining(['activate', 'deactivate']));
});

it('starts the server, and hands its errors to the editor', async () => {
  const file = join(folder, 'log.sb.jsonl');
  const text = '{"specialbit":1}\n{"type":"mmap","label":"ring","pages":1,"prot":"rq"}\n';
  const command = join(folder, 'specialbit');
  writeFileSync(
    command,
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'packages/cli/bin/specialbit.js')}" "$@"\n`,
  );
  chmodSync(command, 0o755);
  const [extension, told] = loaded(content('extension/dist/extension.js'), { file, text }, command);
  await extension.activate({ subscriptions: [], asAbsolutePath: (path: string) => path });
  await vi.waitFor(() => expect(told.diagnostics).not.toEqual([]), 30_000);
  expect(told.diagnostics[0]).toEqual([1, expect.stringContaining('prot: expected a protection')]);
  expect(told.commands).toEqual(expect.arrayContaining(manifest.contributes.commands.map((one) => one.command)));
  expect(told.messages).toEqual([]);
  await extension.deactivate();
  // and where the command is not, it says so
  const [other, said] = loaded(content('extension/dist/extension.js'), { file, text }, join(folder, 'nowhere'));
  await other.activate({ subscriptions: [], asAbsolutePath: (path: string) => path });
  expect(said.messages.at(-1)).toContain('nowhere lsp": install it, or set specialbit.path');
});

it('colours a log', () => {
  interface Rule {
    readonly match?: string;
    readonly begin?: string;
    readonly name?: string;
    readonly patterns?: readonly Rule[];
  }
  const grammar = JSON.parse(content('extension/syntaxes/specialbit.tmLanguage.json')) as {
    readonly repository: Readonly<Record<string, Rule>>;
  };
  const rules = Object.values(grammar.repository).flatMap((rule) => [rule, ...(rule.patterns ?? [])]);
  const nameOf = (line: string): string | undefined =>
    rules.find(({ match }) => match !== undefined && new RegExp(`^(?:${match})`).test(line))?.name;
  expect(nameOf('# a comment')).toBe('comment.line.specialbit');
  expect(nameOf('"at": "ring"')).toBe('support.type.property-name.specialbit');
  expect(nameOf('"VM_IO|VM_PFNMAP"')).toBe('constant.language.flags.specialbit');
  expect(nameOf('"0x20001000"')).toBe('constant.numeric.hex.specialbit');
  expect(nameOf('true')).toBe('constant.language.specialbit');
});
