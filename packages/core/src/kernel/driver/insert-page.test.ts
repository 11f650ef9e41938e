// SPDX-License-Identifier: GPL-2.0-or-later
/** vm_insert_page() and its relatives (mm/memory.c). */
import { describe, expect, it } from 'vitest';
import { VM_MIXEDMAP } from '../../mm/vm-flags.js';
import { linux_6_1 } from '../../profile/profiles.js';
import { withBit } from '../../toy-lanes.testkit.js';
import { EBUSY, EFAULT, EINVAL, ENXIO } from '../base/errno.js';
import { BOTH, P0, Play, Z } from '../play.testkit.js';

describe.each(BOTH)('vm_insert_page %s', (_, arch) => {
  const ring = (fields: object = {}, more = {}): Play => {
    const p = new Play(arch, more);
    p.mmap('ring', { pages: 4, file: 'dev', ...fields });
    return p;
  };

  it('maps a page with a reference and a map count, and makes the VMA VM_MIXEDMAP', () => {
    const p = ring();
    const before = p.vma('ring').vm_flags;
    expect(p.run('vm_insert_page', { at: 'ring[1]', frame: 'P0' }).ret).toBe(0);
    expect([p.pte('ring[1]'), p.counts(P0), p.rss()]).toEqual(['1000 wy', [2, 1], [1, 0, 0, 0]]);
    expect(p.vma('ring').vm_flags).toBe(before | VM_MIXEDMAP);
  });

  it('answers EBUSY where an entry is, and takes no reference', () => {
    const p = ring();
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect(p.run('vm_insert_page', { at: 'ring', frame: 'P0' }).ret).toBe(-EBUSY);
    expect(p.run('vm_insert_page', { at: 'ring', frame: 'P1' }).ret).toBe(-EBUSY);
    expect([p.counts(P0), p.counts(P0 + 1), p.rss()[0]]).toEqual([[2, 1], [1, 0], 1]);
  });

  it('answers EFAULT outside the VMA, before anything else', () => {
    const p = new Play(arch);
    const outside = [{ type: 'vm_insert_page', at: '[1]', frame: 'P0' }];
    expect(p.mmap('ring', { file: 'dev', call: outside }).ret).toBe(-EFAULT);
    const both = [{ type: 'vm_flags_mod', set: 'VM_PFNMAP' }, ...outside];
    expect(p.mmap('ring', { file: 'dev', call: both })).toMatchObject({ ret: -EFAULT, crash: null });
  });

  it('refuses pages without references and anonymous ones', () => {
    const p = ring();
    p.run('put_page', { frame: 'P1' });
    expect(p.run('vm_insert_page', { at: 'ring', frame: 'P1' }).ret).toBe(-EINVAL);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    expect(p.run('vm_insert_page', { at: 'ring', frame: p.pfn('heap') }).ret).toBe(-EINVAL);
    expect([p.pte('ring'), p.counts(p.pfn('heap'))]).toEqual(['-', [1, 1]]);
  });

  it('dies in a VM_PFNMAP, and not in one that is VM_MIXEDMAP already', () => {
    const p = ring();
    p.run('vm_flags_mod', { at: 'ring', set: 'VM_PFNMAP' });
    expect(p.run('vm_insert_page', { at: 'ring', frame: 'P0' }).crash).toMatchObject({ where: 'vm_insert_page' });
    p.run('vm_flags_mod', { at: 'ring', set: 'VM_MIXEDMAP' });
    expect(p.run('vm_insert_page', { at: 'ring', frame: 'P0' })).toMatchObject({ ret: 0, crash: null });
  });

  it('counts no zero page, and refuses it where it could be written to', () => {
    const p = ring();
    expect(p.run('vm_insert_page', { at: 'ring', frame: 'Z' }).ret).toBe(-EINVAL);
    const cow = ring({ flags: 'MAP_PRIVATE' });
    expect(cow.run('vm_insert_page', { at: 'ring', frame: 'Z' }).ret).toBe(0);
    expect([cow.pfn('ring'), cow.counts(Z), cow.rss()]).toEqual([Z, [1, 0], [0, 0, 0, 0]]);
    expect(cow.k.pte.special(cow.raw('ring'))).toBe(arch === withBit);
    const never = ring({ prot: 'r', file_readonly: true });
    expect(never.run('vm_insert_page', { at: 'ring', frame: 'Z' }).ret).toBe(0);
  });

  it('counted the zero page like any other before 6.11', () => {
    const p = ring({}, { profile: linux_6_1 });
    expect(p.run('vm_insert_page', { at: 'ring', frame: 'Z' }).ret).toBe(0);
    expect([p.counts(Z), p.rss()[0], p.pte('ring')]).toEqual([[2, 1], 1, 'f00 wy']);
  });

  it('vm_insert_pages stops at the first error and says how many pages are left', () => {
    const p = ring();
    p.run('vm_insert_page', { at: 'ring[2]', frame: 'P7' });
    const out = p.run('vm_insert_pages', { at: 'ring', frame: 'P0', pages: 4 });
    expect([out.ret, out.left]).toEqual([-EBUSY, 2]);
    expect([p.pfn('ring[1]'), p.pte('ring[3]'), p.rss()[0]]).toEqual([P0 + 1, '-', 3]);
    expect(ring().run('vm_insert_pages', { at: 'ring[1]', frame: 'P0', pages: 4 })).toMatchObject({
      ret: -EFAULT,
      left: 4,
    });
  });

  it('vm_map_pages fills the VMA from vm_pgoff on, vm_map_pages_zero from 0', () => {
    const p = ring({ pgoff: 2 });
    expect(p.run('vm_map_pages', { at: 'ring', frame: 'P0', pages: 5 }).ret).toBe(-ENXIO);
    expect(p.pte('ring')).toBe('-');
    expect(p.run('vm_map_pages', { at: 'ring', frame: 'P0', pages: 6 }).ret).toBe(0);
    expect([p.pfn('ring'), p.pfn('ring[3]')]).toEqual([P0 + 2, P0 + 5]);
    const q = ring({ pgoff: 2 });
    expect(q.run('vm_map_pages_zero', { at: 'ring', frame: 'P0', pages: 4 }).ret).toBe(0);
    expect([q.pfn('ring'), q.pfn('ring[3]')]).toEqual([P0, P0 + 3]);
  });
});
