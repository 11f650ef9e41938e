// SPDX-License-Identifier: GPL-2.0-or-later
/** Lines that are played on every lane, and what came of it there. */
import type { NamedLane } from '@specialbit/core';
import { decodeHeader, type LogHeader } from '@specialbit/events';
import type { ClaimGroup } from './advise.js';
import { event, type Line } from './line.js';
import { headerJson, proofLog } from './proof.js';
import type { Stage } from './stage.js';
import { playLines, readLines, type Starts } from './trial.js';
import { type Verdict, verdictKey } from './verdict.js';

export interface StageClaim {
  /** Lanes that came to the same. */
  readonly groups: readonly ClaimGroup[];
  /** The log that shows it, with what was found as expectations. */
  readonly log: () => string;
}

/** Plays the lines of a suite, and the end of the process, on the lanes of the stage's header. */
export function claimOf(
  stage: Stage,
  asked: readonly Line[],
  title: string,
  lanesOf: (header: LogHeader) => readonly NamedLane[],
  starts: Starts,
): StageClaim {
  const lines = [...asked, event({ type: 'exit' })];
  const read = readLines(lines);
  const groups = new Map<string, { lanes: string[]; verdict: Verdict }>();
  const trials = lanesOf(decodeHeader({ specialbit: 1, ...headerJson(stage.header) })).map((lane) =>
    playLines(lane, read, stage.driverFrames, starts),
  );
  for (const { lane, verdict } of trials) {
    const key = verdictKey(verdict);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { lanes: [lane], verdict });
    else group.lanes.push(lane);
  }
  const log = (): string => proofLog({ title, description: [], header: stage.header }, lines, trials);
  return { groups: [...groups.values()], log };
}
