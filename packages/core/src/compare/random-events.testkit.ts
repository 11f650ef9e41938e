// SPDX-License-Identifier: GPL-2.0-or-later
/** Lanes that part often, and random events for them. */
import fc from 'fast-check';
import { linux_6_12 } from '../profile/profiles.js';
import { laneOf, withBit, withoutBit } from '../toy-lanes.testkit.js';
import type { LaneOptions } from '../world/create.js';
import type { NamedLane } from './lane.js';

/** The same machine, where one of the frames that are allocated first is a driver's: from there on pages lie elsewhere. */
function withOneTaken({ machine, ...options }: LaneOptions, pfn: number): LaneOptions {
  return { ...options, machine: { ...machine, frames: { ...machine.frames, X: pfn } } };
}

export const LANES: readonly NamedLane[] = [
  { name: 'with', options: laneOf(withBit) },
  { name: 'the same again', options: laneOf(withBit) },
  { name: 'without', options: { ...laneOf(withoutBit), profile: linux_6_12 } },
  { name: 'without again', options: laneOf(withoutBit) },
  { name: 'elsewhere', options: withOneTaken(laneOf(withBit), 8195) },
];

/** Lines that make the mappings which the others speak of. */
export const START = [
  '{"type":"mmap","label":"anon","pages":6,"prot":"rw"}',
  '{"type":"mmap","label":"ring","pages":6,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}',
  '{"type":"mmap","label":"shm","pages":4,"prot":"rw","file":"tmp","flags":"MAP_SHARED"}',
];

/** A line of a log; some name what is not there. */
export const wish = fc.tuple(fc.nat(9), fc.nat(5), fc.nat(2)).map(([what, page, at]) => {
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
