// SPDX-License-Identifier: GPL-2.0-or-later
/** track_pfn_remap(), track_pfn_copy() and untrack_pfn() (arch/x86/mm/pat/memtype.c). */
import { expect, it } from 'vitest';
import { defineArchitecture } from '../../arch/architecture.js';
import { VM_PAT } from '../../mm/vm-flags.js';
import { linux_6_12, linux_6_18, linux_7_3 } from '../../profile/profiles.js';
import { toySpec, withBit } from '../../toy-lanes.testkit.js';
import { EINVAL, ENOMEM } from '../base/errno.js';
import { Play } from '../play.testkit.js';

const tracking = defineArchitecture({ ...toySpec, facts: { PFNMAP_TRACKING: true } });

/** On 6.12, where VM_PAT tells. */
function ring(arch = tracking, fields: object = {}, more = {}): Play {
  const p = new Play(arch, { profile: linux_6_12, ...more });
  p.mmap('ring', { pages: 2, file: 'dev', ...fields });
  return p;
}
const whole = { at: 'ring', frame: 'D0', pages: 2 };
const tracked = (p: Play, mm = 0): boolean => (p.vma('ring', mm).vm_flags & VM_PAT) !== 0;

it('track_pfn_remap marks a VMA that one remap covers as a whole, and no other', () => {
  const p = ring();
  p.run('remap_pfn_range', whole);
  const part = ring();
  part.run('remap_pfn_range', { ...whole, pages: 1 });
  const elsewhere = ring(withBit);
  elsewhere.run('remap_pfn_range', whole);
  expect([p, part, elsewhere].map((play) => tracked(play))).toEqual([true, false, false]);
});

it('newer kernels keep the reservation beside the VMA', () => {
  const p = ring(tracking, {}, { profile: linux_6_18 });
  p.run('remap_pfn_range', whole);
  expect([tracked(p), p.vma('ring').pfnmap_track_ctx]).toEqual([false, 1]);
});

it('untrack_pfn takes the mark away when a remap fails', () => {
  const p = ring();
  p.run('remap_pfn_range', { ...whole, fails_after: 1 });
  expect(tracked(p)).toBe(false);
});

it('track_pfn_copy marks the copy of a fork', () => {
  const p = ring();
  p.run('remap_pfn_range', whole);
  expect(p.run('fork', { child: 1 }).ret).toBe(0);
  expect([tracked(p), tracked(p, 1)]).toEqual([true, true]);
});

it('track_pfn_copy fails, and fork with it, once the first page was copied on write', () => {
  const p = ring(tracking, { flags: 'MAP_PRIVATE' });
  p.run('remap_pfn_range', whole);
  p.run('write', { at: 'ring[1]' });
  expect(p.run('fork', { child: 1 }).ret).toBe(0);
  p.run('write', { at: 'ring' });
  const out = p.run('fork', { child: 2 });
  expect([out.ret, out.messages, p.k.mms.has(2)]).toEqual([-ENOMEM, [], false]);
});

it('untrack_pfn takes the mark away with any part that is zapped', () => {
  const p = ring();
  p.run('remap_pfn_range', whole);
  p.run('zap_vma_ptes', { at: 'ring[1]', pages: 1 });
  expect(tracked(p)).toBe(false);
});

it('get_pat_info warns of a shared mapping without a first entry', () => {
  const q = ring();
  q.run('remap_pfn_range', whole);
  q.run('clear_pte', { at: 'ring' });
  expect(q.run('munmap', { at: 'ring', pages: 2 }).messages.map(({ text }) => text)).toEqual([
    'WARNING: arch/x86/mm/pat/memtype.c:983',
  ]);
});

it.each([linux_6_18, linux_7_3])('a VMA is tracked once, and so are its copies and pieces: $name', (profile) => {
  const again = { at: 'ring[1]', frame: 'D0', pages: 1 };
  const p = ring(tracking, {}, { profile });
  p.run('remap_pfn_range', whole);
  p.run('zap_vma_ptes', { at: 'ring', pages: 2 });
  expect(p.run('remap_pfn_range', whole).ret).toBe(-EINVAL);
  // a part of it is not tracked, and may be remapped
  expect(p.run('remap_pfn_range', again).ret).toBe(0);
  p.run('zap_vma_ptes', { at: 'ring', pages: 2 });
  p.run('fork', { child: 1 });
  expect(p.run('remap_pfn_range', { ...whole, mm: 1 }).ret).toBe(-EINVAL);
  p.run('munmap', { at: 'ring', pages: 1 });
  expect(p.run('remap_pfn_range', again).ret).toBe(-EINVAL);
});
