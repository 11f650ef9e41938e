// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit verify --model CMD FILE...`: how another implementation answers what real kernels were asked. */
import { count, table, wrap } from '@specialbit/view';
import { codeMark } from '../../exit.js';
import { EXIT, UsageError } from '../../failure.js';
import type { Terminal } from '../../terminal.js';
import { FIELDS } from '../fields.js';
import type { Input } from '../inputs.js';
import { mismatchLines, percent } from '../report.js';
import { newTally, type Score, scoreFile, type Tally } from './score.js';

export interface ModelOptions {
  readonly model: string;
  readonly timeout: number;
  readonly max: number;
  readonly jobs?: number;
  readonly json?: boolean;
}

/** Resolves to the exit code: 0 all right; 1 not all; 2 a transcript that cannot be read, or a command that does not run. */
export async function verifyModel(
  inputs: readonly Input[],
  options: ModelOptions,
  terminal: Terminal,
): Promise<number> {
  const { model, timeout, max } = options;
  if (model.trim() === '') throw new UsageError('usage.value', '--model: expected a command');
  if (timeout < 1) throw new UsageError('usage.value', `--timeout ${timeout}: expected 1 second or more`);
  const scores: Score[] = new Array(inputs.length);
  const left = inputs.map((_, i) => i);
  const work = async (): Promise<void> => {
    for (let i = left.shift(); i !== undefined; i = left.shift())
      scores[i] = await scoreFile(inputs[i]!.file, { command: model, timeout, max });
  };
  await Promise.all(Array.from({ length: Math.max(1, options.jobs ?? 1) }, work));
  const all = sum(scores);
  await terminal.out(
    options.json === true
      ? `${JSON.stringify(scoreJson(scores, options), null, 2)}\n`
      : `${scoreLines(scores, options, terminal).join('\n')}\n`,
  );
  for (const { file, error, problems } of scores) {
    if (error !== undefined) terminal.err(`specialbit: ${error}\n`);
    for (const problem of problems) terminal.err(`specialbit: ${file}: ${problem} ${codeMark('model.answer')}\n`);
  }
  if (scores.some(({ error, unstartable }) => error !== undefined || unstartable)) return EXIT.unusable;
  return all.right === all.steps && scores.every(({ problems }) => problems.length === 0) ? EXIT.fine : EXIT.finding;
}

function sum(tallies: readonly Tally[]): Tally {
  const all = newTally();
  for (const tally of tallies)
    for (const key of ['steps', 'right', 'wrong', 'missing'] as const) all[key] += tally[key];
  return all;
}

function by(scores: readonly Score[], key: (score: Score) => string): [string, Tally][] {
  const groups = new Map<string, Score[]>();
  for (const score of scores) groups.set(key(score), [...(groups.get(key(score)) ?? []), score]);
  return [...groups].map(([name, members]) => [name, sum(members)]);
}

function operations(scores: readonly Score[]): [string, Tally][] {
  const groups = new Map<string, Tally[]>();
  for (const { operations: own } of scores)
    for (const [name, tally] of own) groups.set(name, [...(groups.get(name) ?? []), tally]);
  return [...groups]
    .map(([name, tallies]): [string, Tally] => [name, sum(tallies)])
    .sort(([, a], [, b]) => b.steps - a.steps);
}

const machineOf = ({ machine, kernel }: Score): string => `${machine ?? '?'}, ${kernel ?? '?'}`;

function tallyTable(name: string, rows: readonly [string, Tally][]): string[] {
  const head = [name, 'steps', 'right', 'wrong', 'missing', 'score'];
  return table(
    [
      head,
      ...rows.map(([key, t]) => [
        key,
        count(t.steps),
        count(t.right),
        count(t.wrong),
        count(t.missing),
        percent(t.right, t.steps),
      ]),
    ],
    { align: 'lrrrrr' },
  );
}

function fieldsOf(
  scores: readonly Score[],
): { readonly field: string; readonly compared: number; readonly agree: number }[] {
  return FIELDS.flatMap((field) => {
    const compared = scores.reduce((n, score) => n + score.compared[field], 0);
    const differ = scores.reduce((n, score) => n + score.differ[field], 0);
    return compared === 0 ? [] : [{ field, compared, agree: compared - differ }];
  });
}

function scoreLines(scores: readonly Score[], { max }: ModelOptions, terminal: Terminal): string[] {
  const all = sum(scores);
  const lines = scores
    .flatMap(({ mismatches }) => mismatches)
    .slice(0, max)
    .flatMap((mismatch) => [...mismatchLines(mismatch, terminal), '']);
  lines.push(...tallyTable('machine, kernel', by(scores, machineOf)), '');
  lines.push(
    ...tallyTable(
      'scenarios',
      by(scores, ({ kind }) => kind),
    ),
    '',
    ...tallyTable('operation', operations(scores)),
    '',
  );
  const fields = fieldsOf(scores).map(({ field, compared, agree }) => [
    field,
    count(compared),
    count(agree),
    percent(agree, compared),
  ]);
  if (fields.length > 0)
    lines.push(...table([['field', 'compared', 'agree', 'agreement'], ...fields], { align: 'lrrr' }), '');
  const right = `${count(all.right)} of ${count(all.steps)} steps are right in every field`;
  const rest = `${count(all.wrong)} are wrong, ${count(all.missing)} were not answered`;
  const perfect = all.right === all.steps;
  const text = perfect ? right : `${right} (${percent(all.right, all.steps)}); ${rest}`;
  lines.push(...wrap(text).map(perfect ? terminal.color.green : terminal.color.red));
  return lines;
}

function scoreJson(scores: readonly Score[], { model, max }: ModelOptions): unknown {
  const plain = ({ steps, right, wrong, missing }: Tally): Tally => ({ steps, right, wrong, missing });
  const named = (rows: readonly [string, Tally][]): unknown =>
    Object.fromEntries(rows.map(([name, tally]) => [name, plain(tally)]));
  return {
    model,
    total: plain(sum(scores)),
    files: scores.map((s) => ({
      ...{ file: s.file, arch: s.machine ?? null, kernel: s.kernel ?? null, kind: s.kind, scenarios: s.scenarios },
      ...plain(s),
      problems: s.problems,
      ...(s.error === undefined ? {} : { error: s.error }),
    })),
    machines: named(by(scores, machineOf)),
    kinds: named(by(scores, ({ kind }) => kind)),
    operations: named(operations(scores)),
    fields: Object.fromEntries(fieldsOf(scores).map(({ field, ...rest }) => [field, rest])),
    mismatches: scores.flatMap(({ mismatches }) => mismatches).slice(0, max),
  };
}
