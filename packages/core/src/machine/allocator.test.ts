// SPDX-License-Identifier: GPL-2.0-or-later
import type { MachineSpec } from '@specialbit/events';
import { expect, it } from 'vitest';
import { Allocator } from './allocator.js';
import { Machine } from './machine.js';

const spec: MachineSpec = {
  ram: [
    [0x10, 0x14],
    [0x20, 0x28],
  ],
  highest_memmap_pfn: 0x27,
  zero_pfn: 0x26,
  zero_pages: 1,
  frames: { P0: 0x25 },
};
const free = (): boolean => false;

it('starts in the middle of the largest piece of RAM', () => {
  expect(Allocator.start(new Machine(spec))).toBe(0x24);
});

it('passes over labelled frames and the zero page, and goes round over the pieces of RAM', () => {
  const allocator = new Allocator(new Machine(spec), 0x24);
  const given = Array.from({ length: 7 }, () => allocator.alloc(free));
  expect(given).toEqual([0x24, 0x27, 0x10, 0x11, 0x12, 0x13, 0x20]);
});

it('passes over frames in use', () => {
  const allocator = new Allocator(new Machine(spec), 0x20);
  expect(allocator.alloc((pfn) => pfn < 0x23)).toBe(0x23);
});

it('takes the frames that a recording supplies, in order, but none in use', () => {
  const allocator = new Allocator(new Machine(spec), 0x20);
  allocator.supplied = [0x13, 0x12];
  expect(allocator.alloc(free)).toBe(0x13);
  expect(allocator.alloc((pfn) => pfn === 0x12)).toBe(0x20);
  expect(allocator.supplied).toEqual([]);
});
