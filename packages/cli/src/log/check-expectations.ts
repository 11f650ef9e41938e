// SPDX-License-Identifier: GPL-2.0-or-later
/** Plays a log for its expectations alone. */
import { type LaneOptions, LogReferenceError, type Outcome } from '@specialbit/core';
import { isStatement, type LogHeader } from '@specialbit/events';
import { Expectations, judgementTexts, LanePlayer, laneName, type NumberedEvent } from '@specialbit/view';
import { openLog } from './open-log.js';

/** A log with all of its events, to be played more than once. */
export interface WholeLog {
  readonly file: string;
  readonly header: LogHeader;
  readonly events: readonly NumberedEvent[];
}

/** Throws LogError. */
export async function wholeLog(file: string): Promise<WholeLog> {
  const log = await openLog(file);
  const events: NumberedEvent[] = [];
  try {
    for await (const batch of log.events) events.push(...batch);
  } finally {
    await log.close();
  }
  return { file: log.file, header: log.header, events };
}

/** An expectation that does not hold. */
export interface Unheld {
  readonly number: number;
  readonly line: number;
  /** On which lane what is otherwise, one line each. */
  readonly lines: readonly string[];
}

export interface CheckedExpectations {
  /** Expectations that are about one of the lanes. */
  readonly asked: number;
  /** Those of them that hold. */
  readonly met: number;
  /** Expectations that are about none of them. */
  readonly idle: number;
  readonly unheld: readonly Unheld[];
}

/** What becomes of a log's expectations on some lanes together. A lane skips an event that names what it does not have. */
export function checkExpectations({ events }: WholeLog, lanes: readonly LaneOptions[]): CheckedExpectations {
  const players = lanes.map((lane) => new LanePlayer(lane, false));
  const expectations = new Expectations(players.map(({ lane, kernel }) => ({ name: laneName(lane), kernel })));
  let idle = 0;
  for (const numbered of events) {
    const outcomes = players.map((player) => outcomeOf(player, numbered));
    if (expectations.take(numbered, outcomes)?.asked.length === 0) idle++;
  }
  const asked = expectations.checked - idle;
  const unheld = expectations.failed.map(({ number, line, judgement }) => ({
    number,
    line,
    lines: judgementTexts(judgement),
  }));
  return { asked, met: asked - unheld.length, idle, unheld };
}

function outcomeOf(player: LanePlayer, { event }: NumberedEvent): Outcome | null {
  if (isStatement(event)) return null;
  try {
    return player.step(event).outcome;
  } catch (error) {
    if (error instanceof LogReferenceError) return null;
    throw error;
  }
}
