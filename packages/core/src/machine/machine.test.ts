// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { withBit } from '../toy-lanes.testkit.js';
import { defaultContent, defaultMachine } from './default-machine.js';
import { Machine } from './machine.js';

const spec = defaultMachine(withBit);

it('pfn_valid tells RAM from holes and from what lies above it', () => {
  const machine = new Machine(spec);
  const of = (label: string): number => machine.pfnOf(label)!;
  expect(['P0', 'R0', 'Z', 'H0', 'D0'].map((label) => machine.pfn_valid(of(label)))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect([of('H0') < machine.highest_memmap_pfn, of('D0') > machine.highest_memmap_pfn]).toEqual([true, true]);
});

it('a run goes on as long as labels are numbered on', () => {
  const machine = new Machine({ ...spec, frames: { A1: 0x100, A2: 0x300, A4: 0x400, B: 0x500 } });
  expect([machine.run('A1'), machine.run('A4'), machine.run('B'), machine.run('A3')]).toEqual([
    [0x100, 0x300],
    [0x400],
    [0x500],
    [],
  ]);
});

it('ZERO_PAGE takes the colour of the address where there are several', () => {
  const machine = new Machine({ ...spec, zero_pages: 4 });
  expect([0, 5, 7].map((vpn) => machine.zeroPage(vpn) - machine.zero_pfn)).toEqual([0, 1, 3]);
  expect([3, 4].map((i) => machine.is_zero_pfn(machine.zero_pfn + i))).toEqual([true, false]);
  expect(machine.labelOf(machine.zero_pfn + 3)).toBe('Z');
});

it('hidden references are those of labelled frames', () => {
  const machine = new Machine(spec, 2);
  expect([machine.heldRefs(machine.pfnOf('P0')!), machine.heldRefs(0x2222)]).toEqual([2, 0]);
});

it('every labelled frame of the default machine shows itself in its first byte', () => {
  const content = defaultContent(spec);
  expect([content.P3, content.R0, content.D15, content.H3, content.Z]).toEqual([0x13, 0x30, 0x4f, 0x63, undefined]);
});
