// SPDX-License-Identifier: GPL-2.0-or-later
/** How well another implementation answers one transcript: steps and fields, by operation. */
import { basename } from 'node:path';
import { readLineBatches } from '@specialbit/events/node';
import { type StepRecord, Stripper, type TranscriptHeader } from '@specialbit/transcripts';
import { failureText } from '../../failure.js';
import { compareRecords } from '../compare-records.js';
import { type Counts, type Difference, FIELDS, zeroCounts } from '../fields.js';
import type { Mismatch } from '../result.js';
import { keyOf, runModel } from './run-model.js';

export interface Tally {
  steps: number;
  right: number;
  wrong: number;
  missing: number;
}

export interface Score extends Tally {
  readonly file: string;
  /** `arm`, and the kernel: `6.12.117`; undefined where there was no header. */
  machine: string | undefined;
  kernel: string | undefined;
  /** `curated`, `random`: the name of the file. */
  readonly kind: string;
  scenarios: number;
  readonly operations: Map<string, Tally>;
  readonly compared: Counts;
  readonly differ: Counts;
  readonly mismatches: Mismatch[];
  /** What went wrong with the model, a line each. */
  readonly problems: string[];
  /** The command does not run. */
  unstartable: boolean;
  /** Why the transcript could not be read. */
  error: string | undefined;
}

export const newTally = (): Tally => ({ steps: 0, right: 0, wrong: 0, missing: 0 });

export interface ScoreOptions {
  readonly command: string;
  /** Seconds for each transcript. */
  readonly timeout: number;
  /** Steps that are wrong and told of, of each transcript. */
  readonly max: number;
}

/** Never throws for what a file holds or a model does. */
export async function scoreFile(file: string, { command, timeout, max }: ScoreOptions): Promise<Score> {
  const score: Score = {
    ...{ file, machine: undefined, kernel: undefined, kind: basename(file).replace(/\..*$/, ''), scenarios: 0 },
    ...newTally(),
    ...{ operations: new Map(), compared: zeroCounts(), differ: zeroCounts(), mismatches: [], problems: [] },
    ...{ unstartable: false, error: undefined },
  };
  const asked: string[] = [];
  const steps: { readonly record: StepRecord; readonly line: number }[] = [];
  let pageSize = 4096;
  try {
    const stripper = new Stripper(file);
    for await (const { first, lines } of readLineBatches(file)) {
      for (const [i, line] of lines.entries()) {
        const stripped = stripper.strip(line, first + i);
        if (stripped === undefined) continue;
        asked.push(stripped.text);
        if (stripped.step !== undefined)
          steps.push({ record: stripped.step as unknown as StepRecord, line: first + i });
        else if (line.startsWith('{"header"')) {
          const { arch, kernel, page_size } = JSON.parse(line) as TranscriptHeader;
          score.machine = arch;
          score.kernel = kernel;
          pageSize = page_size;
        } else score.scenarios++;
      }
    }
  } catch (error) {
    score.error = failureText(error);
    return score;
  }
  const { answers, garbage, problem, missing } = await runModel(command, asked, timeout);
  score.unstartable = missing;
  for (const { record, line } of steps) {
    // of a worker that hung or died the laboratory has no answer
    if (record.would?.startsWith('worker-') === true) continue;
    const differences = compared(record, answers.get(keyOf(record.scenario, record.seq)), score.compared, pageSize);
    const tally = score.operations.get(record.op.name) ?? newTally();
    score.operations.set(record.op.name, tally);
    const kind = differences === undefined ? 'missing' : differences.length === 0 ? 'right' : 'wrong';
    for (const one of [score, tally]) {
      one.steps++;
      one[kind]++;
    }
    if (differences === undefined || differences.length === 0) continue;
    for (const { field } of differences) score.differ[field]++;
    const { scenario, seq, mm, op } = record;
    if (score.mismatches.length < max)
      score.mismatches.push({ file, line, arch: score.machine ?? '?', scenario, seq, mm, op, differences });
  }
  if (problem !== undefined)
    score.problems.push(`the model ${problem}; ${score.steps - score.missing} of ${score.steps} steps were answered`);
  if (garbage.lines > 0)
    score.problems.push(
      `${garbage.lines} ${garbage.lines === 1 ? 'line' : 'lines'} of the model's output are no records, the first: ${JSON.stringify(garbage.first)}`,
    );
  return score;
}

/** Undefined where there is no answer. */
function compared(
  kernel: StepRecord,
  model: Readonly<Record<string, unknown>> | undefined,
  counts: Counts,
  pageSize: number,
): Difference[] | undefined {
  if (model === undefined) return undefined;
  const own = zeroCounts();
  try {
    const found = compareRecords(kernel, model as unknown as StepRecord, own, pageSize);
    for (const field of FIELDS) counts[field] += own[field];
    return found;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError)) throw error;
    counts.other++;
    return [
      {
        field: 'other',
        where: 'record',
        kernel: 'a record of a transcript',
        model: JSON.stringify(model).slice(0, 80),
      },
    ];
  }
}
