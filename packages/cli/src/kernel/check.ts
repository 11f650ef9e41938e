// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit kernel check PATH`: what the model cites, held against a kernel tree. */
import { existsSync, readFileSync } from 'node:fs';
import { defineProfile, findProfile } from '@specialbit/core';
import { compareVersions, InternalError } from '@specialbit/events';
import {
  type CheckedFunction,
  type Cited,
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
  const known = readKnown();
  const cited = citedThere(citationsOf(profile), known, series);
  const releases = [...new Set(Object.values(known).flatMap((files) => Object.values(files).flatMap(Object.keys)))];
  releases.sort(compareVersions);
  if (options.learn !== undefined) {
    const definitions = findDefinitions(path, new Set(cited.functions.map(({ function: name }) => name)));
    await writeOutput([`${JSON.stringify(learn(known, series, definitions))}\n`], options.learn, terminal);
  }
  if (options.since !== undefined && !releases.includes(options.since))
    throw new UsageError('usage.kernel', `--since ${options.since}: known are ${releases.join(', ')}`);
  // a tree of a release that the model was read from is compared with that: what is left is what its owner changed
  const baseline =
    options.since ?? releases.findLast((release) => compareVersions(release, series) <= 0) ?? releases[0];
  const result = checkTree(path, cited, known, baseline);
  const about = { release: tree.release, profile: profile.name, ...(baseline === undefined ? {} : { baseline }) };
  const printed: Printed<'kernel.check'> = { ...about, ...result };
  if (options.json === true) await terminal.out(`${JSON.stringify(printed, null, 2)}\n`);
  else await terminal.out(`${lines(result, about, options.all === true).join('\n')}\n`);
  const lost = result.functions.some(({ standing }) => standing === 'moved' || standing === 'gone');
  return lost || result.symbols.some(({ found }) => !found) ? EXIT.finding : EXIT.fine;
}

/** A reason names the function of the first kernel that can answer so: an older tree is not asked for that. */
function citedThere(cited: Cited, known: KnownFunctions, series: string): Cited {
  const later = (name: string): boolean => {
    const releases = Object.values(known[name] ?? {}).flatMap(Object.keys);
    return releases.length > 0 && releases.every((release) => compareVersions(release, series) > 0);
  };
  return {
    ...cited,
    functions: cited.functions.filter(({ by, function: name }) => !/^reason /.test(by) || !later(name)),
  };
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

const ORDER: readonly Standing[] = ['gone', 'moved', 'signature', 'changed', 'unknown', 'stands'];

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
    unknown: `there, and nothing is known of it in ${baseline}`,
    stands: `as in ${baseline}`,
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
