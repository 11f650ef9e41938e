// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { linux_6_12, linux_7_3 } from '../../profile/profiles.js';
import { ENOMEM } from '../base/errno.js';
import { BOTH, Play } from '../play.testkit.js';

const PLACE = '0x20000000';
const BESIDE = '0x20002000';

const kernels = BOTH.flatMap(([name, arch]) =>
  [linux_6_12, linux_7_3].map((profile) => [name, profile.name, arch, profile] as const),
);

it.each(kernels)('on %s, %s, a mapping moves onto what a log left out, and not onto itself', (_, __, arch, profile) => {
  const p = new Play(arch, { profile });
  const fixed = 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED';
  p.mmap('a', { at: PLACE, pages: 2, flags: fixed });
  p.run('write', { at: 'a[1]', value: 5 });
  p.mmap('stale', { at: BESIDE, pages: 2, flags: fixed });
  const move = { at: 'a', pages: 2, flags: 'MREMAP_MAYMOVE' };
  expect(() => p.run('mremap', { ...move, new_pages: 3, mapped_at: '0x20001000' })).toThrow(
    'no such range: mapped_at 0x20001000',
  );
  expect(p.run('mremap', { ...move, new_pages: 3, mapped_at: BESIDE, label: 'b' }).ret).toBe(0);
  expect(p.layout().map(([pages]) => pages)).toEqual([3]);
  expect(p.run('read', { at: 'b[1]' }).value).toBe(5);
});

it.each(BOTH)('%s has no place behind the end of its address space', (_, arch) => {
  const p = new Play(arch);
  const mapped_at = '0x7fffffffff000';
  expect(p.run('mmap', { pages: 2, prot: 'rw', mapped_at }).ret).toBe(-ENOMEM);
  p.mmap('a');
  expect(p.run('mremap', { at: 'a', pages: 1, new_pages: 2, flags: 'MREMAP_MAYMOVE', mapped_at }).ret).toBeLessThan(0);
  expect(p.layout()).toHaveLength(1);
});
