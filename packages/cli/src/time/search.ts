/** Running to the moment at which something becomes true. */
import { type Kernel, LogReferenceError, type Outcome, Session } from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import type { LaneHistory } from './lane-history.js';

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

/**
 * A condition on moments. `of` tells whether the event matches, or whether the state after it does: a
 * state matches at the moment at which it begins to.
 */
export interface Condition {
  readonly text: string;
  readonly of: 'event' | 'state';
  event(moment: SearchMoment): boolean;
  state(kernel: Kernel): boolean;
}

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
  const session = new Session(timeline.options, timeline.at(start));
  const onState = condition.of === 'state';
  let before = onState && condition.state(session.live);
  let found: number | undefined;
  for (let n = start + 1; n <= end; n++) {
    const { event } = events[n - 1]!;
    const outcome = tryStep(session, event);
    const kernel = session.live;
    const now = onState
      ? condition.state(kernel)
      : condition.event({ event, outcome: outcome instanceof LogReferenceError ? null : outcome, kernel });
    if (now && !before) {
      if (first) return n;
      found = n;
    }
    before = onState && now;
    if (n % SLICE !== 0) continue;
    session.commit();
    yield n;
  }
  return found;
}

/** Steps a session; the error where the event names what the lane does not have. */
export function tryStep(session: Session, event: LogEvent): Outcome | LogReferenceError {
  try {
    return session.step(event);
  } catch (error) {
    if (error instanceof LogReferenceError) return error;
    throw error;
  }
}
