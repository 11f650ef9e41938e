// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { Play } from '../kernel/play.testkit.js';
import { linux_6_1 } from '../profile/profiles.js';
import { withBit } from '../toy-lanes.testkit.js';
import { smapsOf } from './smaps.js';

it.each([
  ['6.12', {}, 4],
  ['6.1, which passes a VM_PFNMAP over', { profile: linux_6_1 }, 0],
])('smaps has the page that was copied in a private VM_PFNMAP, or nothing of it: %s', (_, more, kilobytes) => {
  const p = new Play(withBit, more);
  const call = [{ type: 'remap_pfn_range', frame: 'D0' }];
  p.run('mmap', { label: 'a', pages: 1, prot: 'rw', flags: ['MAP_PRIVATE'], file: 'dev', call });
  p.run('write', { at: 'a', value: 1 });
  expect(p.rss()[1]).toBe(1);
  expect(smapsOf(p.k, p.vma('a')).Rss).toBe(kilobytes);
});
