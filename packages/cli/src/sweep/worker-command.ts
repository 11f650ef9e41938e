// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit worker --queue URL`: does jobs of sweeps that others have begun. */
import type { Command } from 'commander';
import { type CommandContext, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import type { Printed } from '../schema/outputs.js';
import type { Terminal } from '../terminal.js';
import { workersOf } from './options.js';
import { queuePackage } from './queue.js';
import { Thread } from './threads.js';

export interface WorkerOptions {
  readonly queue: string;
  readonly workers?: number;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('worker')
    .description('do jobs of sweeps that "specialbit sweep --queue" has begun, here or on another host')
    .requiredOption('--queue <url>', 'where the jobs are: redis://HOST:PORT')
    .option('--workers <n>', 'worker threads (default: one a core)', natural)
    .option('--json', 'print as JSON, at the end, how many jobs were done')
    .addHelpText(
      'after',
      `
Goes on until it is interrupted (Ctrl-C). It can be killed at any moment: what
it was at is done by another one, or by it when it is started again. Plugins
(--plugin) of a sweep have to be loaded here too.

Examples:
  specialbit worker --queue redis://queue.example:6379
  specialbit worker --queue redis://:password@queue.example:6379/2 --workers 4

Exit codes: 0 interrupted; 2 wrong usage, or no queue.`,
    )
    .action(async (options) => done(await worker(options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, QueueError. */
async function worker(options: WorkerOptions, terminal: Terminal): Promise<number> {
  if (options.workers === 0) throw new UsageError('usage.value', '--workers 0: expected 1 thread or more');
  const { QueueWorker } = await queuePackage();
  const threads = workersOf(options);
  const all: Thread[] = [];
  const idle: Thread[] = [];
  let jobs = 0;
  const queue = await QueueWorker.open(options.queue, {
    threads,
    do: async (work, task) => {
      const thread = idle.pop() ?? new Thread();
      if (!all.includes(thread)) all.push(thread);
      try {
        const made = await thread.do(work, task);
        jobs++;
        return made;
      } finally {
        idle.push(thread);
      }
    },
    warn: (text) => terminal.err(`${text}\n`),
  });
  terminal.err(`waiting for jobs, on ${threads} ${threads === 1 ? 'thread' : 'threads'}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await queue.close();
  await Promise.all(all.map((thread) => thread.end()));
  const printed: Printed<'worker'> = { threads, jobs };
  if (options.json === true) await terminal.out(`${JSON.stringify(printed)}\n`);
  return EXIT.fine;
}
