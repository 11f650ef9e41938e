// SPDX-License-Identifier: GPL-2.0-or-later
/** Running to the moment at which something becomes true. */
import { LogReferenceError, type Outcome, Player } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { type LaneHistory, tryStep } from './lane-history.js';

/** Events between two chances to stop. */
const SLICE = 256;
/** Events that a search backwards plays at once. */
const BLOCK = 1024;

export interface SearchMoment {
  readonly event: LogEvent;
  /** Null where the event names what the lane does not have. */
  readonly outcome: Outcome | null;
  /** To be looked at now. */
  readonly kernel: Kernel;
}

/** A condition on moments. */
export type Condition =
  /** An event matches, whatever the event before did. */
  | { readonly of: 'event'; readonly matches: (moment: SearchMoment) => boolean }
  /** The state begins to match. */
  | { readonly of: 'state'; readonly matches: (kernel: Kernel) => boolean }
  /** A value becomes another one. */
  | { readonly of: 'change'; readonly value: (kernel: Kernel) => unknown };

/**
 * The nearest moment behind (before) `from` at which the condition becomes true; undefined when there is
 * none. Yields the moment that it has reached, so that a search can be shown and given up.
 */
export function* search(
  history: LaneHistory,
  condition: Condition,
  from: number,
  direction: 'forward' | 'backward',
): Generator<number, number | undefined, void> {
  if (direction === 'forward') return yield* matchIn(history, condition, from, history.length, true);
  for (let end = from - 1; end > 0; ) {
    const start = Math.floor((end - 1) / BLOCK) * BLOCK;
    const found = yield* matchIn(history, condition, start, end, false);
    if (found !== undefined) return found;
    end = start;
  }
  return undefined;
}

/** The first, or the last, match among the moments in `(start, end]`. */
function* matchIn(
  { timeline, events }: LaneHistory,
  condition: Condition,
  start: number,
  end: number,
  first: boolean,
): Generator<number, number | undefined, void> {
  if (start >= end) return undefined;
  const player = new Player(timeline.options, timeline.at(start));
  let before = reading(condition, player.kernel);
  let found: number | undefined;
  for (let n = start + 1; n <= end; n++) {
    const { event } = events.at(n - 1)!;
    const result = tryStep(player, event);
    const outcome = result instanceof LogReferenceError ? null : result;
    const now = reading(condition, player.kernel);
    const hit =
      condition.of === 'event'
        ? condition.matches({ event, outcome, kernel: player.kernel })
        : condition.of === 'state'
          ? now === true && before !== true
          : now !== before;
    if (hit && first) return n;
    if (hit) found = n;
    before = now;
    if (n % SLICE !== 0) continue;
    yield n;
  }
  return found;
}

function reading(condition: Condition, kernel: Kernel): unknown {
  if (condition.of === 'event') return undefined;
  return condition.of === 'state' ? condition.matches(kernel) : condition.value(kernel);
}
