// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit replay LOG` */

import { explainOutcome, type Judgement } from '@specialbit/core';
import { encodeEvent } from '@specialbit/events';
import {
  Expectations,
  eventText,
  judgementLines,
  judgementWord,
  laneName,
  MAIL_WIDTH,
  type NumberedEvent,
  padEnd,
  returnText,
  stepLines,
  whyLines,
  width,
  worldLines,
  worldView,
  wrap,
} from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT } from '../failure.js';
import { followFile } from '../log/follow.js';
import { KERNEL_OPTION, lanesOf } from '../log/lane.js';

import { type OpenedLog, openLog } from '../log/open-log.js';
import { readAhead } from '../log/play-events.js';

import type { Terminal } from '../terminal.js';

import { LanePlayer } from './lane-player.js';

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
  const opened = await openLog(file, options.follow === true ? followFile(file) : undefined);
  const ahead = options.at !== undefined && options.follow !== true && options.events !== false;
  const log = ahead ? await readAhead(opened, options.at!) : opened;
  const lanes = lanesOf(log.file, log.header, options.arch, ['x86_64'], options.kernel);
  const players = lanes.map((lane) => new LanePlayer(lane, options.events !== false));
  const expectations = new Expectations(players.map(({ lane, kernel }) => ({ name: laneName(lane), kernel })));
  const printer =
    options.json === true ? new JsonPrinter(terminal) : new TextPrinter(log, terminal, options.why === true);
  if (options.events !== false) await printer.start(players);
  let died = 0;
  const done = await playLog(log, players, options.at, terminal, async (numbered, steps) => {
    if (steps.some(({ outcome }) => outcome.crash !== null)) died++;
    const judgement = expectations.take(
      numbered,
      steps.map(({ outcome }) => outcome),
    );
    if (options.events === false) return;
    if (judgement === undefined) await printer.step(numbered, players, steps);
    else await printer.expectation(numbered, judgement);
  });
  await printer.world(players, done, expectations);
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
    const { header } = this.log;
    const { color } = this.terminal;
    const lines: string[] = [];
    if (header.title !== undefined) lines.push(...wrap(header.title).map(color.bold));
    for (const paragraph of header.description ?? []) lines.push(...wrap(paragraph));
    lines.push(...wrap(`on ${players.map(({ lane }) => laneName(lane)).join(', ')}`), '');
    await this.terminal.out(`${lines.join('\n')}\n`);
  }

  async step({ number, event }: NumberedEvent, players: readonly LanePlayer[], steps: readonly Step[]): Promise<void> {
    const { color } = this.terminal;
    const lines = this.eventLines(number, event);
    const one = players.length === 1;
    for (const [i, { outcome, touched }] of steps.entries()) {
      const { kernel, lane } = players[i]!;
      const ret = `= ${returnText(kernel, event, outcome)}`;
      const shown = outcome.crash !== null || outcome.signal !== null || outcome.ret < 0 ? color.red(ret) : ret;
      if (one) lines[lines.length - 1] = onRight(lines.at(-1)!, shown);
      else lines.push(`      ${color.cyan(laneName(lane))} ${shown}`);
      const indent = one ? '      ' : '        ';
      if (this.why) lines.push(...indented(whyLines(kernel, outcome), indent).map(color.cyan));
      if (touched !== undefined) lines.push(...stepLines(kernel, outcome, touched, indent));
    }
    await this.terminal.out(`${lines.join('\n')}\n`);
  }

  async expectation({ number, event }: NumberedEvent, judgement: Judgement): Promise<void> {
    const { color } = this.terminal;
    const lines = this.eventLines(number, event);
    const word = judgementWord(judgement);
    lines[lines.length - 1] = onRight(lines.at(-1)!, judgement.holds ? color.green(word) : color.red(word));
    lines.push(...judgementLines(judgement, '      '));
    await this.terminal.out(`${lines.join('\n')}\n`);
  }

  /** The event in one line, or more where it is long. */
  private eventLines(number: number, event: NumberedEvent['event']): string[] {
    const { color } = this.terminal;
    const head = `${String(number).padStart(4)}  `;
    const [first, ...rest] = wrap(eventText(event), MAIL_WIDTH - head.length);
    // what follows is indented further
    const more = rest.length === 0 ? [] : wrap(rest.join(' '), MAIL_WIDTH - 10);
    return [`${color.dim(head)}${color.bold(first ?? '')}`, ...more.map((line) => ' '.repeat(10) + line)];
  }

  async world(players: readonly LanePlayer[], events: number, expectations: Expectations): Promise<void> {
    for (const { kernel } of players) {
      await this.terminal.out(`\n${worldLines(worldView(kernel, events), this.terminal).join('\n')}\n`);
    }
    const summary = expectations.summary();
    const { color } = this.terminal;
    if (summary === undefined) return;
    await this.terminal.out(`\n${expectations.failed.length > 0 ? color.red(summary) : color.green(summary)}\n`);
  }
}

/** Lines of any length, broken; those that begin with a blank a little further in. */
function indented(lines: readonly string[], indent: string): string[] {
  return lines.flatMap((line) => wrap(line, MAIL_WIDTH, line.startsWith(' ') ? `${indent}    ` : indent));
}

/** A result behind a line, or below when there is no room. */
function onRight(line: string, result: string): string {
  if (width(line) + 2 + width(result) > MAIL_WIDTH) return `${line}\n      ${result}`;
  return `${padEnd(line, 50)}  ${result}`;
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
