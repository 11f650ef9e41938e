// SPDX-License-Identifier: GPL-2.0-or-later
/** The logs that `arch diff` runs: files that were named, the examples, and the scenarios of the kit. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { scenarioLog, scenarios } from '@specialbit/conformance';
import { parseLog } from '@specialbit/events';
import { loadLog } from '@specialbit/events/node';
import { InputError } from '../failure.js';
import { EXAMPLES } from '../places.js';
import type { NamedLog } from './diff-findings.js';

/** Every log of `paths` (files, folders), or of the examples where none is given. Throws InputError, LogError. */
export async function logsOf(paths: readonly string[]): Promise<NamedLog[]> {
  const folders = paths.length > 0 ? paths : ['examples', ...EXAMPLES].filter((path) => existsSync(path)).slice(0, 1);
  const logs: NamedLog[] = [];
  for (const file of folders.flatMap(files)) {
    const log = await loadLog(file);
    logs.push({ name: nameOf(file), title: log.header.title ?? nameOf(file), log });
  }
  return logs;
}

/** The scenarios of the conformance kit. */
export function kitLogs(): NamedLog[] {
  return scenarios.map((scenario) => ({
    name: scenario.name.replace(/^behaviour\//, 'kit/'),
    title: scenario.title,
    log: parseLog(scenarioLog(scenario), { file: scenario.name }),
  }));
}

function files(path: string): string[] {
  let found: ReturnType<typeof statSync>;
  try {
    found = statSync(path);
  } catch (error) {
    throw new InputError('input.unreadable', `${path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  if (!found.isDirectory()) return [path];
  const own = readdirSync(path)
    .filter((name) => /\.jsonl(\.gz|\.zst)?$/.test(name))
    .sort()
    .map((name) => join(path, name));
  const gallery = join(path, 'gallery');
  if (!existsSync(gallery)) return own;
  const stories = readdirSync(gallery)
    .sort()
    .map((name) => join(gallery, name, 'events.jsonl'));
  return [...own, ...stories.filter((file) => existsSync(file))];
}

/** `s01-same-driver`; of a gallery's `events.jsonl` its folder: `gallery/s01-...`. */
function nameOf(file: string): string {
  const base = basename(file).replace(/\.jsonl(\.gz|\.zst)?$/, '');
  return base === 'events' ? `gallery/${basename(join(file, '..'))}` : base;
}
