// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit open LINK`: what a link holds, without a browser. */
import { explainPte } from '@specialbit/core';
import { type DecodeOptions, decodeText, type Level, valuesIn } from '@specialbit/decode';
import { parseLog } from '@specialbit/events';
import {
  Divergences,
  eventText,
  explanationLines,
  LaneHistory,
  laneName,
  loadedLog,
  openingMoment,
  parseSubject,
  resolveSubject,
  worldLines,
  worldView,
} from '@specialbit/view';
import { DECODED_ON, decodeLink, type ViewState } from '@specialbit/viewer';
import type { Command } from 'commander';
import { KNOWN } from '../architectures.js';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { printDecoded } from '../decode/print.js';
import { writeOutput } from '../export/output.js';
import { EXIT, InputError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { momentOf } from '../time/loaded-log.js';

export interface OpenOptions {
  readonly output?: string;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('open')
    .description('read a link to the page without a browser: what it shows, and the log that it holds')
    .argument('<link>', 'the whole link, in quotes')
    .option('-o, --output <log>', 'write the log to a file; - prints it')
    .option('--json', 'print all that the link holds as JSON')
    .addHelpText(
      'after',
      `
Prints what the page shows at that moment: of a selected page why it is what it
is, else the states of the lanes; of a value or a report what \`decode\` says.

Examples:
  specialbit open "$(specialbit link examples/s01-same-driver.jsonl --at 2)"
${EXIT_CODES}`,
    )
    .action(async (link, options) => done(await open(link, options, terminal)));
}

/** Resolves to the exit code. Throws InputError for what is no link, UsageError, LogError. */
export async function open(link: string, options: OpenOptions, terminal: Terminal): Promise<number> {
  const state = await decodeLink(link);
  if (options.json === true) {
    await terminal.out(`${JSON.stringify(state, null, 2)}\n`);
  } else if (state.decode !== null) {
    if (options.output !== undefined) throw new InputError('input.link', 'link: it holds no log');
    return printDecoded(
      decodeText({ name: 'the link', text: state.decode }, decodeOptions(state), KNOWN),
      false,
      terminal,
    );
  } else if (options.output !== undefined) {
    await writeOutput([state.log], options.output === '-' ? undefined : options.output, terminal);
  } else {
    await terminal.out(`${shownLines(state, terminal).join('\n').trimEnd()}\n`);
  }
  return EXIT.fine;
}

/** As the page decodes it. */
function decodeOptions({ decode, lanes, level }: ViewState): DecodeOptions {
  const values = valuesIn(decode ?? '') !== undefined;
  const arch = values ? (lanes ?? DECODED_ON).join(',') : lanes?.[0];
  return {
    ...(arch === undefined ? {} : { arch }),
    ...(values && level !== null ? { level: level as Level } : {}),
  };
}

/** What the page shows, in words. */
function shownLines(state: ViewState, terminal: Terminal): string[] {
  if (state.log === '') throw new InputError('input.link', 'link: it holds no log');
  const file = state.file === '' ? '<link>' : state.file;
  const log = loadedLog(file, parseLog(state.log, { file }));
  const lanes = lanesOf(file, log.header, state.lanes ?? undefined, ['x86_64', 'arm']).map(
    (lane) => new LaneHistory(laneName(lane), lane, log.events),
  );
  // where the page begins
  const at =
    state.at === null ? finish(openingMoment(log, new Divergences(log, lanes), lanes)) : momentOf(log, 'at', state.at);
  const last = log.events[at - 1];
  const lines = [
    ...(log.header.title === undefined ? [] : [terminal.color.bold(log.header.title)]),
    `${lanes.map(({ name }) => name).join(', ')}, after ${at} of ${log.events.length} ${log.events.length === 1 ? 'event' : 'events'}`,
    ...(last === undefined ? [] : [`event ${at}: ${eventText(last.event)}`]),
    '',
  ];
  for (const lane of lanes) lines.push(...laneLines(lane, at, state.select, terminal), '');
  return lines;
}

function finish<T>(work: Generator<unknown, T, void>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

function laneLines(lane: LaneHistory, at: number, select: string | null, terminal: Terminal): string[] {
  const { kernel } = lane.at(at);
  const { options } = lane.timeline;
  if (select === null) return worldLines(worldView(kernel, at), terminal);
  const probe = resolveSubject(kernel, parseSubject(select));
  const [target] = probe.targets ?? [];
  if (target === undefined || !('pte' in target)) return [`${lane.name}: ${probe.name}: ${probe.text(kernel)}`];
  const { mm, vpn } = target.pte;
  return explanationLines(explainPte(options, kernel, mm, vpn), options.arch, at, terminal);
}
