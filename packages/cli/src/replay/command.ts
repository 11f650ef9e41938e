// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit replay LOG` */

import { explainOutcome, type Judgement } from '@specialbit/core';
import { encodeEvent } from '@specialbit/events';
import {
  Expectations,
  LanePlayer,
  laneName,
  type NumberedEvent,
  replayEndLines,
  replayExpectationLines,
  replayHeadLines,
  replayStepLines,
  returnText,
  worldView,
} from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT, type InputError } from '../failure.js';
import { followFile } from '../log/follow.js';
import { KERNEL_OPTION, lanesOf } from '../log/lane.js';

import { type OpenedLog, openLog } from '../log/open-log.js';
import { readAhead } from '../log/play-events.js';

import type { Terminal } from '../terminal.js';

import { playLog, type Step } from './play-log.js';

export interface ReplayOptions {
  readonly arch?: string[];
  readonly kernel?: string[];
  readonly at?: number;
  readonly json?: boolean;
  /** Why each event failed, changed flags, or merged. */
  readonly why?: boolean;
  readonly follow?: boolean;
  /** A BUG is no finding, as in the gallery, whose stories tell of some. */
  readonly mayDie?: boolean;
  /** False: the world only. */
  readonly events?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('replay')
    .description('what each event of a log returned and touched, and the state at the end')
    .argument('<log>', 'a log (JSON Lines, also gzip or zstd), or - for standard input')
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64)", list)
    .option(...KERNEL_OPTION, list)
    .option('--at <n>', 'stop after this many events', natural)
    .option('--why', 'with each event, why it failed, changed flags of mappings, or merged them')
    .option('--no-events', 'the state only')
    .option('--follow', 'wait for more events until interrupted')
    .option('--json', 'print one JSON object an event, then one with the states')
    .addHelpText(
      'after',
      `
PTEs are shown with five letters: P present, W writable, D dirty, Y young,
S special. "normal" is what vm_normal_page() answers (page, NULL, or bad for a
bad page map), "because" the way that it went; specialbit explain tells more.

Exits with 1 where an expectation of the log does not hold, and where the
kernel would die in an event (BUG, oops) of a log that has no expectations.

Examples:
  specialbit replay examples/s10-binder.jsonl --arch arm
  specialbit replay examples/s10-binder.jsonl --why
  specialbit replay examples/s08-prepopulate-race.jsonl --at 4 --no-events
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await replay(log, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function replay(file: string, options: ReplayOptions, terminal: Terminal): Promise<number> {
  let changed: InputError | undefined;
  const source = options.follow === true ? followFile(file, (error) => (changed = error)) : undefined;
  const opened = await openLog(file, source);
  const ahead = options.at !== undefined && options.follow !== true && options.events !== false;
  const log = ahead ? await readAhead(opened, options.at!) : opened;
  const lanes = lanesOf(log.file, log.header, options.arch, ['x86_64'], options.kernel);
  const players = lanes.map((lane) => new LanePlayer(lane, options.events !== false));
  const expectations = new Expectations(players.map(({ lane, kernel }) => ({ name: laneName(lane), kernel })));
  const printer =
    options.json === true ? new JsonPrinter(terminal) : new TextPrinter(log, terminal, options.why === true);
  if (options.events !== false) await printer.start(players);
  let died = 0;
  // without events to print there is nothing to wait for, millions of times
  const done = await playLog(log, players, options.at, terminal, (numbered, steps) => {
    if (steps.some(({ outcome }) => outcome.crash !== null)) died++;
    const judgement = expectations.take(
      numbered,
      steps.map(({ outcome }) => outcome),
    );
    if (options.events === false) return undefined;
    return judgement === undefined ? printer.step(numbered, players, steps) : printer.expectation(numbered, judgement);
  });
  await printer.world(players, done, expectations);
  if (changed !== undefined) throw changed;
  if (expectations.failed.length > 0) return EXIT.finding;
  // a log that says what it expects has said so of the deaths as well
  return died > 0 && expectations.checked === 0 && options.mayDie !== true ? EXIT.finding : EXIT.fine;
}

class TextPrinter {
  constructor(
    private readonly log: OpenedLog,
    private readonly terminal: Terminal,
    private readonly why: boolean,
  ) {}

  async start(players: readonly LanePlayer[]): Promise<void> {
    await this.print(replayHeadLines(this.log.header, players, this.terminal));
  }

  async step(numbered: NumberedEvent, players: readonly LanePlayer[], steps: readonly Step[]): Promise<void> {
    await this.print(replayStepLines(numbered, players, steps, this.why, this.terminal));
  }

  async expectation(numbered: NumberedEvent, judgement: Judgement): Promise<void> {
    await this.print(replayExpectationLines(numbered, judgement, this.terminal));
  }

  async world(players: readonly LanePlayer[], events: number, expectations: Expectations): Promise<void> {
    await this.print(replayEndLines(players, events, expectations, this.terminal));
  }

  private async print(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.terminal.out(`${lines.join('\n')}\n`);
  }
}

/** One JSON object an event, then one with the worlds: a log can be long, and a reader may want to begin early. */
class JsonPrinter {
  constructor(private readonly terminal: Terminal) {}

  async start(): Promise<void> {}

  async step(
    { number, line, event }: NumberedEvent,
    players: readonly LanePlayer[],
    steps: readonly Step[],
  ): Promise<void> {
    const lanes = Object.fromEntries(
      steps.map(({ outcome, touched }, i) => {
        const { kernel, lane } = players[i]!;
        const why = explainOutcome(kernel, outcome);
        return [laneName(lane), { returned: returnText(kernel, event, outcome), ...outcome, why, touched }];
      }),
    );
    await this.terminal.out(`${JSON.stringify({ number, line, event: encodeEvent(event), lanes })}\n`);
  }

  async expectation({ number, line, event }: NumberedEvent, expectation: Judgement): Promise<void> {
    await this.terminal.out(`${JSON.stringify({ number, line, event: encodeEvent(event), expectation })}\n`);
  }

  async world(players: readonly LanePlayer[], events: number, { checked, failed }: Expectations): Promise<void> {
    const worlds = players.map(({ kernel }) => worldView(kernel, events));
    const expectations = checked === 0 ? {} : { expectations: { checked, failed: failed.length } };
    await this.terminal.out(`${JSON.stringify({ events, worlds, ...expectations })}\n`);
  }
}
