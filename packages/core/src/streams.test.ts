// SPDX-License-Identifier: GPL-2.0-or-later
import { Readable } from 'node:stream';
import { type LogItem, parseLog } from '@specialbit/events';
import { log$ } from '@specialbit/events/node';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { compareStream, type ReplayStep, replay, replaySteps } from './streams.js';
import { EventError } from './timeline/event-error.js';
import { Timeline } from './timeline/timeline.js';
import { laneOf, withBit, withoutBit } from './toy-lanes.testkit.js';
import { coarseOf } from './world/coarse.js';

const lane = laneOf(withBit);

function items(events: number): LogItem[] {
  const made: LogItem[] = [{ kind: 'header', header: { specialbit: 1 }, line: 1 }];
  const text = ['{"specialbit":1}', '{"type":"mmap","label":"a","pages":16,"prot":"rw"}'];
  for (let i = 1; i < events; i++) text.push(`{"type":"write","at":"a[${i % 16}]","value":${i % 200}}`);
  for (const [i, event] of parseLog(text.join('\n')).events.entries()) made.push({ kind: 'event', event, line: i + 2 });
  return made;
}

it('makes a step of every event, with a world when it is asked for, also later', async () => {
  const log = items(20);
  const steps = await firstValueFrom(replay(log, lane).pipe(toArray()));
  expect(steps.map(({ index, line }) => [index, line])).toEqual(Array.from({ length: 20 }, (_, i) => [i, i + 2]));
  const timeline = new Timeline(
    lane,
    steps.map(({ event }) => event),
  );
  for (const [n, step] of steps.entries()) expect(coarseOf(step.world())).toEqual(coarseOf(timeline.at(n + 1)));
});

it('gives the worlds of steps that are long past', async () => {
  const kept: ReplayStep[] = [];
  const all = items(9000);
  let last = 0;
  for await (const step of replaySteps(all, lane)) {
    if ([0, 100, 3071, 3072, 8999].includes(step.index)) kept.push(step);
    last = step.index;
  }
  expect(last).toBe(8999);
  const timeline = new Timeline(
    lane,
    all.flatMap((item) => (item.kind === 'event' ? [item.event] : [])),
  );
  for (const step of kept) expect(coarseOf(step.world())).toEqual(coarseOf(timeline.at(step.index + 1)));
});

it('reads no further than it is asked to', async () => {
  let read = 0;
  function* source(): Generator<LogItem> {
    for (const item of items(1000)) {
      read++;
      yield item;
    }
  }
  const steps = replaySteps(source(), lane);
  await steps.next();
  await steps.next();
  expect(read).toBe(3);
  await steps.return(undefined);
  await lastValueFrom(replay(source(), lane).pipe(take(5)));
  expect(read).toBeLessThan(3 + 10);
});

it('replays what a reader streams', async () => {
  const text = `{"specialbit":1}\n{"type":"mmap","label":"a","pages":1,"prot":"rw"}\n{"type":"write","at":"a"}\n`;
  const last = await lastValueFrom(replay(log$(Readable.from([Buffer.from(text)])), () => lane, { touched: true }));
  expect(last.outcome).toMatchObject({ ret: 0, signal: null });
  expect(last.touched?.vpn.length).toBe(1);
  expect([...last.touched!.frames.keys()].length).toBe(1);
});

it('says which event names what does not exist', async () => {
  const bad = parseLog('{"specialbit":1}\n{"type":"exit"}\n{"type":"read","at":"nowhere"}').events;
  const log: LogItem[] = bad.map((event, i) => ({ kind: 'event', event, line: i + 2 }));
  await expect(lastValueFrom(replay(log, lane))).rejects.toMatchObject({ index: 1 });
  await expect(lastValueFrom(replay(log, lane))).rejects.toBeInstanceOf(EventError);
});

it('compares lanes as a stream', async () => {
  const text = `{"specialbit":1}
{"type":"mmap","label":"ring","pages":1,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"vmf_insert_mixed","at":"ring","frame":"P0"}`;
  const lanes = [
    { name: 'with', options: lane },
    { name: 'without', options: laneOf(withoutBit) },
  ];
  const log: LogItem[] = parseLog(text).events.map((event, i) => ({ kind: 'event', event, line: i + 2 }));
  const steps = await firstValueFrom(compareStream(log, lanes).pipe(toArray()));
  expect(steps.map(({ divergences }) => divergences.length)).toEqual([0, 1]);
  expect(steps[1]!.comparison.verdict()).toMatch(/^lanes first part at event 2/);
});
