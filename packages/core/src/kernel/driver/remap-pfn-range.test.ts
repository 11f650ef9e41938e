// SPDX-License-Identifier: GPL-2.0-or-later
/** remap_pfn_range() and vm_iomap_memory() (mm/memory.c). */
import { describe, expect, it } from 'vitest';
import { defineArchitecture } from '../../arch/architecture.js';
import { VM_DONTDUMP, VM_DONTEXPAND, VM_IO, VM_PFNMAP } from '../../mm/vm-flags.js';
import { FEATURES } from '../../profile/features.js';
import { defineProfile } from '../../profile/profile.js';
import { findProfile } from '../../profile/profiles.js';
import { toySpec, withBit, withoutBit } from '../../toy-lanes.testkit.js';
import { EINVAL, ENOMEM } from '../base/errno.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

const REMAPPED = VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP;

describe.each(BOTH)('remap_pfn_range %s', (_, arch) => {
  const ring = (fields: object = {}, more = {}): Play => {
    const p = new Play(arch, more);
    p.mmap('ring', { pages: 4, file: 'dev', pgoff: 7, ...fields });
    return p;
  };

  it('marks the VMA, also of a part of a shared mapping, and leaves vm_pgoff alone there', () => {
    const p = ring();
    const before = p.vma('ring').vm_flags;
    expect(p.run('remap_pfn_range', { at: 'ring[1]', frame: 'D0', pages: 2 }).ret).toBe(0);
    expect(p.vma('ring').vm_flags).toBe(before | REMAPPED);
    expect(p.vma('ring').vm_pgoff).toBe(7);
    expect([p.pte('ring'), p.pfn('ring[1]'), p.pfn('ring[2]'), p.pte('ring[3]')]).toEqual(['-', D0, D0 + 1, '-']);
  });

  it('takes vm_pgoff of a COW mapping for the first pfn', () => {
    const p = ring({ flags: 'MAP_PRIVATE' });
    expect(p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 4 }).ret).toBe(0);
    expect(p.vma('ring').vm_pgoff).toBe(D0);
  });

  it('refuses a part of a COW mapping with EINVAL, and marks nothing', () => {
    const p = ring({ flags: 'MAP_PRIVATE' });
    const before = p.vma('ring').vm_flags;
    expect(p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 3 }).ret).toBe(-EINVAL);
    expect(p.run('remap_pfn_range', { at: 'ring[1]', frame: 'D0', pages: 3 }).ret).toBe(-EINVAL);
    expect([p.vma('ring').vm_flags, p.vma('ring').vm_pgoff, p.pte('ring')]).toEqual([before, 7, '-']);
  });

  it('counts nothing, even where the frame has a struct page', () => {
    const p = ring();
    p.run('remap_pfn_range', { at: 'ring', frame: 'P0', pages: 4 });
    expect(p.pfn('ring[3]')).toBe(P0 + 3);
    expect([p.counts(P0), p.rss()]).toEqual([
      [1, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('dies over an entry in use', () => {
    const p = ring();
    p.run('remap_pfn_range', { at: 'ring[2]', frame: 'D0' });
    const { crash } = p.run('remap_pfn_range', { at: 'ring[1]', frame: 'D4', pages: 2 });
    expect(crash).toMatchObject({ kind: 'BUG', where: 'remap_pte_range' });
  });

  it('asks about a partial COW mapping before it looks at the entries', () => {
    const p = ring({ flags: 'MAP_PRIVATE' });
    p.run('set_pte', { at: 'ring[1]', frame: 'P0' });
    expect(p.run('remap_pfn_range', { at: 'ring[1]', frame: 'D0', pages: 1 })).toMatchObject({
      ret: -EINVAL,
      crash: null,
    });
  });

  it('takes back what it had mapped when memory runs out, since 6.11; the flags stay', () => {
    const half = { at: 'ring', frame: 'D0', pages: 4, fails_after: 2 };
    const [now, then] = [ring(), ring({}, { profile: defineProfile('6.10') })];
    expect([now.run('remap_pfn_range', half).ret, then.run('remap_pfn_range', half).ret]).toEqual([-ENOMEM, -ENOMEM]);
    expect([now.pte('ring'), now.pte('ring[1]')]).toEqual(['-', '-']);
    expect([then.pfn('ring'), then.pfn('ring[1]'), then.pte('ring[2]')]).toEqual([D0, D0 + 1, '-']);
    expect(now.vma('ring').vm_flags & REMAPPED).toBe(REMAPPED);
  });

  it('vm_iomap_memory maps the window that vm_pgoff and the size of the VMA make', () => {
    const p = ring({ pgoff: 3 });
    expect(p.run('vm_iomap_memory', { at: 'ring', frame: 'D0', pages: 6 }).ret).toBe(-EINVAL);
    expect(p.pte('ring')).toBe('-');
    expect(p.run('vm_iomap_memory', { at: 'ring', frame: 'D0', pages: 7 }).ret).toBe(0);
    expect([p.pfn('ring'), p.pfn('ring[3]')]).toEqual([D0 + 3, D0 + 6]);
  });
});

it('remap_pfn_range makes entries special where that exists, with the protection of the VMA', () => {
  const flags = [withBit, withoutBit].map((arch) => {
    const p = new Play(arch);
    p.mmap('shared', { file: 'dev' });
    p.mmap('private', { file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('remap_pfn_range', { at: 'shared', frame: 'D0' });
    p.run('remap_pfn_range', { at: 'private', frame: 'D0' });
    return [p.pte('shared'), p.pte('private')];
  });
  expect(flags).toEqual([
    ['8000 wys', '8000 ys'],
    ['8000 wy', '8000 y'],
  ]);
});

it('remap_pfn_range that fails in ->mmap makes the mapping fail', () => {
  const p = new Play();
  const call = [{ type: 'remap_pfn_range', frame: 'D0', pages: 1 }];
  expect(p.mmap('ring', { pages: 2, file: 'dev', flags: 'MAP_PRIVATE', call }).ret).toBe(-EINVAL);
  expect(p.layout()).toEqual([]);
});

it.each(BOTH)('remap_pfn_range maps as it goes, and sees no further %s', (_, arch) => {
  const p = new Play(arch);
  p.mmap('ring', { pages: 4, file: 'dev' });
  p.run('remap_pfn_range', { at: 'ring[3]', frame: 'D8', pages: 1 });
  // memory runs out before the used entry is reached: an error that zaps the range, and no BUG
  const half = p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 4, fails_after: 2 });
  expect([half.ret, half.crash]).toEqual([-ENOMEM, null]);
  expect([p.pte('ring'), p.pte('ring[3]')]).toEqual(['-', '-']);

  p.run('remap_pfn_range', { at: 'ring[2]', frame: 'D8', pages: 1 });
  const used = p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 4, fails_after: 3 });
  expect(used.crash).toMatchObject({ kind: 'BUG', where: 'remap_pte_range' });
  expect([p.pfn('ring'), p.pfn('ring[1]'), p.pfn('ring[2]'), p.pte('ring[3]')]).toEqual([D0, D0 + 1, D0 + 8, '-']);
});

describe.each(BOTH)('remap_pfn_range as proposed %s', (_, arch) => {
  const ring = (): Play => {
    const p = new Play(arch, { profile: findProfile('7.3+cow_pfnmap_by_anon')! });
    p.mmap('ring', { pages: 4, file: 'dev', pgoff: 7, flags: 'MAP_PRIVATE' });
    return p;
  };

  it('takes a part of a COW mapping, and leaves vm_pgoff alone', () => {
    const p = ring();
    expect(p.run('remap_pfn_range', { at: 'ring[2]', frame: 'D0', pages: 2 }).ret).toBe(0);
    expect(p.run('remap_pfn_range', { at: 'ring', frame: 'P0', pages: 1 }).ret).toBe(0);
    expect([p.vma('ring').vm_pgoff, p.pfn('ring[2]'), p.pfn('ring')]).toEqual([7, D0, P0]);
  });

  it('refuses anonymous memory midway where it could be taken for a copy: without the bit', () => {
    const p = ring();
    p.mmap('heap');
    p.run('write', { at: 'heap', value: 1 });
    const frame = `0x${p.pfn('heap').toString(16)}`;
    const { ret } = p.run('remap_pfn_range', { at: 'ring', frame, pages: 1 });
    expect([ret, p.pte('ring') === '-']).toEqual(arch === withBit ? [0, false] : [-EINVAL, true]);
  });
});

const tracking = defineArchitecture({ ...toySpec, facts: { PFNMAP_TRACKING: true } });

it('reasons of a remap name nothing that the kernel does not have: memory types are tracked as pfnmap_track_ctx says', () => {
  for (const name of ['6.12+remap_prepares_first', '6.12', '7.3', '7.3-remap_prepares_first', '7.3-pfnmap_track_ctx']) {
    const profile = findProfile(name)!;
    const p = new Play(tracking, { profile });
    p.mmap('ring', { pages: 2, file: 'dev' });
    const remap = () => p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 2 });
    remap();
    p.run('clear_pte', { at: 'ring', pages: 2 });
    const again = remap();
    const tracked = profile.has(FEATURES.pfnmap_track_ctx);
    expect([name, again.ret, again.reasons.includes('remap_tracked_twice')]).toEqual([
      name,
      tracked ? -EINVAL : 0,
      tracked,
    ]);
  }
});
