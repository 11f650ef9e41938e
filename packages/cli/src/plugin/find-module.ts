// SPDX-License-Identifier: GPL-2.0-or-later
/** From what the command line calls a plugin to the module that is to be imported. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { InputError } from '../failure.js';

/**
 * The module of a plugin: a path to a JavaScript file or to a package's folder, or the name of a package that
 * is installed in `from` or above it. Throws InputError.
 */
export function findModule(plugin: string, from: string): string {
  const path = resolve(from, plugin);
  const isPath = isAbsolute(plugin) || /^\.{0,2}[/\\]/.test(plugin) || plugin === '.' || plugin === '..';
  if (existsSync(path)) return statSync(path).isDirectory() ? entryOf(plugin, path) : fileOf(plugin, path);
  if (isPath || extname(plugin) !== '') throw new InputError('input.plugin', `${plugin}: no such file or folder`);
  const folder = installed(plugin, from);
  if (folder !== undefined) return entryOf(plugin, folder);
  throw new InputError(
    'input.plugin',
    `${plugin}: no such file or folder, and no package of that name is installed in ${from} or above it`,
  );
}

function fileOf(plugin: string, path: string): string {
  if (!/\.[cm]?tsx?$/.test(path)) return path;
  throw new InputError(
    'input.plugin',
    `${plugin}: expected a JavaScript module, found TypeScript; build it, and give what was built`,
  );
}

/** The folder of an installed package, looked for as Node.js does. */
function installed(name: string, from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** What `import` of the package would load. */
function entryOf(plugin: string, folder: string): string {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest))
    throw new InputError('input.plugin', `${plugin}: expected a package, found a folder without package.json`);
  const entry = join(folder, mainOf(plugin, manifest));
  if (existsSync(entry)) return fileOf(plugin, entry);
  throw new InputError(
    'input.plugin',
    `${plugin}: its module ${entry} does not exist; build the package first (npm run build)`,
  );
}

function mainOf(plugin: string, manifest: string): string {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(manifest, 'utf8'));
  } catch (error) {
    throw new InputError('input.plugin', `${plugin}: ${manifest}: ${(error as Error).message}`);
  }
  const { exports, main } = json as { exports?: unknown; main?: unknown };
  const found = target(exports) ?? main ?? 'index.js';
  if (typeof found === 'string') return found;
  throw new InputError('input.plugin', `${plugin}: ${manifest}: expected a module under "exports" or "main"`);
}

/** The target of `.` under the conditions of an import. */
function target(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const table = exports as Record<string, unknown>;
  for (const key of ['.', 'node', 'import', 'default']) {
    const found = target(table[key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
