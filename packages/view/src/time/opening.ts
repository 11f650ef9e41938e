// SPDX-License-Identifier: GPL-2.0-or-later
/** Where a log is looked at first, when nobody says where. */
import type { LoadedLog, NumberedEvents } from '../log/loaded-log.js';
import type { Divergences } from '../step/divergences.js';
import type { LaneHistory } from './lane-history.js';

/** A log of more events than this is shown from its start, without looking for where its lanes part first. */
const LOOKED_THROUGH = 5000;

/**
 * The moment at which the lanes part first. Where they never do, that of the first event that is refused; where none is,
 * that of the last that does something: what is behind it asks only whether it came out as expected. Yields on the way.
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
  return events.slice(0, reached).findLast(({ event }) => event.type !== 'expect')?.number ?? reached;
}
