// SPDX-License-Identifier: GPL-2.0-or-later

import { type LogEvent, parseLog } from '@specialbit/events';
import { expect, it } from 'vitest';
import { findProfile } from '../profile/profiles.js';
import { laneOf, withBit, withoutBit } from '../toy-lanes.testkit.js';
import { bisect } from './bisect.js';
import type { NamedLane } from './lane.js';

const events = (...lines: string[]): LogEvent[] => [...parseLog(`{"specialbit":1}\n${lines.join('\n')}`).events];
const on = (kernel: string, arch = withoutBit): NamedLane => ({
  name: kernel,
  options: { ...laneOf(arch), profile: findProfile(kernel)! },
});

const MOVE = [
  '{"type":"mmap","at":"0x60000000","label":"a","pages":4,"prot":"rw","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED"}',
  '{"type":"mmap","at":"0x60004000","label":"b","pages":4,"prot":"rw","file":"tmp","flags":"MAP_SHARED|MAP_FIXED"}',
  '{"type":"mremap","at":"0x60000000","pages":8,"new_pages":8,"to":"0x70000000"}',
  '{"type":"write","at":"0x60005000","value":7}',
];

it('finds the one feature that parts two kernels, and that the rest follows', () => {
  const found = bisect([on('6.12'), on('7.1')], events(...MOVE));
  expect(found).toMatchObject({
    partings: 2,
    complete: true,
    traits: [{ name: 'mremap_several_vmas', kind: 'feature' }],
  });
  expect(found.divergences.map(({ number, proof, healed }) => [number, proof, healed])).toEqual([
    [3, 'proved', []],
    [4, 'follows', [3]],
  ]);
});

it('finds several where one does not do', () => {
  const zero = [
    '{"type":"mmap","label":"a","pages":2,"prot":"r","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}',
    '{"type":"vmf_insert_mixed","at":"a","frame":"Z"}',
  ];
  const { traits, complete } = bisect([on('6.1'), on('6.12')], events(...zero));
  expect(complete).toBe(true);
  expect(traits.map(({ name }) => name).sort()).toEqual(['insert_zeropage_special', 'mixedmap_zeropage_null']);
});

it('says when two agree', () => {
  const same = bisect([on('6.12'), on('6.12', withBit)], events(MOVE[0]!));
  expect(same).toMatchObject({ partings: 0, complete: true, traits: [], divergences: [] });
});
