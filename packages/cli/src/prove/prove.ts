// SPDX-License-Identifier: GPL-2.0-or-later
/** Logs on the real kernels of their lanes: one boot for all that one kernel has to answer. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { LaneOptions } from '@specialbit/core';
import {
  type Attendance,
  type BuiltKernel,
  type CompiledLog,
  compileLog,
  LabError,
  type Proof,
  proofLines,
  runScript,
  scriptOf,
} from '@specialbit/lab';
import { folderOf, writeFileWhole } from '../export/output.js';
import { EXIT, UsageError } from '../failure.js';
import { attended } from '../lab/attended.js';
import { builtFor } from '../lab/build.js';
import { ProgressLine } from '../lab/progress-line.js';
import { nameOf } from '../lab/scenario-name.js';
import { type WholeLog, wholeLog } from '../log/check-expectations.js';
import { hashOfLog } from '../log/hash.js';
import { lanesOf } from '../log/lane.js';
import { logsBelow } from '../log/logs-below.js';
import type { Terminal } from '../terminal.js';
import { judgeSteps, type ProvedLane } from './judge-steps.js';
import { type NoLane, type RealLane, realLane } from './lanes.js';
import { madeBefore } from './made-before.js';
import { proofJson, proofTable, proofText } from './proof-text.js';

export interface ProveOptions {
  readonly arch?: string[];
  readonly output?: string;
  readonly all?: boolean;
  readonly jobs: number;
  readonly built?: boolean;
  readonly stall: number;
  readonly timeout: number;
  readonly kvm?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly from?: string[];
}

interface Asked {
  readonly log: WholeLog;
  readonly sha256: string;
  readonly scenario: string;
  readonly compiled: CompiledLog;
  readonly real: RealLane;
}

/** Resolves to the exit code: 1 where kernel and model differ. Throws UsageError, InputError, LogError, LabError. */
export async function prove(paths: readonly string[], options: ProveOptions, terminal: Terminal): Promise<number> {
  if (options.from !== undefined) {
    if (paths.length > 0) throw new UsageError('usage.files', '--from names proofs, and they name their logs');
    return report(await madeBefore(options.from), options, terminal);
  }
  if (paths.length === 0) throw new UsageError('usage.files', 'expected logs, or --from with proofs');
  const results: ProvedLane[] = [];
  const asked: Asked[] = [];
  for (const file of paths.flatMap(logsBelow)) {
    const log = await wholeLog(file);
    const sha256 = hashOfLog(file);
    for (const lane of lanesOf(log.file, log.header, options.arch, ['x86_64'])) {
      const question = ask(log, sha256, lane, asked.length);
      if ('why' in question) results.push({ file, lane: question.name, why: question.why, events: [] });
      else asked.push(question);
    }
  }
  await attended(async (attendance) => {
    for (const group of byKernel(asked)) results.push(...(await answer(group, options, attendance, terminal)));
  });
  return report(results, options, terminal);
}

async function report(results: ProvedLane[], options: ProveOptions, terminal: Terminal): Promise<number> {
  results.sort((a, b) => a.file.localeCompare(b.file) || a.lane.localeCompare(b.lane));
  const { json = false, markdown = false, all = false } = options;
  await terminal.out(json ? proofJson(results) : markdown ? proofTable(results) : proofText(results, all));
  const differs = results.some(({ events }) =>
    events.some(({ verdict }) => verdict === 'differs' || verdict === 'died'),
  );
  return differs ? EXIT.finding : EXIT.fine;
}

function ask(log: WholeLog, sha256: string, lane: LaneOptions, index: number): Asked | NoLane {
  const real = realLane(lane);
  if ('why' in real) return real;
  const compiled = compileLog(log.header, log.events, lane);
  if (compiled.lines.length === 0) {
    const [first] = compiled.left;
    return {
      name: real.name,
      why: first === undefined ? 'a log without events' : `nothing of it can be expressed: ${first.why}`,
    };
  }
  return { log, sha256, scenario: `${nameOf(log.file)}.${index}`, compiled, real };
}

function byKernel(asked: readonly Asked[]): Asked[][] {
  const groups = new Map<string, Asked[]>();
  for (const one of asked) {
    const { machine, kernel, config } = one.real;
    const key = JSON.stringify([machine.name, kernel, config]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

async function answer(
  group: readonly Asked[],
  options: ProveOptions,
  attendance: Attendance,
  terminal: Terminal,
): Promise<ProvedLane[]> {
  const [{ real }] = group as [Asked];
  const { machine, kernel: name, config } = real;
  let kernel: BuiltKernel;
  try {
    kernel = await builtFor(
      { kernel: name, arch: machine.name, config: [...config], jobs: options.jobs, built: options.built === true },
      attendance,
      terminal,
    );
  } catch (error) {
    // lanes that nobody named can be left out where their kernel is not to be had
    if (!(error instanceof LabError) || (options.arch !== undefined && options.built !== true)) throw error;
    if (error.code !== 'lab.source' && error.code !== 'lab.tools') throw error;
    return group.map(({ log, real: { name: lane } }) => ({ file: log.file, lane, why: error.message, events: [] }));
  }
  const line = new ProgressLine(terminal);
  const { stall, timeout, kvm = false } = options;
  try {
    const script = group.map(({ scenario, compiled }) => scriptOf(scenario, compiled)).join('');
    const progress = (text: string): void => line.show(text);
    const run = await runScript(kernel, machine, script, { stall, timeout, kvm, attendance, progress });
    const lanes: ProvedLane[] = [];
    for (const one of group) lanes.push(await judged(one, kernel, run.lines, options));
    return lanes;
  } finally {
    line.end();
  }
}

async function judged(
  { log, sha256, scenario, compiled, real }: Asked,
  kernel: BuiltKernel,
  records: readonly string[],
  { output }: ProveOptions,
): Promise<ProvedLane> {
  const proof: Proof = {
    version: 1,
    log: { file: log.file, title: log.header.title ?? '', sha256 },
    lane: real.name,
    date: new Date().toISOString().slice(0, 10),
    kernel: { release: kernel.release, image: kernel.imageHash, config: kernel.configHash },
    events: compiled.lines.map(({ events }) => events),
    left: compiled.left,
  };
  const lines = proofLines(proof, records, scenario);
  if (output !== undefined) await writeProof(output, `${nameOf(log.file)}.${real.name}.jsonl.gz`, lines);
  return { file: log.file, lane: real.name, release: kernel.release, events: judgeSteps(compiled, lines, log.file) };
}

async function writeProof(folder: string, name: string, lines: readonly string[]): Promise<void> {
  folderOf(folder);
  const bytes = gzipSync(lines.map((line) => `${line}\n`).join(''), { level: 9 });
  await writeFileWhole(join(folder, name), (write) => write(bytes));
}
