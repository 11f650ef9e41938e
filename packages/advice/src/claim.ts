// SPDX-License-Identifier: GPL-2.0-or-later
/** Lines that are played on every lane, and what came of it there. */
import type { NamedLane } from '@specialbit/core';
import { decodeHeader, type LogHeader } from '@specialbit/events';
import { event, type Line } from './line.js';
import { headerJson, proofLog } from './proof.js';
import type { Stage } from './stage.js';
import { playLines, readLines, type Starts, type Trial } from './trial.js';
import { type Verdict, verdictKey } from './verdict.js';

/** Lanes that came to the same. */
export interface ClaimGroup {
  readonly lanes: readonly string[];
  readonly verdict: Verdict;
}

export interface StageClaim {
  /** Lanes that came to the same. */
  readonly groups: readonly ClaimGroup[];
  /** Lanes on which it was played. */
  readonly played: number;
  /** The log that shows it, with what was found as expectations. */
  readonly log: (title: string, description?: readonly string[]) => string;
}

/**
 * Plays the lines of a suite, and the end of the process, on lanes of the stage's header. `absent`: what is said of a lane
 * on which there is nothing to play.
 */
export function claimOf(
  stage: Stage,
  asked: readonly Line[],
  lanes: readonly NamedLane[],
  starts: Starts,
  absent: (lane: NamedLane) => Verdict | undefined = () => undefined,
): StageClaim {
  const lines = [...asked, event({ type: 'exit' })];
  const read = readLines(lines);
  const groups = new Map<string, { lanes: string[]; verdict: Verdict }>();
  const trials: Trial[] = [];
  for (const lane of lanes) {
    let verdict = absent(lane);
    if (verdict === undefined) {
      const trial = playLines(lane, read, stage.driverFrames, starts);
      trials.push(trial);
      verdict = trial.verdict;
    }
    const key = verdictKey(verdict);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { lanes: [lane.name], verdict });
    else group.lanes.push(lane.name);
  }
  return {
    groups: [...groups.values()],
    played: trials.length,
    log: (title, description = []) => proofLog({ title, description, header: stage.header }, lines, trials),
  };
}

/** The header of a log that a stage can be played on. */
export const headerOf = ({ header }: Stage): LogHeader => decodeHeader({ specialbit: 1, ...headerJson(header) });
