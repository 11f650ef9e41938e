// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit lab run FILE`: a script or a log on a real kernel. */
import { readFileSync } from 'node:fs';
import { compileLog, findMachine, LabError, type RunResult, runScript, scriptOf } from '@specialbit/lab';
import { writeOutput } from '../export/output.js';
import { EXIT, InputError } from '../failure.js';
import { wholeLog } from '../log/check-expectations.js';
import { lanesOf } from '../log/lane.js';
import type { Printed } from '../schema/outputs.js';
import type { Terminal } from '../terminal.js';
import { isLog } from '../verify/verify-logs.js';
import { attended } from './attended.js';
import { type BuildCommandOptions, builtFor } from './build.js';
import { ProgressLine } from './progress-line.js';
import { nameOf } from './scenario-name.js';

export interface RunCommandOptions extends BuildCommandOptions {
  readonly output?: string;
  readonly stall: number;
  readonly timeout: number;
  readonly params?: string;
  readonly kvm?: boolean;
}

/** Resolves to the exit code: 1 where the kernel died. Throws LabError and InputError. */
export async function runInLab(file: string, options: RunCommandOptions, terminal: Terminal): Promise<number> {
  const machine = findMachine(options.arch);
  const script = (await isLog({ file, bytes: 0 })) ? await scriptOfLog(file, options, terminal) : readScript(file);
  const result = await attended(async (attendance) => {
    const kernel = await builtFor(options, attendance, terminal);
    const line = new ProgressLine(terminal);
    const { stall, timeout, params = '', kvm = false } = options;
    try {
      const progress = (text: string): void => line.show(text);
      return await runScript(kernel, machine, script, { stall, timeout, params, kvm, attendance, progress });
    } finally {
      line.end();
    }
  });
  const transcript = result.lines.map((record) => `${record}\n`).join('');
  if (options.output !== undefined) await writeOutput([transcript], options.output, terminal);
  if (options.json === true) {
    const { lines, ...rest } = result;
    const printed: Printed<'lab.run'> = { ...rest, records: lines.length };
    await terminal.out(`${JSON.stringify(printed, null, 2)}\n`);
  } else if (options.output === undefined) await terminal.out(transcript);
  if (options.json !== true) for (const text of summary(result)) terminal.err(`${text}\n`);
  return result.deaths.length === 0 ? EXIT.fine : EXIT.finding;
}

function summary({ deaths, boots, scenarios, steps, seconds }: RunResult): string[] {
  return [
    ...deaths.flatMap(({ scenario, seq, words, hung }) => [
      `specialbit: ${scenario}, step ${seq}: the kernel ${hung ? 'stopped answering' : 'died'}; its last words:`,
      ...words.map((line) => `  ${line}`),
    ]),
    `${scenarios} scenarios, ${steps} steps, ${boots} ${boots === 1 ? 'boot' : 'boots'}, ${seconds.toFixed(1)} s`,
  ];
}

/** A log as a script for the model of the machine; says what of it cannot be expressed. */
async function scriptOfLog(file: string, { arch, kernel }: RunCommandOptions, terminal: Terminal): Promise<string> {
  const log = await wholeLog(file);
  const named = /^\d+\.\d+(\.\d+)?$/.test(kernel) ? `@${kernel}` : '';
  const [lane] = lanesOf(log.file, log.header, [arch + named], []);
  const compiled = compileLog(log.header, log.events, lane!);
  for (const { number, type, why } of compiled.left)
    terminal.err(`specialbit: warning: ${file}: event ${number}, ${type}, is left out: ${why}\n`);
  return scriptOf(nameOf(file), compiled);
}

/** A script as it stands in a file. Throws InputError and LabError. */
function readScript(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError('input.unreadable', `${file}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  if (!/^S \S/.test(lines[first] ?? ''))
    throw new LabError('lab.script', `${file}:${first + 1}: expected a line "S name", which begins a scenario`);
  return text.endsWith('\n') ? text : `${text}\n`;
}
