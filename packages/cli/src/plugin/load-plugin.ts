// SPDX-License-Identifier: GPL-2.0-or-later
/** Modules that bring architectures of their own. */
import { pathToFileURL } from 'node:url';
import { ARCH_ERRORS, type Architecture } from '@specialbit/core/arch';
import { codeOf } from '@specialbit/events';
import { InputError } from '../failure.js';
import { findModule } from './find-module.js';

/** The architectures that a plugin exports, in its order. Throws InputError, which begins with `plugin`. */
export async function loadPlugin(plugin: string, from = process.cwd()): Promise<Architecture[]> {
  const path = findModule(plugin, from);
  const module = await load(plugin, path);
  const found = [...new Set(Object.values(module).flatMap(architecturesIn))];
  if (found.length === 0) {
    const names = Object.keys(module).join(', ') || 'nothing';
    throw new InputError(
      'input.plugin',
      `${plugin}: expected an export that defineArchitecture of @specialbit/core/arch made, or an array of them, found ${names}`,
    );
  }
  for (const arch of found) complete(plugin, arch);
  return found;
}

async function load(plugin: string, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    const code = codeOf(error);
    const refused = code !== undefined && code in ARCH_ERRORS;
    throw new InputError(refused ? code : 'input.plugin', `${plugin}: ${whyNot(error)}`);
  }
}

/** A plugin has its own copy of core, so that its errors are known by their names alone. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return `cannot be loaded: ${String(error)}`;
  const { name, message } = error;
  if (name === 'ArchError') return `its layout is refused: ${message}`;
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  if (missing !== undefined)
    return `cannot be loaded: it imports ${missing}, which is not there; run npm install in its folder`;
  return `cannot be loaded: ${name}: ${message}`;
}

function architecturesIn(value: unknown): Architecture[] {
  if (Array.isArray(value)) return value.flatMap(architecturesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { name, pte, layout } = value as Partial<Architecture>;
  const isOne = typeof name === 'string' && typeof pte === 'object' && typeof layout === 'object';
  return isOne ? [value as Architecture] : [];
}

/** Members that a plugin made with another version of core may lack. */
const MEMBERS: readonly (keyof Architecture)[] = ['levels', 'page', 'special', 'facts', 'user_access', 'at'];

function complete(plugin: string, arch: Architecture): void {
  const missing = MEMBERS.filter((member) => arch[member] === undefined);
  if (missing.length === 0) return;
  throw new InputError(
    'input.plugin',
    `${plugin}: ${arch.name} has no ${missing.join(', ')}: it was made with another version of @specialbit/core; install the version that goes with this command`,
  );
}
