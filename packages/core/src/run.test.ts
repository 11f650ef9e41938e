// SPDX-License-Identifier: GPL-2.0-or-later
import { parseLog } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PROFILE } from './profile/profiles.js';
import { laneOf, run } from './run.js';
import { withBit, withoutBit } from './toy-lanes.testkit.js';

const log = (header: string, ...events: string[]) => parseLog([header, ...events, ''].join('\n'));
const MACHINE = '{"ram":[["0x100","0x200"]],"zero_pfn":"0x180","frames":{"P0":"0x110","D0":"0x900"}}';

describe('laneOf', () => {
  it('has the machine of the architecture, of every other one, or its own', () => {
    const { header } = log(`{"specialbit":1,"machine":{"toy":${MACHINE}}}`);
    expect(laneOf(header, withBit).machine.frames.P0).toBe(0x110);
    expect(laneOf(header, withoutBit).machine.frames.P0).toBe(0x1000);
    const { header: usual } = log(`{"specialbit":1,"machine":{"default":${MACHINE}}}`);
    expect(laneOf(usual, withoutBit).machine.frames.P0).toBe(0x110);
  });

  it('has the kernel and the configuration of the header, the files, and what frames hold', () => {
    const { header } = log('{"specialbit":1,"profile":"linux-6.1","config":["CONFIG_KSM"],"files":{"dev":"device"}}');
    const lane = laneOf(header, withBit);
    expect([lane.profile!.name, [...lane.profile!.config], lane.files]).toEqual([
      'linux-6.1',
      ['CONFIG_KSM'],
      { dev: { kind: 'device', pages: 0 } },
    ]);
    expect(lane.content!.D0).toBeGreaterThan(0);
    expect(laneOf({ specialbit: 1 }, withBit).profile).toBe(DEFAULT_PROFILE);
    expect(laneOf(header, withBit, DEFAULT_PROFILE).profile!.name).toBe(DEFAULT_PROFILE.name);
    expect(() => laneOf({ specialbit: 1, profile: 'linux-1.0' }, withBit)).toThrow('no such kernel: linux-1.0');
  });
});

describe('run', () => {
  const remap = log(
    '{"specialbit":1,"files":{"dev":"device"}}',
    '{"type":"mmap","label":"ring","pages":3,"prot":"rw","file":"dev","call":[{"type":"remap_pfn_range","frame":"D0","pages":2}]}',
    '{"type":"read","at":"ring[2]"}',
  );

  it('tells what each event did, and what every entry is', () => {
    const { outcomes, entries, lane } = run(remap, withBit);
    expect(outcomes.map(({ signal }) => signal)).toEqual([null, 'SIGBUS']);
    expect(entries.map(({ mm, at, frame, verdict, special }) => [mm, at, frame, verdict, special])).toEqual([
      [0, 'ring[0]', 'D0', 'NULL', true],
      [0, 'ring[1]', 'D1', 'NULL', true],
    ]);
    expect(run(remap, lane).entries).toEqual(entries);
    expect(run(remap, withoutBit).entries.map(({ special }) => special)).toEqual([false, false]);
  });

  it('says which event names what is not there', () => {
    const wrong = log('{"specialbit":1}', '{"type":"munmap","at":"ring","pages":1}');
    expect(() => run(wrong, withBit)).toThrow('event 1: no such mapping: ring');
  });
});
