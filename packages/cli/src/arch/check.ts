// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit arch check PATH|PACKAGE|NAME`: runs the conformance kit. */
import { existsSync } from 'node:fs';
import {
  type CheckOptions,
  checkArchitecture,
  countChecks,
  type GoldenVectors,
  type Report,
} from '@specialbit/conformance';
import type { Architecture } from '@specialbit/core/arch';
import { suggestion } from '@specialbit/events';
import { findArchitecture } from '@specialbit/transcripts';
import { table, wrap } from '@specialbit/view';
import * as t from 'io-ts';
import { architectures } from '../architectures.js';
import { EXIT, InputError } from '../failure.js';
import { loadPlugin } from '../plugin/load-plugin.js';
import type { Terminal } from '../terminal.js';
import { textOfFile } from '../whole-file.js';

export interface CheckCommandOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly runs?: number;
  readonly seed?: number;
  readonly vectors?: string;
}

/** Resolves to the exit code: 1 when a check fails. Throws UsageError, InputError. */
export async function check(what: string, options: CheckCommandOptions, terminal: Terminal): Promise<number> {
  const archs = await subjects(what);
  const kit: CheckOptions = {
    ...(options.runs !== undefined && { runs: options.runs }),
    ...(options.seed !== undefined && { seed: options.seed }),
  };
  const vectors = options.vectors === undefined ? undefined : vectorsFor(archs, options.vectors);
  const reports = archs.map((arch) =>
    checkArchitecture(arch, { ...kit, ...(vectors?.archs.includes(arch) === true && { vectors: vectors.golden }) }),
  );
  if (options.json === true) await terminal.out(`${JSON.stringify(reports, null, 2)}\n`);
  else {
    const texts = reports.map((report) => reportLines(report, options.all === true, terminal).join('\n'));
    await terminal.out(`${texts.join('\n\n')}\n`);
  }
  return reports.every((report) => report.ok) ? EXIT.fine : EXIT.finding;
}

/** A plugin's architectures, or a known one. What looks like a path, or is not known, is a plugin. */
async function subjects(what: string): Promise<readonly Architecture[]> {
  const known = findArchitecture(architectures, what);
  if (known !== undefined && !existsSync(what)) return [known];
  try {
    return await loadPlugin(what);
  } catch (error) {
    if (!(error instanceof InputError) || !error.message.includes('no package of that name')) throw error;
    const hint = suggestion(
      what,
      architectures.map((arch) => arch.name),
    );
    throw new InputError('input.plugin', `${error.message}, and no architecture is called so${hint}`);
  }
}

/** Golden vectors, and which of the architectures they are of: the one they name, or the only one. Throws InputError. */
function vectorsFor(
  archs: readonly Architecture[],
  file: string,
): { readonly golden: GoldenVectors; readonly archs: readonly Architecture[] } {
  const golden = readVectors(file);
  const { config } = golden;
  if (config === undefined) return { golden, archs };
  const named = archs.filter(({ name, aliases }) => name === config || aliases.includes(config));
  if (named.length > 0) return { golden, archs: named };
  const theirs = findArchitecture(architectures, config);
  const kin = archs.filter(({ family }) => theirs === undefined || theirs.family === family);
  // an architecture under another name than its vectors', or a configuration of the same family
  if (archs.length === 1 && kin.length === 1) return { golden, archs };
  const names = archs.map(({ name }) => name).join(', ');
  throw new InputError('input.vectors', `${file}: config: the vectors are of ${config}, and ${names} is checked`);
}

function readVectors(file: string): GoldenVectors {
  const text = textOfFile(file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError('input.vectors', `${file}: ${(error as Error).message}`);
  }
  const decoded = goldenVectors.decode(json);
  if (decoded._tag === 'Right') return decoded.right as GoldenVectors;
  const { context } = decoded.left[0]!;
  const path = context.filter(({ key }, i) => key !== '' && !(context[i - 1]?.type instanceof t.IntersectionType));
  const where = path.map(({ key }) => key).join('.');
  throw new InputError(
    'input.vectors',
    `${file}: ${where === '' ? '' : `${where}: `}expected ${where === 'tests' ? 'an array of names of tests' : context.at(-1)!.type.name}`,
  );
}

/** Longer than io-ts has tuples. */
function row<T extends unknown[]>(...codecs: { [K in keyof T]: t.Type<T[K]> }): t.Type<T> {
  const is = (u: unknown): u is T =>
    Array.isArray(u) && u.length === codecs.length && codecs.every((codec, i) => codec.is(u[i]));
  return new t.Type<T>(`${codecs.length} values`, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c)), t.identity);
}

const hex = t.refinement(t.string, (text) => /^(?:0x)?[0-9a-f]{0,16}$/i.test(text), 'a hexadecimal number');
const whole = t.refinement(t.number, Number.isSafeInteger, 'a whole number');
const goldenVectors = t.intersection([
  t.type({ tests: t.array(t.string) }),
  t.partial({
    config: t.string,
    kernel: t.string,
    protectionMap: t.array(hex),
    vectors: t.array(row<[string, number, string, string, string, string]>(hex, whole, t.string, hex, hex, hex)),
    swap: t.array(row<[number, string, string, number, string, string, string]>(whole, hex, hex, whole, hex, hex, hex)),
    probes: t.array(t.tuple([hex, hex, t.array(hex)])),
    probeOps: t.array(t.string),
  }),
]);

function reportLines(report: Report, all: boolean, { color }: Terminal): string[] {
  const counts = countChecks(report);
  const lines = [
    color.bold(`${report.arch}: ${report.title}`),
    `${report.special ? 'with' : 'without'} a special bit in a PTE`,
    '',
  ];
  if (all) {
    const rows = report.checks.map(({ name, outcome, title }) => [outcome, name, title]);
    lines.push(...table(rows, { wrapLast: true }), '');
  }
  for (const check of report.checks) {
    if (check.outcome === 'accepted' && !all) lines.push(...wrap(`deviates: ${check.name}: ${check.detail}`));
    if (check.outcome !== 'fails') continue;
    lines.push(`${color.red('fails')}: ${check.name}: ${check.title}`);
    lines.push(...check.detail.split('\n').flatMap((line) => wrap(line, 76).map((part) => `  ${part}`)));
  }
  if (lines.at(-1) !== '') lines.push('');
  const verdict = `${counts.holds} checks hold, ${counts.accepted} deviate as the layout says, ${counts['left out']} do not apply, ${counts.fails} fail`;
  lines.push(report.ok ? color.green(verdict) : color.red(verdict));
  return lines;
}
