// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit step LOG`: a log, event by event, in a terminal. */
import { constants } from 'node:os';

import { isatty } from 'node:tty';
import { explainOutcome } from '@specialbit/core';
import { encodeEvent, isStatement } from '@specialbit/events';
import {
  advance,
  Divergences,
  initialState,
  judgementAt,
  type Key,
  returnText,
  type Source,
  type State,
  update,
  worldView,
} from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { historiesOf } from '../time/histories.js';
import { loadLog, momentOf } from '../time/loaded-log.js';
import { TerminalScreen } from './screen.js';

import { view } from './view.js';

export interface StepOptions {
  readonly arch?: string[];
  readonly at?: number;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('step')
    .description('step through a log in the terminal: forth and back, lane by lane')
    .argument('<log>', 'a log')
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64)", list)
    .option('--at <n>', 'begin after this many events', natural, 0)
    .option('--json', 'print what the view shows at that moment as JSON, and end: needs no terminal')
    .addHelpText(
      'after',
      `
In the view, ? shows the keys: space and b step and step back, / runs to where
something becomes true, ] goes to the next event at which the lanes part, tab
switches lanes, d shows what changed, w who wrote something last, q quits.

Examples:
  specialbit step examples/s13-cow-linear-rule.jsonl
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await step(log, options, terminal)));
}

/** Resolves to the exit code when the user quits. Throws UsageError, InputError, LogError. */
export async function step(file: string, options: StepOptions, terminal: Terminal): Promise<number> {
  if (options.json === true) return await printMoment(file, options, terminal);
  if (file === '-')
    throw new UsageError('usage.terminal', 'step reads keys from standard input: give the log as a file');
  for (const [fd, name] of [
    [0, 'standard input'],
    [1, 'standard output'],
  ] as const) {
    if (!isatty(fd))
      throw new UsageError('usage.terminal', `step needs a terminal: ${name} is none (replay prints the same)`);
  }
  if (process.env.TERM === 'dumb')
    throw new UsageError('usage.terminal', 'step needs a terminal that can place text: TERM is dumb');
  const log = await loadLog(file, terminal);
  const at = momentOf(log, '--at', options.at);
  const lanes = historiesOf(log, { arch: options.arch, lenient: true });
  const divergences = lanes.length < 2 ? null : new Divergences(log, lanes);
  return await interact({ log, lanes, divergences }, at, terminal);
}

/** What the view shows at one moment: each lane's state, its last event with all that it did, and how the lanes part. */
async function printMoment(file: string, options: StepOptions, terminal: Terminal): Promise<number> {
  const log = await loadLog(file, terminal);
  const at = momentOf(log, '--at', options.at);
  const histories = historiesOf(log, { arch: options.arch, lenient: true });
  const divergences = histories.length < 2 ? null : new Divergences(log, histories);
  if (divergences !== null) while (divergences.covered < at) divergences.advance(IDLE_EVENTS);
  const lanes = Object.fromEntries(
    histories.map((history) => {
      const { kernel, last, outcome, lost } = history.at(at);
      const did =
        last === undefined || outcome === null
          ? { lost: lost?.message ?? null }
          : isStatement(last.event)
            ? {}
            : { returned: returnText(kernel, last.event, outcome), ...outcome, why: explainOutcome(kernel, outcome) };
      return [history.name, { ...did, world: worldView(kernel, at) }];
    }),
  );
  const last = histories[0]!.at(at).last;
  const event = last === undefined ? null : encodeEvent(last.event);
  const expectation = judgementAt(histories, at);
  const parted = (divergences?.at(at) ?? []).map(({ headline, cause }) => ({ headline, cause }));
  await terminal.out(
    `${JSON.stringify({ file, at, event, ...(expectation === undefined ? {} : { expectation }), lanes, parted }, null, 2)}\n`,
  );
  return EXIT.fine;
}

/** For a task, and for comparing ahead while nobody types. */
const WORK_MS = 40;
const IDLE_EVENTS = 64;

/** True from some milliseconds on. */
function untilLater(milliseconds: number): () => boolean {
  const until = performance.now() + milliseconds;
  return () => performance.now() >= until;
}

function interact(source: Source, at: number, { color }: Terminal): Promise<number> {
  return new Promise((resolve, reject) => {
    let state = initialState(source, at);
    let top = 0;
    let page = 10;
    let pending: NodeJS.Immediate | undefined;
    const end = (finish: () => void): void => {
      clearImmediate(pending);
      pending = undefined;
      screen.close();
      finish();
    };
    const draw = (): void => {
      const shown = view(state, source, screen.size, color);
      ({ top, page } = shown);
      screen.draw(shown);
    };
    /** Nothing that goes wrong leaves the terminal as it is. */
    const guarded = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        end(() => reject(error));
      }
    };
    const become = (next: State): void => {
      state = next;
      if (state.done) {
        end(() => resolve(EXIT.fine));
        return;
      }
      draw();
      later();
    };
    const later = (): void => {
      const idle = source.divergences !== null && !source.divergences.complete;
      if (pending !== undefined || (state.task === null && !idle)) return;
      pending = setImmediate(() =>
        guarded(() => {
          pending = undefined;
          if (state.task !== null) return become(advance(state, untilLater(WORK_MS)));
          source.divergences?.advance(IDLE_EVENTS);
          if (source.divergences?.complete === true) draw();
          later();
        }),
      );
    };
    const screen = new TerminalScreen(process.stdin as never, process.stdout as never, {
      key: (key: Key) =>
        guarded(() => {
          if (state.done) return;
          if (key.name === 'suspend') screen.suspend();
          else if (key.name === 'redraw') screen.redraw();
          else become(update(state, key, source, Math.max(1, page - 1), top));
        }),
      redraw: () => guarded(draw),
      hangUp: (signal) => end(() => resolve(signal === null ? EXIT.fine : 128 + constants.signals[signal])),
    });
    guarded(() => {
      screen.open();
      become(state);
    });
  });
}
