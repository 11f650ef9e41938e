// SPDX-License-Identifier: GPL-2.0-or-later
/** Since which event somebody holds a frame, or maps it. */
import type { Holder } from '@specialbit/core';
import { holdersOf, type Kernel, openWorld } from '@specialbit/core/kernel';
import type { LaneHistory } from './lane-history.js';
import { search } from './search.js';
import { latestFirst } from './watch.js';

/** Events that are looked at for one frame: one that was counted more often is told of no further. */
const MOST = 400;

/** A holder, and the event since which it is as it is: 0 for one from before the log, null where that is too far back. */
export interface HolderSince {
  readonly holder: Holder;
  readonly since: number | null;
}

/** What makes it the same holder from one moment to the next. */
function keyOf(holder: Holder): string {
  switch (holder.by) {
    case 'page cache':
      return `${holder.by} ${holder.file} ${holder.index}`;
    case 'swap cache':
      return `${holder.by} ${holder.slot}`;
    case 'pin':
    case 'driver':
    case 'nobody':
      return holder.by;
    default:
      return `${holder.by} ${holder.mm} ${holder.vpn}`;
  }
}

const refsOf = (k: Kernel, pfn: number): Map<string, number> =>
  new Map(holdersOf(k, pfn).map((holder) => [keyOf(holder), holder.refs]));

/** Everybody who holds, or maps without holding, the frame after `n` events. Yields on the way. */
export function* holdersSince(history: LaneHistory, pfn: number, n: number): Generator<unknown, HolderSince[], void> {
  const { timeline } = history;
  const at = (moment: number): Kernel => openWorld(timeline.options, timeline.at(moment));
  const holders = holdersOf(at(n), pfn);
  const since = new Map<string, number | null>();
  /** Until when each was seen to be as it is now, going back. */
  const open = new Map(holders.map((holder) => [keyOf(holder), { refs: holder.refs, until: n }]));
  /** Those that are otherwise at `moment` have become what they are behind it, by what no list of changes knows. */
  function* compare(moment: number): Generator<unknown, void, void> {
    const refs = refsOf(at(moment), pfn);
    for (const [key, seen] of open) {
      if (refs.get(key) === seen.refs) {
        seen.until = moment;
        continue;
      }
      const value = (k: Kernel): unknown => refsOf(k, pfn).get(key);
      const found = yield* search(history, { of: 'change', value }, seen.until + 1, 'backward');
      since.set(key, found ?? null);
      open.delete(key);
    }
  }
  let looked = 0;
  for (const number of touching(history, pfn, holders, n)) {
    yield;
    if (number === null) continue;
    if (open.size === 0 || looked++ === MOST) break;
    yield* compare(number);
    const before = refsOf(at(number - 1), pfn);
    for (const [key, { refs }] of open) {
      if (before.get(key) === refs) continue;
      since.set(key, number);
      open.delete(key);
    }
  }
  if (looked <= MOST) {
    if (open.size > 0) yield* compare(0);
    for (const key of open.keys()) since.set(key, 0);
  }
  return holders.map((holder) => ({ holder, since: since.get(keyOf(holder)) ?? null }));
}

/** The events that changed the frame's count, or an entry that maps it, the last first. */
function touching(
  { timeline }: LaneHistory,
  pfn: number,
  holders: readonly Holder[],
  n: number,
): Generator<number | null, void, void> {
  const entries = holders.flatMap((holder) =>
    'place' in holder ? [timeline.historySteps({ pte: { mm: holder.mm, vpn: holder.vpn } }, n)] : [],
  );
  return latestFirst([timeline.historySteps({ frame: pfn, field: 'count' }, n), ...entries]);
}
