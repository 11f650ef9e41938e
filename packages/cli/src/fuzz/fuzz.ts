// SPDX-License-Identifier: GPL-2.0-or-later
/** Differential testing: batches of random scenarios on one boot of a real kernel, each step against the model. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Attendance,
  type BuiltKernel,
  Random,
  type RunResult,
  randomScenario,
  runScript,
  shrinkScenario,
} from '@specialbit/lab';
import { folderOf, writeFileWhole } from '../export/output.js';
import { EXIT, InputError, UsageError } from '../failure.js';
import { attended } from '../lab/attended.js';
import { builtFor } from '../lab/build.js';
import { ProgressLine } from '../lab/progress-line.js';
import { lanesOf } from '../log/lane.js';
import { type RealLane, realLane } from '../prove/lanes.js';

import type { Printed } from '../schema/outputs.js';
import type { Terminal } from '../terminal.js';
import type { FileResult, Mismatch } from '../verify/result.js';
import { verifyFile } from '../verify/verify-file.js';

export interface FuzzOptions {
  readonly against: string[];
  readonly seconds: number;
  readonly seed: number;
  readonly batch: number;
  readonly steps: number;
  readonly output: string;
  readonly built?: boolean;
  readonly jobs: number;
  readonly kvm?: boolean;
  readonly json?: boolean;
}

/** What came of one lane. */
interface FuzzedLane {
  readonly lane: string;
  readonly release: string;
  boots: number;
  scenarios: number;
  steps: number;
  agreeing: number;
  /** Steps with nothing to compare: a worker hung or died, or the kernel looks at what is not there. */
  apart: number;
  deaths: number;
  readonly differences: {
    readonly scenario: string;
    readonly lines: number;
    readonly fields: readonly string[];
    readonly file: string;
  }[];
}

/** Resolves to the exit code: 1 where something differs. Throws UsageError, LabError and InputError. */
export async function fuzz(options: FuzzOptions, terminal: Terminal): Promise<number> {
  const lanes = lanesOf('--against', { specialbit: 1 } as never, options.against, []).map((lane) => {
    const real = realLane(lane);
    if ('why' in real) throw new UsageError('usage.architecture', `${real.name}: ${real.why}`);
    return real;
  });
  const results: FuzzedLane[] = [];
  await attended(async (attendance) => {
    for (const real of lanes) results.push(await new Fuzzer(real, options, attendance, terminal).run());
  });
  const printed: Printed<'fuzz'> = { seed: options.seed, lanes: results };
  if (options.json === true) await terminal.out(`${JSON.stringify(printed, null, 2)}\n`);
  else for (const result of results) await terminal.out(text(result));
  return results.some(({ differences }) => differences.length > 0) ? EXIT.finding : EXIT.fine;
}

function text({ lane, release, boots, scenarios, steps, agreeing, apart, deaths, differences }: FuzzedLane): string {
  const lines = [
    `${lane}, Linux ${release}: ${steps} steps of ${scenarios} scenarios in ${boots} boots: ${agreeing} agree, ${apart} apart, ${deaths} deaths of the kernel, ${differences.length} scenarios differ`,
    ...differences.map(
      ({ scenario, lines: left, fields, file }) => `  ${scenario}: ${fields.join(', ')}; ${left} lines: ${file}`,
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** What each step of scenarios was asked for, as records of a transcript begin. */
export function stepsOf(scenarios: ReadonlyMap<string, readonly string[]>): string {
  let text = '';
  for (const [scenario, lines] of scenarios) {
    for (const [seq, line] of lines.entries()) {
      const [name, ...words] = line.split(' ');
      const args = words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const);
      const values = args.map(([key, value]) => [key, /^[-+]?\d+$/.test(value) ? Number(value) : value] as const);
      const { mm = 0, ...op } = Object.fromEntries<string | number>(values);
      text += `${JSON.stringify({ scenario, seq, mm, op: { name, ...op } })}\n`;
    }
  }
  return text;
}

class Fuzzer {
  constructor(
    private readonly real: RealLane,
    private readonly options: FuzzOptions,
    private readonly attendance: Attendance,
    private readonly terminal: Terminal,
  ) {}

  async run(): Promise<FuzzedLane> {
    const { real, options, attendance, terminal } = this;
    const { machine, kernel: name, config } = real;
    const asked = {
      kernel: name,
      arch: machine.name,
      config: [...config],
      jobs: options.jobs,
      built: options.built === true,
    };
    const kernel = await builtFor(asked, attendance, terminal);
    const random = new Random(options.seed);
    const found: FuzzedLane = {
      lane: real.name,
      release: kernel.release,
      boots: 0,
      scenarios: 0,
      steps: 0,
      agreeing: 0,
      apart: 0,
      deaths: 0,
      differences: [],
    };
    const until = performance.now() + options.seconds * 1000;
    for (let batch = 0; performance.now() < until; batch++) {
      const scenarios = new Map<string, readonly string[]>();
      for (let i = 0; i < options.batch; i++)
        scenarios.set(`z${options.seed}-${batch}-${i}`, randomScenario(random, options.steps));
      const { result, run } = await this.play(kernel, scenarios);
      found.boots += run.boots;
      found.scenarios += run.scenarios;
      found.steps += result.steps;
      found.agreeing += result.agreeing + result.known.length;
      found.apart += result.apart.length;
      found.deaths += run.deaths.length;
      for (const mismatch of result.mismatches) found.differences.push(await this.keep(kernel, scenarios, mismatch));
    }
    return found;
  }

  /** A batch on the kernel, compared with the model. */
  private async play(
    kernel: BuiltKernel,
    scenarios: ReadonlyMap<string, readonly string[]>,
  ): Promise<{ readonly result: FileResult; readonly run: RunResult }> {
    const script = [...scenarios].map(([name, lines]) => [`S ${name}`, ...lines, ''].join('\n')).join('');
    const line = new ProgressLine(this.terminal);
    const { attendance } = this;
    const progress = (said: string): void => line.show(said);
    const folder = mkdtempSync(join(tmpdir(), 'specialbit-fuzz-'));
    try {
      const run = await runScript(kernel, this.real.machine, script, {
        stall: 60,
        timeout: 3600,
        kvm: this.options.kvm === true,
        attendance,
        progress,
      });
      const file = join(folder, 'kernel', 'transcript.jsonl');
      mkdirSync(dirname(file));
      writeFileSync(file, run.lines.map((record) => `${record}\n`).join(''));
      // a kernel that dies does not write down of what: verify finds it in a file of that name beside
      if (run.deaths.length > 0) {
        mkdirSync(join(folder, 'script'));
        writeFileSync(join(folder, 'script', 'transcript.jsonl'), stepsOf(scenarios));
      }
      const result = await verifyFile({ file, part: 0, parts: 1 }, { max: scenarios.size, known: [] }, () => {});
      if (result.error !== undefined) throw new InputError('input.transcripts', result.error);
      return { result, run };
    } finally {
      line.end();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Shrinks a scenario on the kernel, and writes what is left of it. */
  private async keep(
    kernel: BuiltKernel,
    scenarios: ReadonlyMap<string, readonly string[]>,
    { scenario, seq, differences }: Mismatch,
  ): Promise<FuzzedLane['differences'][number]> {
    const ask = async (tries: readonly (readonly string[])[]): Promise<boolean[]> => {
      const { result } = await this.play(kernel, new Map(tries.map((lines, i) => [`t${i}`, lines])));
      const differing = new Set(result.mismatches.map((one) => one.scenario));
      return tries.map((_, i) => differing.has(`t${i}`));
    };
    const lines = await shrinkScenario((scenarios.get(scenario) ?? []).slice(0, seq + 1), ask);
    const { run } = await this.play(kernel, new Map([[scenario, lines]]));
    const { output } = this.options;
    const file = join(output, `${scenario}.${this.real.name}`);
    folderOf(output);
    await writeFileWhole(`${file}.txt`, (write) => write([`S ${scenario}`, ...lines, ''].join('\n')));
    await writeFileWhole(`${file}.jsonl`, (write) => write(run.lines.map((record) => `${record}\n`).join('')));
    return {
      scenario,
      lines: lines.length,
      fields: [...new Set(differences.map(({ field }) => field))],
      file: `${file}.txt`,
    };
  }
}
