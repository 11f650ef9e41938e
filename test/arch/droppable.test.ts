// SPDX-License-Identifier: GPL-2.0-or-later
/** MAP_DROPPABLE on machines of 32 bits: whether VM_DROPPABLE has a bit there (include/linux/mm.h). */
import { createWorld, defineProfile, kernelOptions, Player } from '@specialbit/core';
import { parseLog } from '@specialbit/events';
import { expect, it } from 'vitest';
import { laneOf } from '../properties/lanes.js';

const EINVAL = 22;
const EOPNOTSUPP = 95;
const ENOTSUPP = 524;

/** What mmap() answers. */
function mmap(arch: string, version: string): number | string {
  const { header, events } = parseLog(
    '{"specialbit":1}\n{"type":"mmap","label":"drop","pages":1,"prot":"rw","flags":"MAP_DROPPABLE|MAP_ANONYMOUS"}',
  );
  const lane = laneOf(arch, header, { profile: defineProfile(version) });
  const player = new Player(kernelOptions(lane), createWorld(lane));
  const [event] = [...events];
  const { ret } = player.step(event!);
  return ret < 0 ? ret : 'mapped';
}

it.each([
  ['arm', '6.11', -ENOTSUPP],
  ['arm', '6.12.117', -EOPNOTSUPP],
  ['arm', '6.18.15', -ENOTSUPP],
  ['i386', '7.3.4', -EOPNOTSUPP],
  ['ppc32-book3s', '6.1.192', -EINVAL],
  ['ppc32-book3s', '6.11', -ENOTSUPP],
  ['ppc32-book3s', '6.12.117', 'mapped'],
  ['ppc32-8xx', '6.18.15', 'mapped'],
  ['ppc32-44x', '7.1.13', 'mapped'],
  ['ppc32-e500', '7.3.4', 'mapped'],
  ['x86_64', '6.11', 'mapped'],
  ['ppc64-radix-64k', '6.12.117', 'mapped'],
])('%s on %s: %s', (arch, version, expected) => expect(mmap(arch, version)).toBe(expected));
