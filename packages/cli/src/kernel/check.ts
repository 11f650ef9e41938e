// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit kernel check PATH`: what the model cites, held against a kernel tree. */
import { existsSync, readFileSync } from 'node:fs';
import { defineProfile, findProfile } from '@specialbit/core';
import { compareVersions, InternalError } from '@specialbit/events';
import {
  type CheckedFunction,
  checkTree,
  findDefinitions,
  type KnownFunctions,
  learn,
  readTree,
  type Standing,
  type TreeCheck,
} from '@specialbit/lab';
import { table } from '@specialbit/view';
import { writeOutput } from '../export/output.js';
import { EXIT, InputError, UsageError } from '../failure.js';
import { KNOWN_FUNCTIONS } from '../places.js';
import type { Printed } from '../schema/outputs.js';
import type { Terminal } from '../terminal.js';
import { citationsOf } from './citations.js';

export interface CheckOptions {
  readonly since?: string;
  readonly learn?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Resolves to the exit code: 1 where something does not stand. Throws LabError, UsageError, InputError. */
export async function check(path: string, options: CheckOptions, terminal: Terminal): Promise<number> {
  const tree = readTree(path);
  const series = tree.release.split('.').slice(0, 2).join('.');
  const profile = findProfile(tree.release) ?? findProfile(series) ?? defineProfile(series);
  const cited = citationsOf(profile);
  const known = readKnown();
  const releases = [...new Set(Object.values(known).flatMap((files) => Object.values(files).flatMap(Object.keys)))];
  releases.sort(compareVersions);
  if (options.learn !== undefined) {
    const definitions = findDefinitions(path, new Set(cited.functions.map(({ function: name }) => name)));
    await writeOutput([`${JSON.stringify(learn(known, series, definitions))}\n`], options.learn, terminal);
  }
  if (options.since !== undefined && !releases.includes(options.since))
    throw new UsageError('usage.kernel', `--since ${options.since}: known are ${releases.join(', ')}`);
  const baseline = options.since ?? releases.findLast((release) => compareVersions(release, series) < 0) ?? releases[0];
  const result = checkTree(path, cited, known, baseline);
  const about = { release: tree.release, profile: profile.name, ...(baseline === undefined ? {} : { baseline }) };
  const printed: Printed<'kernel.check'> = { ...about, ...result };
  if (options.json === true) await terminal.out(`${JSON.stringify(printed, null, 2)}\n`);
  else await terminal.out(`${lines(result, about, options.all === true).join('\n')}\n`);
  const lost = result.functions.some(({ standing }) => standing === 'moved' || standing === 'gone');
  return lost || result.symbols.some(({ found }) => !found) ? EXIT.finding : EXIT.fine;
}

function readKnown(): KnownFunctions {
  const file = KNOWN_FUNCTIONS.find((one) => existsSync(one));
  if (file === undefined) throw new InternalError('the known functions are not beside the command');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KnownFunctions;
  } catch (error) {
    throw new InputError('input.unreadable', `${file}: ${(error as Error).message}`);
  }
}

const ORDER: readonly Standing[] = ['gone', 'moved', 'signature', 'changed', 'stands'];

function lines(
  { functions, symbols, commits }: TreeCheck,
  { release, profile, baseline }: { readonly release: string; readonly profile: string; readonly baseline?: string },
  all: boolean,
): string[] {
  const words: Readonly<Record<Standing, string>> = {
    gone: 'gone',
    moved: 'moved',
    signature: `other arguments or type than in ${baseline}`,
    changed: `changed since ${baseline}`,
    stands: 'stands',
  };
  const of = (standing: Standing): CheckedFunction[] => functions.filter((one) => one.standing === standing);
  const out = [`Linux ${release}, held against what the model says of ${profile}: ${functions.length} functions`, ''];
  out.push(
    ...table(
      ORDER.filter((standing) => of(standing).length > 0).map((standing) => [
        `  ${of(standing).length}`,
        words[standing],
      ]),
      { align: 'rl' },
    ),
  );
  for (const standing of ORDER) {
    const found = of(standing);
    if (found.length === 0 || (standing === 'stands' && !all)) continue;
    out.push('', `${words[standing]}:`);
    const rows = found.map(({ function: name, file, now, by }) => [
      `  ${name}()`,
      standing === 'moved' ? `${file}: now in ${now.slice(0, 3).join(', ')}${now.length > 3 ? ' ...' : ''}` : file,
      by.length > 2 ? `${by.slice(0, 2).join(', ')} and ${by.length - 2} more` : by.join(', '),
    ]);
    out.push(...table(rows));
  }
  const missing = symbols.filter(({ found }) => !found).map(({ symbol }) => symbol);
  out.push(
    '',
    missing.length === 0
      ? `all ${symbols.length} Kconfig symbols are there`
      : `Kconfig symbols that are not there: ${missing.join(', ')}`,
  );
  if (commits === null) out.push('no history: commits were not looked for');
  else {
    const absent = commits.filter(({ found }) => !found);
    out.push(`commits: ${commits.length - absent.length} of ${commits.length} subjects are in the history`);
    for (const { by, subject, commit, version } of absent)
      out.push(`  not found: ${commit ?? ''} ("${subject}"), ${version}, ${by}`);
  }
  return out;
}
