// SPDX-License-Identifier: GPL-2.0-or-later
/** Lanes that did the same are compared the short way; what is told is what the long way tells. */
import { type LogEvent, parseLog } from '@specialbit/events';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { linux_6_12 } from '../profile/profiles.js';
import { laneOf, withBit, withoutBit } from '../toy-lanes.testkit.js';
import type { LaneOptions } from '../world/create.js';
import { worldKey } from '../world/world-key.js';
import { PteComparer } from './compare-ptes.js';
import type { NamedLane } from './lane.js';
import { Lockstep } from './lockstep.js';

/** The same machine, where one of the frames that are allocated first is a driver's: from there on pages lie elsewhere. */
function withOneTaken({ machine, ...options }: LaneOptions, pfn: number): LaneOptions {
  return { ...options, machine: { ...machine, frames: { ...machine.frames, X: pfn } } };
}

const LANES: readonly NamedLane[] = [
  { name: 'with', options: laneOf(withBit) },
  { name: 'the same again', options: laneOf(withBit) },
  { name: 'without', options: { ...laneOf(withoutBit), profile: linux_6_12 } },
  { name: 'without again', options: laneOf(withoutBit) },
  { name: 'elsewhere', options: withOneTaken(laneOf(withBit), 8195) },
];

const START = [
  '{"type":"mmap","label":"anon","pages":6,"prot":"rw"}',
  '{"type":"mmap","label":"ring","pages":6,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}',
  '{"type":"mmap","label":"shm","pages":4,"prot":"rw","file":"tmp","flags":"MAP_SHARED"}',
];

const wish = fc.tuple(fc.nat(9), fc.nat(5), fc.nat(2)).map(([what, page, at]) => {
  const place = `${['anon', 'ring', 'shm'][at]}[${at === 2 ? page % 4 : page}]`;
  switch (what) {
    case 0:
      return `{"type":"vmf_insert_mixed","at":"ring[${page}]","frame":"${['P0', 'P1', 'D0'][at]}"}`;
    case 1:
      return `{"type":"fork","child":${at + 1}}`;
    case 2:
      return `{"type":"exit","mm":${at + 1}}`;
    case 3:
      return `{"type":"munmap","at":"${place}","pages":1}`;
    case 4:
      return `{"type":"madvise","at":"${place}","pages":1,"advice":"MADV_DONTNEED"}`;
    case 5:
      return `{"type":"mprotect","at":"${place}","pages":1,"prot":"${page % 2 === 0 ? 'r' : 'rw'}"}`;
    case 6:
      return `{"type":"write","at":"${place}","mm":${at + 1}}`;
    default:
      return `{"type":"${page % 2 === 0 ? 'write' : 'read'}","at":"${place}"}`;
  }
});

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
