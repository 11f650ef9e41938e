// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { checkTogether, type SweepCommandOptions, settingsOf, shardOf } from './options.js';

const OPTIONS: SweepCommandOptions = { seed: 1, length: 8, job: 10, pages: 1, mappings: 1, lane: ['x86_64,arm'] };

describe('options of a sweep', () => {
  it.each<[Partial<SweepCommandOptions>, string]>([
    [{ workers: 0 }, '--workers 0: expected 1 thread or more'],
    [{ shard: '1/2' }, '--shard needs -o FILE'],
    [{ shard: '1/2', output: 'x', rounds: 2 }, '--shard has one round'],
    [{ shard: '1/2', output: 'x', time: 2 }, '--shard has one round'],
    [{ time: 1, rounds: 2 }, 'how many rounds there are is said by one of them'],
    [{ time: 0 }, '--time 0: expected 1 or more'],
    [{ queue: 'redis://x', workers: 2 }, '"specialbit worker --queue" has the threads'],
  ])('%j exclude each other, or need another', (more, message) => {
    expect(() => checkTogether({ ...OPTIONS, ...more })).toThrow(message);
  });

  it.each<[Partial<SweepCommandOptions>, string]>([
    [{ runs: 0 }, '--runs 0: expected 1 run or more'],
    [{ job: 0 }, '--job 0: expected 1 or more'],
    [{ length: 0 }, '--length 0: expected 1 or more'],
    [{ lane: ['x86_46'] }, 'did you mean "x86_64"?'],
    [{ frames: ['Q1'] }, 'x86_64 has no frame "Q1"'],
    [{ events: ['frok'] }, 'did you mean "fork"?'],
  ])('%j is refused', (more, message) => {
    expect(() => settingsOf({ ...OPTIONS, ...more }, [])).toThrow(message);
  });

  it('are the settings, and what they start from is among them', () => {
    const { settings, start } = settingsOf({ ...OPTIONS, time: 1 }, []);
    expect({ runs: settings.runs, start: settings.start, entries: start }).toEqual({
      runs: 4000,
      start: '',
      entries: [],
    });
    const events = settingsOf(OPTIONS, [{ lanes: [], events: [{ type: 'fork', mm: 0, child: 1 }] }]);
    expect(events.settings.start).toMatch(/^[0-9a-f]{16}$/);
    expect(events.start.length).toBeGreaterThan(0);
  });

  it.each(['0/2', '3/2', '1', '1/0', 'a/b', '1/2/3'])('%s is no shard', (text) => {
    expect(() => shardOf(text)).toThrow(`--shard ${text}: expected a shard of some`);
  });

  it('counts shards from 1', () => {
    expect(shardOf('3/8')).toEqual({ index: 2, of: 8 });
  });
});
