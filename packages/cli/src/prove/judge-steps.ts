// SPDX-License-Identifier: GPL-2.0-or-later
/** A log's events beside what a real kernel did: field by field against the model's transcript, and its answers against the log's own run. */
import { errnoName, type Outcome } from '@specialbit/core';
import type { CompiledLog } from '@specialbit/lab';
import { findArchitecture, Player, type StepRecord } from '@specialbit/transcripts';
import { architectures } from '../architectures.js';
import { compareRecords } from '../verify/compare-records.js';
import { type Difference, zeroCounts } from '../verify/fields.js';

/**
 * - `agreed`: every field that the kernel wrote down is what the model says;
 * - `differs`: some are not, or the answer is not the log's;
 * - `refused`: the laboratory did not let the call happen (the kernel would have died of it, or it lacks something);
 * - `died`: the kernel died of it;
 * - `apart`: a worker died or hung, or the model's kernel had died before: nothing to compare;
 * - `inexpressible`: the laboratory has no operation for it.
 */
export type Verdict = 'agreed' | 'differs' | 'refused' | 'died' | 'apart' | 'inexpressible';

export interface ProvedEvent {
  /** Numbers of the events that the step carried out. */
  readonly numbers: readonly number[];
  readonly verdict: Verdict;
  /** The script's line; absent where there is none. */
  readonly line?: string;
  /** The kernel's answer in words, and that of the model playing the log. */
  readonly kernel?: string;
  readonly model?: string;
  readonly differences: readonly Difference[];
  /** Why: of what is refused, apart or not expressible. */
  readonly why?: string;
}

/** A log on one lane. */
export interface ProvedLane {
  readonly file: string;
  readonly lane: string;
  /** Why there is no answer; the rest is empty then. */
  readonly why?: string;
  readonly release?: string;
  /** The day on which the kernel was asked. */
  readonly date?: string;
  readonly events: readonly ProvedEvent[];
}

/** `lines`: the transcript of the log's scenario, header first. `file` names it in errors. */
export function judgeSteps(compiled: CompiledLog, lines: readonly string[], file: string): ProvedEvent[] {
  const player = new Player(file, architectures, findArchitecture);
  const proved: ProvedEvent[] = compiled.left.map(({ number, why }) => ({
    numbers: [number],
    verdict: 'inexpressible',
    differences: [],
    why,
  }));
  const firstLeft = Math.min(...compiled.left.map(({ number }) => number));
  const steps = new Map<number, ReturnType<Player['play']>>();
  let died: { readonly seq: number; readonly oops: readonly string[] } | undefined;
  for (const [i, text] of lines.entries()) {
    const played = player.play(text, i + 1);
    if (played.kind !== 'step') continue;
    const { seq, oops } = JSON.parse(text) as StepRecord;
    if (oops !== undefined) died = { seq, oops };
    else steps.set(seq, played);
  }
  const pageSize = player.transcriptHeader?.page_size ?? 4096;
  for (const [seq, { text: line, events: numbers, outcome }] of compiled.lines.entries()) {
    const played = steps.get(seq);
    const own = { numbers, line, model: answerOf(outcome) };
    if (died?.seq === seq) {
      const verdict = outcome.crash === null ? 'died' : 'agreed';
      proved.push({ ...own, verdict, kernel: `died: ${died.oops.at(-1) ?? ''}`, differences: [] });
      continue;
    }
    if (played === undefined) {
      proved.push({ ...own, verdict: 'apart', differences: [], why: 'the kernel had died before' });
      continue;
    }
    const record = JSON.parse(played.text) as StepRecord;
    const kernel = recordAnswer(record);
    const model = JSON.parse(played.model) as StepRecord;
    const differences = played.apart === null ? compareRecords(record, model, zeroCounts(), pageSize) : [];
    // what follows an event that was left out has another history than the log's
    const straight = (numbers[0] ?? 0) < firstLeft;
    const answers = straight && record.would === undefined ? answerDifferences(record, outcome) : [];
    proved.push({ ...own, kernel, ...verdictOf(record, outcome, played.apart, [...differences, ...answers]) });
  }
  // what a header says is carried out first, and is no event
  return proved
    .filter(({ numbers, verdict }) => numbers.length > 0 || verdict !== 'agreed')
    .sort((a, b) => (a.numbers[0] ?? 0) - (b.numbers[0] ?? 0));
}

function verdictOf(
  { would }: StepRecord,
  { crash, hang }: Outcome,
  apart: string | null,
  differences: readonly Difference[],
): Pick<ProvedEvent, 'verdict' | 'differences' | 'why'> {
  if (differences.length > 0) return { verdict: 'differs', differences };
  if (would?.startsWith('worker-')) {
    const both = hang && would === 'worker-hang';
    return both ? { verdict: 'agreed', differences } : { verdict: 'apart', differences, why: would };
  }
  if (apart !== null) return { verdict: 'apart', differences, why: APART[apart] ?? apart };
  if (would !== undefined) {
    const why = crash === null ? would : `${would}: the model has the kernel die of it`;
    return { verdict: 'refused', differences, why };
  }
  return { verdict: 'agreed', differences };
}

const APART: Readonly<Record<string, string>> = {
  survived: 'the kernel looks at a struct page that does not exist; what is there is chance',
  bug: 'by the model the kernel dies of it, and it went on',
  dead: "the model's kernel had died before",
};

/** An answer in a few words. */
export function answerOf({ ret, signal, crash, hang, value }: Outcome): string {
  if (crash !== null) return `dies: ${crash.what} in ${crash.where}`;
  if (hang) return 'does not return';
  if (signal !== null) return signal;
  return retText(ret) + (value === null ? '' : `, reads ${value}`);
}

function retText(ret: number): string {
  return ret < 0 ? `-${errnoName(ret) ?? -ret}` : String(ret);
}

function recordAnswer({ ret = 0, err, would, signal, val }: StepRecord): string {
  if (would?.startsWith('worker-hang')) return 'does not return';
  if (would !== undefined) return `not called: ${would}`;
  if (signal !== undefined) return signal;
  return (err === undefined ? String(ret) : `-${err}`) + (val === undefined ? '' : `, reads ${val}`);
}

/** Where the kernel's answer is not the log's own. */
function answerDifferences({ ret = 0, err, signal, calls }: StepRecord, outcome: Outcome): Difference[] {
  const found: Difference[] = [];
  const compare = (field: Difference['field'], kernel: unknown, model: unknown): void => {
    if (JSON.stringify(kernel) !== JSON.stringify(model)) found.push({ field, where: 'the log', kernel, model });
  };
  if (outcome.crash !== null) return [];
  compare('signal', signal ?? null, outcome.signal);
  if (signal === undefined) compare('ret', err === undefined ? String(ret) : `-${err}`, retText(outcome.ret));
  compare('calls', calls ?? [0, 0, 0], [...outcome.calls]);
  return found;
}
