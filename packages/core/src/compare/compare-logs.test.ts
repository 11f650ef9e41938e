// SPDX-License-Identifier: GPL-2.0-or-later

import { type LogEvent, parseLog } from '@specialbit/events';
import { expect, it } from 'vitest';
import { laneOf, withBit } from '../toy-lanes.testkit.js';
import { processOf } from '../world/world.js';
import { type AlignedEvents, compareLogs } from './compare-logs.js';

const event = (line: string): LogEvent => [...parseLog(`{"specialbit":1}\n${line}`).events][0]!;
const same = (line: string): AlignedEvents => ({ left: event(line), right: event(line), same: true });
const apart = (left: string | null, right: string | null): AlignedEvents => ({
  left: left === null ? null : event(left),
  right: right === null ? null : event(right),
  same: false,
});
const compared = (...aligned: AlignedEvents[]): ReturnType<typeof compareLogs> =>
  compareLogs({ name: 'toy', options: laneOf(withBit) }, ['v1', 'v2'], aligned);

const MMAP =
  '{"type":"mmap","label":"ring","pages":4,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}';
const PAGE = '{"type":"vm_insert_page","at":"ring","frame":"P0"}';
const PFN = '{"type":"vmf_insert_mixed","at":"ring","frame":"P0"}';

it('tells which change does what', () => {
  const { changes, divergences, worlds } = compared(
    same(MMAP),
    apart(PAGE, PFN),
    same('{"type":"write","at":"ring[1]"}'),
    apart(null, '{"type":"get_page","frame":"P3"}'),
  );
  expect(changes).toEqual([
    { from: 1, to: 2 },
    { from: 3, to: 4 },
  ]);
  expect(divergences.map(({ index, changes: by, parts }) => [index, by, parts.map(({ what }) => what)])).toEqual([
    [1, [0], ['P0', 'P0', 'mm 0 MM_FILEPAGES', 'ring[0]']],
    [3, [1], ['P3']],
  ]);
  expect(worlds.map((world) => processOf(world, 0)!.rss[0])).toEqual([1, 0]);
});

it('says so where a change does nothing', () => {
  const get = '{"type":"get_page","frame":"P3"}';
  const { changes, divergences } = compared(same(MMAP), apart(get, null), apart(null, get));
  expect(changes).toHaveLength(1);
  expect(divergences.at(-1)).toMatchObject({ index: 1, changes: [0] });
  expect(compared(same(MMAP), same(get)).divergences).toEqual([]);
});
