// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit arch new NAME`: writes the package of a plugin that builds and passes its tests as it stands. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { folderOf, writeOutput } from '../export/output.js';
import { EXIT, InputError, UsageError } from '../failure.js';
import { PLUGIN_TEMPLATES } from '../places.js';

import type { Terminal } from '../terminal.js';
import { version } from '../version.js';

export interface NewOptions {
  readonly dir?: string;
  readonly title?: string;
  readonly json?: boolean;
}

/** npm leaves a file of this name out of packages. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/** Throws UsageError, InputError. */
export async function newPlugin(name: string, options: NewOptions, terminal: Terminal): Promise<number> {
  if (!/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/.test(name)) {
    throw new UsageError(
      'usage.value',
      `expected a name of small letters and digits such as quark or quark-pae, found ${JSON.stringify(name)}`,
    );
  }
  const folder = options.dir ?? `arch-${name}`;
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new InputError('input.folder', `${folder}: exists and is not empty`);
  const words = placeholders(name, options.title ?? `${name[0]?.toUpperCase()}${name.slice(1)}`);
  const files = templates().map((file) => {
    const parts = file.replace(/\.template$/, '').split('/');
    const target = join(folder, ...parts.map((part) => RENAMED[part] ?? fill(part, words)));
    const text = fill(readFileSync(join(PLUGIN_TEMPLATES, file), 'utf8'), words);
    return { target, text };
  });
  for (const { target, text } of files) {
    folderOf(dirname(target));
    await writeOutput([text], target, terminal);
  }
  const written = files.map(({ target }) => target);
  if (options.json === true) await terminal.out(`${JSON.stringify({ folder, files: written }, null, 2)}\n`);
  else {
    const next = [`cd ${folder}`, 'npm install', 'npm run build', 'npm test', 'npx specialbit arch check .'];
    const elsewhere = [
      'Where npm install does not find @specialbit (E404), take it from a checkout:',
      '  npm pack --workspaces --pack-destination TARBALLS   (there, after npm run build)',
      '  npm install TARBALLS/*.tgz                          (here, instead of npm install)',
    ];
    const lines = [...written, '', 'Next:', ...next.map((line) => `  ${line}`), '', ...elsewhere];
    await terminal.out(`${lines.join('\n')}\n`);
  }
  return EXIT.fine;
}

function templates(folder = PLUGIN_TEMPLATES): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? templates(path) : [relative(PLUGIN_TEMPLATES, path).replaceAll('\\', '/')];
    })
    .sort();
}

/** What stands between double braces in a template; in a file's name between double underscores. */
function placeholders(name: string, title: string): Readonly<Record<string, string>> {
  const identifier = name.replace(/[^a-z0-9]/g, '_');
  return { name, title, identifier, kconfig: identifier.toUpperCase(), version: version() };
}

function fill(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}|__(\w+?)__/g, (all, word: string | undefined, inName: string | undefined) => {
    return words[word ?? inName ?? ''] ?? all;
  });
}
