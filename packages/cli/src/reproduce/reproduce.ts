// SPDX-License-Identifier: GPL-2.0-or-later
/** Logs as reproducers: written to a folder, counted in a table, or run under QEMU. */

import { DEFAULT_PROFILE, withConfig } from '@specialbit/core';
import type { LogHeader } from '@specialbit/events';
import { type LogItem, type Reproducer, type ReproLane, reproduce } from '@specialbit/lab';
import { EXIT, InputError, UsageError } from '../failure.js';
import { type WholeLog, wholeLog } from '../log/check-expectations.js';
import { lanesOf } from '../log/lane.js';
import { logsBelow } from '../log/logs-below.js';
import type { Terminal } from '../terminal.js';
import { manyJson, manyLines } from './many-text.js';
import { type RunOptions, runReproducers } from './run.js';
import { reproducerJson, reproducerLines, tableText } from './text.js';
import { writeFolder } from './write-folder.js';

export interface ReproduceOptions extends RunOptions {
  readonly output?: string;
  readonly arch?: string[];
  readonly kernel: string;
  readonly force?: boolean;
  readonly table?: boolean;
  readonly run?: boolean;
  readonly json?: boolean;
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError, LabError. */
export async function reproduceLogs(
  paths: readonly string[],
  options: ReproduceOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.table === true) return table(paths, options, terminal);
  const { output, run = false, json = false } = options;
  if (run && (options.headers === undefined || options.image === undefined))
    throw new UsageError('usage.options', '--run needs --headers and --image of one kernel');
  const files = run && output === undefined ? paths.flatMap(logsBelow) : paths;
  if (files.length > 1 && run) {
    if (output !== undefined) throw new UsageError('usage.files', '-o makes one folder: expected one log');
    return runMany(files, options, terminal);
  }
  const [path] = files;
  if (path === undefined || files.length > 1)
    throw new UsageError('usage.files', 'expected one log; --table and --run take several');
  const log = await wholeLog(path);
  const made = reproducerOf(log, options);
  if (typeof made === 'string')
    throw new InputError('input.inexpressible', `${log.file}: nothing to reproduce: ${made}`);
  if (output !== undefined) writeFolder(output, made.files, options.force === true);
  const [ran] = run ? await runReproducers([made], options, terminal) : [];
  await terminal.out(json ? reproducerJson(log.file, made, output, ran) : reproducerLines(log.file, made, output, ran));
  return ran?.failed === true ? EXIT.finding : EXIT.fine;
}

/** Many logs in one boot, and a line for each. */
async function runMany(files: readonly string[], options: ReproduceOptions, terminal: Terminal): Promise<number> {
  const rows: { readonly file: string; readonly made: Reproducer | string }[] = [];
  for (const file of files) rows.push({ file, made: reproducerOf(await wholeLog(file), options) });
  const some = rows.flatMap(({ made }) => (typeof made === 'string' ? [] : [made]));
  if (some.length === 0)
    throw new InputError('input.inexpressible', `nothing to reproduce in any of ${files.length} logs`);
  const ran = await runReproducers(some, options, terminal);
  const results = rows.map((row) => ({
    ...row,
    ran: typeof row.made === 'string' ? undefined : ran[some.indexOf(row.made)],
  }));
  await terminal.out(options.json === true ? manyJson(results) : manyLines(results));
  return ran.some(({ failed }) => failed) ? EXIT.finding : EXIT.fine;
}

async function table(paths: readonly string[], options: ReproduceOptions, terminal: Terminal): Promise<number> {
  if (options.output !== undefined || options.run === true)
    throw new UsageError('usage.options', '--table writes and runs nothing');
  const rows: { readonly file: string; readonly made: Reproducer | string }[] = [];
  for (const file of paths.flatMap(logsBelow)) rows.push({ file, made: reproducerOf(await wholeLog(file), options) });
  await terminal.out(tableText(rows, options.json === true));
  return EXIT.fine;
}

function reproducerOf({ file, header, events }: WholeLog, { arch, kernel }: ReproduceOptions): Reproducer | string {
  return reproduce(header, events as readonly LogItem[], lanesFor(file, header, arch, kernel));
}

/** What kernels of distributions have set, and the model asks for. */
const DISTRIBUTIONS = ['CONFIG_SECRETMEM', 'CONFIG_KSM'];

/** x86_64 and arm64, for which distributions have kernels, and the log's own architectures, on each kernel. */
function lanesFor(file: string, header: LogHeader, arch: readonly string[] | undefined, kernel: string): ReproLane[] {
  const own = (header.arch ?? []).map((name) => name.split('@')[0]!);
  const names = arch ?? [...new Set(['x86_64', 'arm64', ...own])];
  const lanes = lanesOf(file, header, names, [], [kernel]);
  return lanes.map((options) => {
    const { arch: machine, profile = DEFAULT_PROFILE } = options;
    const name = `${machine.name}@${profile.name.replace(/^linux-/, '')}`;
    return { name, options: { ...options, profile: withConfig(profile, DISTRIBUTIONS) } };
  });
}
