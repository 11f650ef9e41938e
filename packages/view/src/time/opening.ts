// SPDX-License-Identifier: GPL-2.0-or-later
/** Where a log is looked at first, when nobody says where. */
import type { LoadedLog, NumberedEvents } from '../log/loaded-log.js';
import type { Divergences } from '../step/divergences.js';
import type { LaneHistory } from './lane-history.js';

/** A log of more events than this is shown from its start, without looking for where its lanes part first. */
const LOOKED_THROUGH = 5000;

/**
 * The moment at which the lanes part first. Where they never do, that of the first event that is refused; where none is,
 * that of the last that does something (what is behind it asks only whether it came out as expected), or before it, where
 * it leaves nothing mapped: a recording ends with its process. Yields on the way.
 */
export function* openingMoment(
  { events }: LoadedLog<NumberedEvents>,
  divergences: Divergences,
  [first]: readonly LaneHistory[],
): Generator<unknown, number, void> {
  if (events.length > LOOKED_THROUGH) return 0;
  const parting = yield* divergences.search(0, 'forward');
  if (parting !== undefined) return parting;
  const reached = divergences.stop === null ? events.length : divergences.stop.number - 1;
  const refused = reached === 0 ? -1 : (first?.returned(1, reached).findIndex(({ failed }) => failed) ?? -1);
  if (refused >= 0) return refused + 1;
  const doing = (n: number): number => events.slice(0, n).findLast(({ event }) => event.type !== 'expect')?.number ?? n;
  const last = doing(reached);
  return first === undefined ? last : doing(lastMapped(first, last));
}

const isEmpty = (list: Iterable<unknown>): boolean => list[Symbol.iterator]().next().done === true;

/** Moments that are looked at for one with something to be seen. */
const BACK = 256;

/**
 * The last moment up to `n` at which something is mapped, or at which the kernel had something to say; `n` itself where that
 * is long ago, or never was.
 */
export function lastMapped(lane: LaneHistory, n: number): number {
  for (let at = n; at > 0 && n - at < BACK; at--) {
    const { kernel, outcome } = lane.at(at);
    if (outcome !== null && (outcome.messages.length > 0 || outcome.crash !== null)) return at;
    for (const mm of kernel.mms.values()) if (!isEmpty(mm.peek_vmas())) return at;
  }
  return n;
}
