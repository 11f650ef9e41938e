// SPDX-License-Identifier: GPL-2.0-or-later
/** Lanes that did the same are compared the short way; what is told is what the long way tells. */
import { type LogEvent, parseLog } from '@specialbit/events';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { worldKey } from '../world/world-key.js';
import { PteComparer } from './compare-ptes.js';
import { Lockstep } from './lockstep.js';
import { LANES, START, wish } from './random-events.testkit.js';

/** What the lanes told event by event, and the worlds in the end. */
function told(events: readonly LogEvent[], theLongWay: boolean): { drafts: number; all: unknown[] } {
  const lockstep = new Lockstep(LANES, true, false);
  const all: unknown[] = [];
  let count = 0;
  for (const event of events) {
    if (theLongWay) for (const { ids } of lockstep.lanes) ids.partBirths();
    const drafts = lockstep.step(event, true);
    count += drafts.length;
    all.push(drafts.map((draft) => ({ ...draft, thing: lockstep.nameOf(draft.thing) })));
    all.push(lockstep.lanes.map(({ outcome }) => outcome));
  }
  all.push(lockstep.lanes.map((lane) => worldKey(lane.options.arch, lane.commit())));
  return { drafts: count, all };
}

afterEach(() => vi.restoreAllMocks());

it('tells the same the short way and the long way', () => {
  let drafts = 0;
  fc.assert(
    fc.property(fc.array(wish, { minLength: 10, maxLength: 40 }), (lines) => {
      const { events } = parseLog(`{"specialbit":1}\n${[...START, ...lines].join('\n')}`);
      const short = told(events, false);
      const spy = vi
        .spyOn(PteComparer.prototype as unknown as { allTouchedAlike: () => boolean }, 'allTouchedAlike')
        .mockReturnValue(false);
      expect(told(events, true)).toEqual(short);
      spy.mockRestore();
      drafts += short.drafts;
    }),
    { numRuns: 25, seed: 14 },
  );
  expect(drafts).toBeGreaterThan(150);
});
