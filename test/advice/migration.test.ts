// SPDX-License-Identifier: GPL-2.0-or-later
/** What move_pages() answers of pages of every kind, as mm/migrate.c has it. */
import { migrationText } from '@specialbit/advice/atlas';
import { createWorld, kernelOptions, Player } from '@specialbit/core';
import { decodeEvent, decodeHeader } from '@specialbit/events';
import { expect, it } from 'vitest';
import { namedLane } from '../docs/named-lane.testkit.js';

type Json = Record<string, unknown>;

const HEADER = {
  specialbit: 1,
  files: { dev: { kind: 'device', pages: 0 }, tmp: { kind: 'shmem', pages: 2 } },
};

function answer(lane: string, events: readonly Json[], more: Json = {}): string {
  const { options } = namedLane(lane, decodeHeader({ ...HEADER, ...more }));
  const player = new Player(kernelOptions(options), createWorld(options));
  for (const json of events) player.step(decodeEvent(json));
  return migrationText(player.kernel, 0, player.kernel.mms.get(0)!.startOf('m')!);
}

const anon = { type: 'mmap', label: 'm', pages: 2, prot: 'rw' };
const read = { type: 'read', at: 'm' };
const write = { type: 'write', at: 'm' };
const device = (flags: string, special: boolean): Json[] => [
  { type: 'mmap', label: 'm', pages: 1, prot: 'rw', file: 'dev' },
  { type: 'set_pte', at: 'm', frame: 'P0', special },
  { type: 'vm_flags_mod', at: 'm', set: flags },
];

it('moves what is on the LRU, and what nobody else has', () => {
  expect(answer('x86_64@7.3', [anon, write])).toBe('moves');
  expect(answer('x86_64@7.3', [{ ...anon, file: 'tmp', flags: 'MAP_SHARED' }, write])).toBe('moves');
  expect(answer('x86_64@7.3', [anon, write, { type: 'fork', child: 1 }])).toMatch(/^-EACCES/);
  expect(answer('x86_64@7.3', [anon, write, { type: 'pin_user_pages', at: 'm', hold: true }])).toMatch(
    /^stays: \d+ more references than/,
  );
});

it('finds no page where there is none, and none to move in the zero page', () => {
  expect(answer('x86_64@7.3', [anon])).toMatch(/^-ENOENT/);
  expect(answer('x86_64@7.3', [anon, read])).toBe('-EFAULT: the zero page');
  // follow_page() with FOLL_DUMP, until folio_walk_start()
  expect(answer('x86_64@6.1', [anon])).toMatch(/^-EFAULT/);
  expect(answer('x86_64@6.1', [{ ...anon, file: 'tmp' }])).toMatch(/^-ENOENT/);
});

it("asks the VMA's flags, and vm_normal_page() of a driver's pages, which are on no LRU list", () => {
  expect(answer('x86_64@7.3', device('VM_PFNMAP', true))).toMatch(/^-EFAULT: vma_migratable/);
  expect(answer('x86_64@7.3', device('VM_IO', false))).toMatch(/^-EFAULT: vma_migratable/);
  expect(answer('x86_64@7.3', device('VM_MIXEDMAP', true))).toMatch(/^-ENOENT/);
  expect(answer('x86_64@6.1', device('VM_MIXEDMAP', true))).toMatch(/^-EFAULT: vm_normal_page/);
  expect(answer('x86_64@7.3', device('VM_MIXEDMAP', false))).toMatch(/^-EBUSY/);
  // no bit: the frame is taken for a page
  expect(answer('arm@7.3', device('VM_MIXEDMAP', true))).toMatch(/^-EBUSY/);
});

it('moves a whole folio', () => {
  const huge = { ...anon, pages: 512, at: '0x40000000', flags: 'MAP_PRIVATE|MAP_FIXED' };
  expect(answer('x86_64@7.3', [huge, write], { thp: { enabled: 'always' } })).toBe('moves, the whole folio');
});
