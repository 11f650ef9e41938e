// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit sweep`: random logs, beyond what can be searched whole. */
import { finish, formatState, isWitness, jobsOf, SweepState, sweep, type Witness } from '@specialbit/search';
import { count } from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, list, natural } from '../command-context.js';
import { writeOutput } from '../export/output.js';
import { EXIT } from '../failure.js';
import type { Printed } from '../schema/outputs.js';
import { names } from '../search/command.js';
import type { Terminal } from '../terminal.js';
import { readCorpus, writeCorpus } from './corpus-folder.js';
import { type Hands, withHands } from './hands.js';
import { checkTogether, type SweepCommandOptions, settingsOf, shardOf, workersOf } from './options.js';
import { queueThreads } from './queue.js';
import { sweepJson, sweepLines } from './sweep-text.js';
import { Threads } from './threads.js';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('sweep')
    .description('random logs beyond what can be searched whole: a minimal log for each thing that they show')
    .option('--lane, --arch <names>', 'lanes, with commas, or all (default: seven of each kind)', list)
    .option('--runs <n>', 'random logs of a round (default: 16000; with --time 4000)', natural)
    .option('--rounds <n>', 'rounds, each from what those before it found (default: 1)', natural)
    .option('--time <seconds>', 'go on with rounds until so much time is over', natural)
    .option('--seed <n>', 'another seed, other logs', natural, 1)
    .option('--length <n>', 'events of a log, at most', natural, 16)
    .option('--events <types>', 'only events of these types', names)
    .option('--pages <n>', 'pages of a mapping', natural, 2)
    .option('--frames <labels>', 'frames that the driver maps (default: P0,D0,Z)', names)
    .option('--mappings <n>', 'mappings there can be at once', natural, 2)
    .option('--corpus <folder>', 'start from the logs in it, and write there what was found')
    .option('--workers <n>', 'worker threads (default: one a core)', natural)
    .option('--job <n>', 'random logs of a job, within which what is found guides what comes next', natural, 1000)
    .option('--shard <i/n>', 'only this share of the jobs, into a file for "specialbit merge"')
    .option('--queue <url>', 'leave the jobs to "specialbit worker" on any number of hosts: redis://HOST:PORT')
    .option('-o, --output <file>', 'write all that is known, as "specialbit merge" takes it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
A run is a random log: fresh, or one that showed something new, changed. What
is new: ways through vm_normal_page() and the calls that map frames, reasons,
messages, and what was asked for, each on lanes with the special bit and
without, of each kernel; and lanes that part. Of each the smallest log is kept
and made minimal. The result depends on the options alone: not on --workers,
on shards or a queue.

Examples:
  specialbit sweep --lane x86_64,arm --runs 20000 --corpus corpus/
  specialbit sweep --lane all --time 3600 --corpus corpus/
  specialbit sweep --runs 200000 --shard 3/8 -o part3.sweep
  specialbit merge part*.sweep --corpus corpus/
  specialbit sweep --runs 1000000 --queue redis://queue.example:6379

Exit codes: 0 something was found; 1 nothing; 2 wrong usage or unreadable
input. Interrupted (Ctrl-C), it writes what was found so far.`,
    )
    .action(async ({ arch, ...options }) => done(await sweepLogs({ ...options, lane: arch }, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError, SearchError. */
async function sweepLogs(options: SweepCommandOptions, terminal: Terminal): Promise<number> {
  checkTogether(options);
  const shard = options.shard === undefined ? undefined : shardOf(options.shard);
  const logs = options.corpus === undefined ? [] : await readCorpus(options.corpus, terminal);
  const { settings, start } = settingsOf(options, logs);
  const state = new SweepState(settings, start);
  const hands: Hands =
    options.queue === undefined
      ? new Threads(settings, workersOf(options))
      : await queueThreads(options.queue, settings, terminal);
  const deadline = options.time === undefined ? undefined : Date.now() + options.time * 1000;
  const rounds = deadline === undefined ? (options.rounds ?? 1) : undefined;
  return withHands(hands, terminal, async () => {
    await sweep(
      state,
      {
        ...(rounds !== undefined && { rounds }),
        ...(deadline !== undefined && { until: () => Date.now() >= deadline }),
        ...(shard !== undefined && { shard }),
        progress: progressLine(terminal, rounds),
      },
      hands,
    );
    terminal.redraw();
    const begun = Math.max(1, state.rounds);
    if (hands.stopped) {
      const all = jobsOf(settings) * (rounds ?? begun);
      terminal.err(`interrupted: ${state.done.size} of ${all} jobs are done; this is what they found\n`);
    }
    if (options.output !== undefined) await writeOutput(formatState(state), options.output, terminal);
    if (shard !== undefined) {
      const share = { shard: shard.index + 1, of: shard.of, runs: state.runs, found: state.findings.length };
      await terminal.out(options.json === true ? `${JSON.stringify(share)}\n` : shareText(share));
      return hands.stopped ? EXIT.finding : EXIT.fine;
    }
    return report(state, begun, hands, options, terminal);
  });
}

function shareText({ shard, of, runs, found }: Printed<'sweep.shard'>): string {
  return `shard ${shard} of ${of}: ${count(runs)} runs, ${count(found)} things found\n`;
}

/** Makes what was found minimal, writes and prints it. Resolves to the exit code. */
export async function report(
  state: SweepState,
  rounds: number,
  hands: Hands,
  { corpus, json }: Pick<SweepCommandOptions, 'corpus' | 'json'>,
  terminal: Terminal,
): Promise<number> {
  const witnesses: readonly Witness[] = await finish(state, hands, (small, of) =>
    terminal.redraw(`${count(small)} of ${count(of)} logs are minimal`),
  );
  terminal.redraw();
  if (corpus !== undefined) await writeCorpus(corpus, state.settings, witnesses, terminal);
  await terminal.out(
    json === true
      ? `${JSON.stringify(sweepJson(state, rounds, witnesses), null, 2)}\n`
      : `${sweepLines(state, rounds, witnesses, terminal).join('\n')}\n`,
  );
  return witnesses.length > 0 ? EXIT.fine : EXIT.finding;
}

/** A line that is drawn over on a terminal; elsewhere, as in the file of a batch job, one for each of several rounds. */
function progressLine(terminal: Terminal, rounds: number | undefined): (state: SweepState) => void {
  const started = Date.now();
  return (state) => {
    const { runs, corpus, settings } = state;
    if (!terminal.live && (rounds === 1 || runs % settings.runs !== 0)) return;
    const all = rounds === undefined ? '' : ` of ${count(settings.runs * rounds)}`;
    const rate = Math.round(runs / Math.max(0.001, (Date.now() - started) / 1000));
    const witnesses = corpus.sorted().filter(({ key }) => isWitness(key)).length;
    const line = `round ${state.rounds}: ${count(runs)}${all} runs (${count(rate)}/s), ${count(corpus.size - witnesses)} covered, ${count(witnesses)} found`;
    if (terminal.live) terminal.redraw(line);
    else terminal.err(`${line}\n`);
  };
}
