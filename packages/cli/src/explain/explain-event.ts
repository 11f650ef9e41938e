// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit explain LOG --event N`: the whole of one event: what it returned, touched and changed, and why. */
import { explainOutcome, type Judgement } from '@specialbit/core';
import { encodeEvent } from '@specialbit/events';
import {
  Expectations,
  eventText,
  judgementLines,
  judgementWord,
  LanePlayer,
  laneName,
  MAIL_WIDTH,
  type NumberedEvent,
  outcomeNotes,
  returnText,
  stepLines,
  whyLines,
  wrap,
} from '@specialbit/view';
import { EXIT, UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import { openLog } from '../log/open-log.js';
import { playLog, type Step } from '../replay/play-log.js';
import type { Terminal } from '../terminal.js';

export interface ExplainEventOptions {
  readonly arch?: string[];
  readonly kernel?: string[];
  readonly at?: number;
  readonly json?: boolean;
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function explainEvent(
  file: string,
  target: string | undefined,
  number: number,
  options: ExplainEventOptions,
  terminal: Terminal,
): Promise<number> {
  if (target !== undefined || options.at !== undefined)
    throw new UsageError('usage.options', 'explain tells of a page (with --at) or of an event (--event), not of both');
  if (number === 0) throw new UsageError('usage.value', '--event 0: events are counted from 1');
  const log = await openLog(file);
  const lanes = lanesOf(log.file, log.header, options.arch, ['x86_64'], options.kernel);
  const players = lanes.map((lane) => new LanePlayer(lane, true));
  let told: NumberedEvent | undefined;
  let steps: readonly Step[] = [];
  const expectations = new Expectations(players.map(({ lane, kernel }) => ({ name: laneName(lane), kernel })));
  let expectation: Judgement | undefined;
  await playLog(log, players, number, terminal, (numbered, done) => {
    told = numbered;
    steps = done;
    expectation = expectations.take(
      numbered,
      done.map(({ outcome }) => outcome),
    );
  });
  const { event, line } = told!;
  if (expectation !== undefined) {
    const json = { file, number, line, event: encodeEvent(event), expectation };
    const text = [...wrap(`event ${number}: ${eventText(event)}`), '', ...judgedLines(expectation)];
    await terminal.out(`${options.json === true ? JSON.stringify(json, null, 2) : text.join('\n')}\n`);
    return EXIT.fine;
  }
  if (options.json === true) {
    const lanes = Object.fromEntries(
      steps.map(({ outcome, touched }, i) => {
        const { kernel, lane } = players[i]!;
        const why = explainOutcome(kernel, outcome);
        return [laneName(lane), { returned: returnText(kernel, event, outcome), ...outcome, why, touched }];
      }),
    );
    await terminal.out(`${JSON.stringify({ file, number, line, event: encodeEvent(event), lanes }, null, 2)}\n`);
    return EXIT.fine;
  }
  const parts = steps.map((step, i) => laneLines(players[i]!, { event, step, terminal }).join('\n'));
  const head = wrap(`event ${number}: ${eventText(event)}`).map(terminal.color.bold);
  await terminal.out(`${head.join('\n')}\n\n${parts.join('\n\n')}\n`);
  return EXIT.fine;
}

function judgedLines(judgement: Judgement): string[] {
  return [judgementWord(judgement), ...judgementLines(judgement, '  ')];
}

interface Told {
  readonly event: NumberedEvent['event'];
  readonly step: Step;
  readonly terminal: Terminal;
}

/** One lane's part: returned, why, notes and changes. */
function laneLines({ kernel, lane }: LanePlayer, { event, step, terminal }: Told): string[] {
  const { outcome, touched } = step;
  const { color } = terminal;
  const lines = [
    `${color.cyan(laneName(lane))}, ${kernel.profile.name}: returns ${returnText(kernel, event, outcome)}`,
  ];
  const why = whyLines(kernel, outcome);
  if (why.length > 0) {
    lines.push('', '  why');
    lines.push(...why.flatMap((text) => wrap(text, MAIL_WIDTH, text.startsWith(' ') ? '      ' : '    ')));
  }
  const changed = touched === undefined ? outcomeNotes(kernel, outcome) : stepLines(kernel, outcome, touched, '    ');
  lines.push('', '  what it did', ...(changed.length === 0 ? ['    nothing'] : changed));
  return lines;
}
