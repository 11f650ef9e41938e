// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { lanes } from '../lanes.testkit.js';
import { Corpus, type Entry, eventsOf } from './corpus.js';
import { inline } from './inline.testkit.js';
import { Random } from './random.js';
import type { SweepSettings } from './settings.js';
import { isWitness, Shown } from './shown.js';
import { SweepState } from './state.js';
import { formatState, parseState } from './state-file.js';
import { finish, type SweepPlan, sweep } from './sweep.js';
import { Sweeper } from './sweeper.js';

const NAMES = ['x86_64', 'arm', 'arm@6.1'];
const SWEPT = lanes(...NAMES);
const SETTINGS: SweepSettings = {
  ...{ lanes: NAMES, seed: 1, runs: 60, job: 15, length: 10, pages: 1, frames: ['P0', 'D0', 'Z'], mappings: 1 },
  ...{ events: ['mmap', 'vmf_insert_mixed', 'vm_insert_page', 'write', 'munmap'], start: '' },
};

async function swept(plan: SweepPlan, order?: Parameters<typeof inline>[2], settings = SETTINGS): Promise<SweepState> {
  const state = new SweepState(settings);
  await sweep(state, plan, inline(SWEPT, settings, order));
  return state;
}

const text = (state: SweepState): string => [...formatState(state)].join('');

describe('a sweep', () => {
  it('comes to the same in whatever order its jobs are done', async () => {
    const forth = text(await swept({ rounds: 2 }));
    expect(text(await swept({ rounds: 2 }, (tasks) => tasks.toReversed()))).toBe(forth);
    expect(text(await swept({ rounds: 2 }, undefined, { ...SETTINGS, seed: 2 }))).not.toBe(forth);
  });

  it('is the union of its shards, however they are merged', async () => {
    const whole = await swept({ rounds: 1 });
    const shards: SweepState[] = [];
    for (let index = 0; index < 3; index++) shards.push(await swept({ rounds: 1, shard: { index, of: 3 } }));
    const merged = (...order: number[]): string => {
      const state = new SweepState(SETTINGS);
      for (const i of order) state.merge(shards[i]!, ['a', 'b']);
      return text(state);
    };
    expect(merged(0, 1, 2)).toBe(text(whole));
    expect(merged(2, 0, 1, 2, 0)).toBe(text(whole));
    expect(merged(0, 1)).not.toBe(text(whole));
  });

  it('finds logs that show what they are kept for, of which no event can go', async () => {
    const state = await swept({ rounds: 1 });
    const witnesses = await finish(state, inline(SWEPT, SETTINGS));
    const names = witnesses.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['parts because of pte_special', 'way vm_normal_page: null_special_vma']),
    );
    const shown = new Shown(SWEPT);
    const shows = (key: string, of: readonly string[], log: ReturnType<typeof eventsOf>): boolean => {
      let found = false;
      const indices = of.map((name) => NAMES.indexOf(name));
      shown.play(log, indices, (one) => {
        found ||= one === key;
      });
      return found;
    };
    for (const { key, lanes: of, log, minimal } of witnesses) {
      const events = eventsOf(log);
      expect([key, minimal, shows(key, of, events)]).toEqual([key, true, true]);
      for (let i = 0; i < events.length; i++)
        expect([key, i, shows(key, of, events.toSpliced(i, 1))]).toEqual([key, i, false]);
    }
  });

  it('forgets nothing that it starts from', () => {
    const sweeper = new Sweeper(SWEPT, SETTINGS);
    const { entries } = sweeper.job(0, 0, []);
    const again = new Corpus(sweeper.seen(entries.map(({ lanes: of, log }) => ({ lanes: of, events: eventsOf(log) }))));
    for (const { key } of entries.filter((entry) => isWitness(entry.key))) expect(again.get(key)?.key).toBe(key);
    // what is known already is not found once more
    const better = sweeper.job(0, 0, again.sorted()).entries.filter(({ key, log }) => {
      const known = again.get(key);
      return known !== undefined && eventsOf(known.log).length <= eventsOf(log).length;
    });
    expect(better).toEqual([]);
  });
});

describe('a state as a file', () => {
  it('is read as it was written', async () => {
    const written = text(await swept({ rounds: 1 }));
    expect(text(parseState('x', written))).toBe(written);
  });

  it.each([
    ['', 'x:1: expected the first line of a sweep'],
    ['{"specialbit":1}\n', 'x:1: expected the first line of a sweep'],
    [HEADER(1), 'x:1: expected 1 entries behind it, found 0'],
    [`${HEADER(1)}{"key":1}\n`, 'x:2: expected {"key":...,"lanes":[...],"log":[...]}'],
    [`${HEADER(1)}{"key":"a","lanes":["arm"],"log":[{"type":"exot"}]}\n`, 'x:2: type: expected the type of an event'],
    [HEADER(0).replace('"specialbit_sweep":1', '"specialbit_sweep":2'), 'x:1: expected format 1, found 2'],
  ])('%j is refused with its line', (wrong, message) => {
    expect(() => parseState('x', wrong)).toThrow(message);
  });
});

function HEADER(entries: number): string {
  return `${JSON.stringify({ specialbit_sweep: 1, settings: SETTINGS, entries, jobs: [] })}\n`;
}

describe('a corpus', () => {
  const entry = (key: string, log: string, ...of: string[]): Entry => ({ key, log, lanes: of });

  it('keeps the smallest log of each thing, whatever comes first', () => {
    const all = [
      entry('a', 'x\ny', 'l'),
      entry('a', 'xxxx', 'l'),
      entry('a', 'xxxy', 'l'),
      entry('b', 'z', 'l', 'm'),
      entry('b', 'z', 'l'),
    ];
    const kept = [entry('a', 'xxxx', 'l'), entry('b', 'z', 'l')];
    expect(new Corpus(all).sorted()).toEqual(kept);
    expect(new Corpus(all.toReversed()).sorted()).toEqual(kept);
  });
});

describe('random numbers', () => {
  it('depend on the whole path, and on nothing else', () => {
    const drawn = (...path: number[]): number[] => {
      const random = Random.at(...path);
      return Array.from({ length: 4 }, () => random.below(1 << 30));
    };
    expect(drawn(1, 2, 3)).toEqual(drawn(1, 2, 3));
    const all = [
      [1, 2, 3],
      [1, 2, 4],
      [1, 3, 3],
      [2, 2, 3],
      [3, 2, 1],
      [1, 2],
      [1, 2, 3, 0],
      [2 ** 40 + 1, 2, 3],
    ];
    expect(new Set(all.map((path) => drawn(...path).join())).size).toBe(all.length);
    const random = Random.at(5);
    const times = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) times[random.below(10)]!++;
    for (const n of times) expect(Math.abs(n - 1000)).toBeLessThan(150);
  });
});
