// SPDX-License-Identifier: GPL-2.0-or-later
/** A replay as text: the log's head, what each event did in each lane, the states at the end. */
import type { Judgement, Outcome } from '@specialbit/core';
import { isStatement, type LogHeader } from '@specialbit/events';
import { stepLines } from '../diff/step-text.js';
import type { Touched } from '../diff/touched.js';
import { type Expectations, judgementLines, judgementWord } from '../expect/expectations.js';
import { whyLines } from '../explain/outcome-explanation.js';
import { laneName } from '../log/lane-name.js';
import type { NumberedEvent } from '../log/loaded-log.js';
import { eventText } from '../show/event-text.js';
import { returnText } from '../show/outcome-text.js';
import { worldLines } from '../show/world-text.js';
import { worldView } from '../show/world-view.js';
import type { Painted } from '../text/colors.js';
import { MAIL_WIDTH, padEnd, width, wrap } from '../text/table.js';
import type { LanePlayer } from './lane-player.js';

/** What an event did in one lane. */
export interface ReplayedStep {
  readonly outcome: Outcome;
  readonly touched: Touched | undefined;
}

/** The title, the story, the lanes. */
export function replayHeadLines(header: LogHeader, players: readonly LanePlayer[], { color }: Painted): string[] {
  const lines: string[] = [];
  if (header.title !== undefined) lines.push(...wrap(header.title).map(color.bold));
  for (const paragraph of header.description ?? []) lines.push(...wrap(paragraph));
  lines.push(...wrap(`on ${players.map(({ lane }) => laneName(lane)).join(', ')}`), '');
  return lines;
}

/** An event and what it did; `why`: and why it failed, changed flags, or merged. To be called while the lanes are where it left them. */
export function replayStepLines(
  { number, event }: NumberedEvent,
  players: readonly LanePlayer[],
  steps: readonly ReplayedStep[],
  why: boolean,
  painted: Painted,
): string[] {
  const { color } = painted;
  const lines = eventLines(number, event, painted);
  if (isStatement(event)) return lines;
  const one = players.length === 1;
  for (const [i, { outcome, touched }] of steps.entries()) {
    const { kernel, lane } = players[i]!;
    const ret = `= ${returnText(kernel, event, outcome)}`;
    const shown = outcome.crash !== null || outcome.signal !== null || outcome.ret < 0 ? color.red(ret) : ret;
    if (one) lines[lines.length - 1] = onRight(lines.at(-1)!, shown);
    else lines.push(`      ${color.cyan(laneName(lane))} ${shown}`);
    const indent = one ? '      ' : '        ';
    if (why) lines.push(...indented(whyLines(kernel, outcome), indent).map(color.cyan));
    if (touched !== undefined) lines.push(...stepLines(kernel, outcome, touched, indent));
  }
  return lines;
}

export function replayExpectationLines(
  { number, event }: NumberedEvent,
  judgement: Judgement,
  painted: Painted,
): string[] {
  const { color } = painted;
  const lines = eventLines(number, event, painted);
  const word = judgementWord(judgement);
  lines[lines.length - 1] = onRight(lines.at(-1)!, judgement.holds ? color.green(word) : color.red(word));
  return [...lines, ...judgementLines(judgement, '      ')];
}

/** The states of the lanes, an empty line before each, and what became of the log's expectations. */
export function replayEndLines(
  players: readonly LanePlayer[],
  events: number,
  expectations: Expectations,
  painted: Painted,
): string[] {
  const { color } = painted;
  const lines = players.flatMap(({ kernel }) => ['', ...worldLines(worldView(kernel, events), painted)]);
  const summary = expectations.summary();
  if (summary === undefined) return lines;
  return [...lines, '', expectations.failed.length > 0 ? color.red(summary) : color.green(summary)];
}

/** The event in one line, or more where it is long. */
function eventLines(number: number, event: NumberedEvent['event'], { color }: Painted): string[] {
  const head = `${String(number).padStart(4)}  `;
  const [first, ...rest] = wrap(eventText(event), MAIL_WIDTH - head.length);
  // what follows is indented further
  const more = rest.length === 0 ? [] : wrap(rest.join(' '), MAIL_WIDTH - 10);
  return [`${color.dim(head)}${color.bold(first ?? '')}`, ...more.map((line) => ' '.repeat(10) + line)];
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
