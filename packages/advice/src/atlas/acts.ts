// SPDX-License-Identifier: GPL-2.0-or-later
/** Events of the atlas, played on one lane. */
import { errnoName, LogReferenceError, type NamedLane, type Outcome, Player } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import { decodeEvent } from '@specialbit/events';
import type { Json } from '../scene.js';
import type { Starts } from '../trial.js';

/** Undefined: a name that it uses stands for nothing any more, and nothing was played. */
export function step(player: Player, json: Json): Outcome | undefined {
  try {
    return player.step(decodeEvent(json));
  } catch (error) {
    if (error instanceof LogReferenceError) return undefined;
    throw error;
  }
}

export const hasFailed = (outcome: Outcome): boolean =>
  outcome.crash !== null || outcome.ret < 0 || outcome.signal !== null;

/** `-EFAULT`, `SIGBUS`, `BUG in vmf_insert_pfn_prot`. */
export function returnedText(outcome: Outcome): string {
  if (outcome.crash !== null) return `${outcome.crash.kind} in ${outcome.crash.where}`;
  return outcome.signal ?? `-${errnoName(outcome.ret) ?? -outcome.ret}`;
}

/** What is said of an event that could not be played, since what it names is not there. */
export const nothingNamed = ({ type, at, file }: Json): string =>
  `${String(type)}: there is no ${String(at ?? file ?? 'such thing')}`;

export interface Played {
  readonly player: Player;
  readonly kernel: Kernel;
  /** The outcome of the event that failed, if it was played at all. */
  readonly outcome?: Outcome;
  /** What the first event that failed came to; undefined: all of them went well. */
  readonly failed: string | undefined;
}

/** Plays events up to the first that fails. */
export function played({ options: lane }: NamedLane, before: readonly Json[], starts: Starts): Played {
  const { options, world } = starts.of(lane);
  const player = new Player(options, world);
  for (const json of before) {
    const outcome = step(player, json);
    if (outcome === undefined) return { player, kernel: player.kernel, failed: nothingNamed(json) };
    if (hasFailed(outcome)) return { player, kernel: player.kernel, outcome, failed: returnedText(outcome) };
  }
  return { player, kernel: player.kernel, failed: undefined };
}
