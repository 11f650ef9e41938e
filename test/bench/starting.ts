// SPDX-License-Identifier: GPL-2.0-or-later
/** What it costs to start the command, beside a node that does nothing. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { writeLog } from '@specialbit/events/node';
import { workload } from '@specialbit/workloads';
import type { Metric } from './metric.js';
import { type Sampler, takeTurns } from './race.js';
import type { Settings } from './settings.js';

/** As npm links it: in a built checkout it runs the bundle. */
export function commandFile(): string {
  const index = createRequire(import.meta.url).resolve('@specialbit/cli');
  return join(dirname(index), '../bin/specialbit.js');
}

/**
 * Processor time of processes that end can be read only by the one that waits for them, and node does not tell. bash
 * does, to a thousandth of a second of everything that it waited for. Status 1 is a finding of the command.
 */
const TIMED = `TIMEFORMAT='%3U %3S'; count=$1; shift
time for ((i = 0; i < count; i++)); do "$@" >/dev/null 2>&1 || test $? = 1 || exit 3; done`;

export async function starting(settings: Settings): Promise<Metric[]> {
  const folder = await mkdtemp(join(tmpdir(), 'specialbit-bench-'));
  try {
    const log = join(folder, 'ten.jsonl');
    const { header, events } = workload('driver-mix', { events: 10, seed: settings.seed });
    await writeLog(log, header, events);
    return await start(log, settings);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function start(log: string, { starts, rounds }: Settings): Promise<Metric[]> {
  const commands = {
    version: ['--version'],
    help: ['--help'],
    replay: ['replay', log],
    compare: ['compare', '--lane', 'x86_64,arm', log],
  };
  const command = commandFile();
  const of = (args: readonly string[]): Sampler => processorTimeOf([command, ...args], starts);
  const samples = await takeTurns(
    {
      nothing: processorTimeOf(['-e', '0'], starts),
      version: of(commands.version),
      help: of(commands.help),
      replay: of(commands.replay),
      compare: of(commands.compare),
    },
    rounds,
  );
  const reference = { name: 'node -e 0', value: samples.nothing };
  const shared = { workload: 'start', unit: 'ms', reference };
  return [
    { ...shared, metric: '--version', value: samples.version, goals: [{ of: 'ratio', atMost: 1.5 }] },
    { ...shared, metric: '--help', value: samples.help, goals: [{ of: 'ratio', atMost: 1.5 }] },
    { ...shared, metric: 'replay of 10 events', value: samples.replay, goals: [{ of: 'ratio', atMost: 3 }] },
    { ...shared, metric: 'compare of 2 lanes', value: samples.compare, goals: [{ of: 'ratio', atMost: 4 }] },
  ];
}

/** Milliseconds of processor time, user and system, of a node that is started with these arguments. */
export function processorTimeOf(args: readonly string[], starts: number): Sampler {
  return async () => {
    const { stderr } = await promisify(execFile)('bash', ['-c', TIMED, 'time', `${starts}`, process.execPath, ...args]);
    const times = /^(\d+\.\d+) (\d+\.\d+)\s*$/.exec(stderr);
    if (times === null) throw new Error(`bash told no times of ${args.join(' ')}: ${stderr}`);
    return ((Number(times[1]) + Number(times[2])) * 1000) / starts;
  };
}
