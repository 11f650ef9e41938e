// SPDX-License-Identifier: GPL-2.0-or-later
/** Plays a log on several lanes, event by event. */
import { LogReferenceError } from '@specialbit/core';
import type { LanePlayer } from '@specialbit/view';
import { type NumberedEvent, referenceError } from '@specialbit/view';
import type { OpenedLog } from '../log/open-log.js';
import { playEvents } from '../log/play-events.js';
import type { Terminal } from '../terminal.js';

export type Step = ReturnType<LanePlayer['step']>;

/**
 * Applies the first `at` events, all of them when it is absent, and returns how many those are. Warns
 * of a truncated end. Throws LogError, InputError for a name that does not exist at that moment, and
 * UsageError when the log has fewer events.
 */
export function playLog(
  log: OpenedLog,
  players: readonly LanePlayer[],
  at: number | undefined,
  terminal: Terminal,
  onStep: (numbered: NumberedEvent, steps: readonly Step[]) => Promise<void> | void = () => {},
): Promise<number> {
  return playEvents(log, at, terminal, (numbered) =>
    onStep(
      numbered,
      players.map((player) => stepOf(log.file, player, numbered)),
    ),
  );
}

function stepOf(file: string, player: LanePlayer, numbered: NumberedEvent): Step {
  try {
    return player.step(numbered.event);
  } catch (error) {
    if (error instanceof LogReferenceError) throw referenceError(file, numbered, error);
    throw error;
  }
}
