// SPDX-License-Identifier: GPL-2.0-or-later
import { type LogEvent, parseLog } from '@specialbit/events';
import { expect, it } from 'vitest';
import { F } from '../machine/frame-table.js';
import { laneOf, withBit } from '../toy-lanes.testkit.js';
import { processOf, vmasOf } from '../world/world.js';
import { diffWorlds } from './diff.js';
import { EventArray, SplicedEvents } from './event-list.js';
import { Snapshots } from './snapshots.js';
import { Timeline } from './timeline.js';

const events = (...lines: string[]): LogEvent[] => [...parseLog(`{"specialbit":1}\n${lines.join('\n')}`).events];
const lane = laneOf(withBit);

const LOG = events(
  '{"type":"mmap","label":"a","pages":2,"prot":"rw"}',
  '{"type":"write","at":"a","value":5}',
  '{"type":"fork","child":1}',
  '{"type":"write","mm":1,"at":"a","value":6}',
  '{"type":"exit","mm":1}',
);

it('knows who wrote what', () => {
  const timeline = new Timeline(lane, LOG);
  const vpn = processOf(timeline.at(1), 0)!.labels.get('a')!;
  const pte = { pte: { mm: 0, vpn } };
  // the fork took the write permission away
  expect([...timeline.history(pte)].map(({ index }) => index)).toEqual([2, 1]);
  expect(timeline.lastWriter(pte, 2)?.index).toBe(1);
  expect(timeline.lastWriter(pte, 1)).toBeUndefined();
  expect(timeline.lastWriter({ counter: { mm: 0, counter: 1 } })).toMatchObject({ index: 1, before: [0], after: [1] });
  const page = timeline.diff(1, 2).frames[0]!;
  expect(page.after[F.count]).toBe(1);
  expect(
    [...timeline.history({ frame: page.pfn, field: 'count' })].map(({ index, after }) => [index, after[0]]),
  ).toEqual([
    [3, 1],
    [2, 2],
    [1, 1],
  ]);
});

it('finds the moment at which something becomes true', () => {
  const timeline = new Timeline(lane, LOG);
  expect(timeline.find(({ kernel }) => kernel.mms.size === 2, 0)).toBe(3);
  expect(timeline.find(({ kernel }) => kernel.mms.size === 2, 5, 'backward')).toBe(4);
  expect(timeline.find(({ event }) => event?.type === 'munmap', 0)).toBeUndefined();
  expect(timeline.find(({ outcome }) => outcome?.signal === 'SIGSEGV', 0)).toBeUndefined();
});

it('shows another course of events', () => {
  const timeline = new Timeline(lane, LOG);
  const branch = timeline.branch(2, { remove: 3 });
  expect(branch.length).toBe(2);
  const other = timeline.branch(3, { replace: { type: 'exit', mm: 1 } });
  expect(() => other.at(5)).toThrow('event 5');
  expect(processOf(other.at(4), 1)).toBeUndefined();
  const more = branch.branch(2, { insert: events('{"type":"munmap","at":"a","pages":2}') });
  expect(vmasOf(processOf(more.at(3), 0)!)).toEqual([]);
  expect(vmasOf(processOf(timeline.at(5), 0)!).length).toBe(1);
  expect(() => timeline.branch(6, { remove: 0 })).toThrow(RangeError);
  expect(() => timeline.branch(5, { remove: 1 })).toThrow(RangeError);
});

it('does not carry out what takes the kernel down, and goes on', () => {
  const log = events(
    '{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev"}',
    '{"type":"vmf_insert_pfn","at":"a","frame":"P0"}',
    '{"type":"munmap","at":"a","pages":1}',
  );
  const timeline = new Timeline(lane, log, { every: 1 });
  expect(vmasOf(processOf(timeline.at(3), 0)!)).toEqual([]);
  expect(timeline.outcome(1).crash).toMatchObject({ kind: 'BUG', where: 'vmf_insert_pfn_prot' });
  expect(timeline.diff(1, 2)).toEqual({ born: [], gone: [], vmas: [], ptes: [], frames: [], rss: [], figures: [] });
});

it('grows with its log', () => {
  const log = LOG.slice(0, 2);
  const timeline = new Timeline(lane, log);
  expect(processOf(timeline.at(2), 0)!.rss[1]).toBe(1);
  log.push(LOG[2]!);
  expect(timeline.length).toBe(3);
  expect(processOf(timeline.at(3), 1)!.rss[1]).toBe(1);
});

it('refuses moments that are not', () => {
  const timeline = new Timeline(lane, LOG);
  for (const n of [-1, 6, 0.5, Number.NaN]) expect(() => timeline.at(n)).toThrow(RangeError);
  expect(() => timeline.outcome(5)).toThrow('no event 5 of 5');
});

it('splices lists without copying them', () => {
  const [a, b, c, d] = LOG as [LogEvent, LogEvent, LogEvent, LogEvent];
  const all = (list: { length: number; get(i: number): LogEvent }): LogEvent[] =>
    Array.from({ length: list.length }, (_, i) => list.get(i));
  const base = new EventArray([a, b, c]);
  expect(all(new SplicedEvents(base, 1, 1, [d, a]))).toEqual([a, d, a, c]);
  expect(all(new SplicedEvents(base, 3, 0, [d]))).toEqual([a, b, c, d]);
  expect(all(new SplicedEvents(new SplicedEvents(base, 0, 2, []), 1, 0, [b]))).toEqual([c, b]);
});

it('keeps the snapshots near the cursor', () => {
  const world = new Timeline(lane, []).at(0);
  const snapshots = new Snapshots([world], 10_000);
  for (let n = 1; n < 3000; n++) snapshots.put(n, world, 2990);
  expect(snapshots.has(2990)).toBe(true);
  expect(snapshots.floor(100).position).toBe(0);
  expect(snapshots.floor(2995).position).toBe(2995);
});

it('keeps of what lies in other stretches a few snapshots, and all near the cursor', () => {
  const world = new Timeline(lane, []).at(0);
  const snapshots = new Snapshots([world], 100);
  const far = Array.from({ length: 30 }, (_, i) => 1000 * i + 1);
  for (const n of far) snapshots.put(n, world, n);
  expect(far.filter((n) => snapshots.has(n))).toEqual(far.slice(-9));
  for (let n = 29_002; n < 29_050; n++) snapshots.put(n, world, 29_001);
  expect([snapshots.has(29_049), snapshots.has(21_001), snapshots.has(20_001)]).toEqual([true, true, false]);
});

it('keeps as few worlds as it is told to, and finds every moment all the same', () => {
  const writes = Array.from({ length: 300 }, (_, i) => ({ type: 'write', at: `a[${i % 2}]`, value: i % 7 }));
  const log = events(
    JSON.stringify({ type: 'mmap', label: 'a', pages: 2, prot: 'rw' }),
    ...writes.map((w) => JSON.stringify(w)),
  );
  const plain = new Timeline(lane, log);
  const few = new Timeline(lane, log, { every: 64, extra: 2, parts: 1 });
  for (const n of [301, 17, 200, 199, 198, 64, 128, 0, 250]) {
    const { born, ptes, frames, rss } = diffWorlds(few.options.arch, few.at(n), plain.at(n));
    expect([born, ptes, frames, rss], String(n)).toEqual([[], [], [], []]);
  }
  expect(diffWorlds(few.options.arch, few.at(1), plain.at(250)).ptes).not.toEqual([]);
});
