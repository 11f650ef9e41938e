// SPDX-License-Identifier: GPL-2.0-or-later
/** mremap() (mm/mremap.c). */
import { describe, expect, it } from 'vitest';
import { linux_6_12, linux_6_18 } from '../../profile/profiles.js';
import { EFAULT, EINVAL, ENOMEM } from '../base/errno.js';
import { BOTH, D0, Play } from '../play.testkit.js';

const AWAY = '0x20000000';

describe.each(BOTH)('mremap %s', (_, arch) => {
  it('moves entries without a look at their pages', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 2 });
    p.run('write', { at: 'heap[1]', value: 8 });
    const [page, before] = [p.pfn('heap[1]'), p.pte('heap[1]')];
    expect(p.run('mremap', { at: 'heap', pages: 2, new_pages: 2, to: AWAY, label: 'moved' }).ret).toBe(0);
    expect([p.vpn('moved'), p.pte('moved[1]'), p.counts(page), p.rss()[1]]).toEqual([0x20000, before, [1, 1], 1]);
    expect([p.pte('heap[1]'), p.run('read', { at: 'heap[1]' }).signal]).toEqual(['-', 'SIGSEGV']);
    expect(p.run('read', { at: 'moved[1]' }).value).toBe(8);
  });

  it('moves a VM_PFNMAP with its entries and lets it shrink, but not grow', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 4, file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 4 });
    expect(p.run('mremap', { at: 'ring', pages: 4, new_pages: 5, flags: 'MREMAP_MAYMOVE' }).ret).toBe(-EFAULT);
    p.run('mremap', { at: 'ring', pages: 4, new_pages: 2, to: AWAY, label: 'moved' });
    expect([p.pfn('moved'), p.pfn('moved[1]'), p.layout()]).toEqual([D0, D0 + 1, [[2, 0]]]);
  });

  it('grows in place over what is free, and needs MREMAP_MAYMOVE otherwise', () => {
    const p = new Play(arch);
    p.mmap('heap', { at: AWAY, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    p.run('write', { at: 'heap', value: 2 });
    expect(p.run('mremap', { at: 'heap', pages: 1, new_pages: 3 }).mapped).toBe(0x20000);
    expect(p.layout()[0]![0]).toBe(3);
    p.mmap('wall', { at: '0x20003000', flags: 'MAP_SHARED|MAP_FIXED', file: 'dev' });
    expect(p.run('mremap', { at: 'heap', pages: 3, new_pages: 4 }).ret).toBe(-ENOMEM);
    const far = p.run('mremap', { at: 'heap', pages: 3, new_pages: 4, flags: 'MREMAP_MAYMOVE', label: 'far' });
    expect([far.ret, far.mapped === 0x20000]).toEqual([0, false]);
    expect(p.run('read', { at: 'far' }).value).toBe(2);
  });

  it.each([linux_6_12, linux_6_18])('moves where a recorded kernel moved, though it could grow', (profile) => {
    const p = new Play(arch, { profile });
    p.mmap('heap', { at: AWAY, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    const flags = 'MREMAP_MAYMOVE';
    const moved = p.run('mremap', { at: 'heap', pages: 1, new_pages: 2, flags, mapped_at: '0x30000000' });
    expect([moved.ret, moved.mapped]).toEqual([0, 0x30000]);
  });

  it('shrinks by unmapping the tail', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 3 });
    p.run('write', { at: 'heap[2]' });
    p.run('mremap', { at: 'heap', pages: 3, new_pages: 1 });
    expect([p.layout().map(([n]) => n), p.rss()[1]]).toEqual([[1], 0]);
  });

  it('MREMAP_DONTUNMAP leaves the mapping where it was, empty', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap', value: 4 });
    const flags = 'MREMAP_MAYMOVE|MREMAP_DONTUNMAP';
    expect(p.run('mremap', { at: 'heap', pages: 1, new_pages: 1, flags, label: 'moved' }).ret).toBe(0);
    expect([p.run('read', { at: 'heap' }).value, p.run('read', { at: 'moved' }).value]).toEqual([0, 4]);
    expect(p.run('mremap', { at: 'moved', pages: 1, new_pages: 2, flags }).ret).toBe(-EINVAL);
    p.mmap('ring', { file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    expect(p.run('mremap', { at: 'ring', pages: 1, new_pages: 1, flags }).ret).toBe(-EINVAL);
  });

  it('refuses an overlap, a hole, and MREMAP_FIXED alone', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 2 });
    expect(p.run('mremap', { at: 'heap', pages: 2, new_pages: 2, to: 'heap[1]' }).ret).toBe(-EINVAL);
    expect(p.run('mremap', { at: 'heap', pages: 1, new_pages: 1, to: AWAY, flags: 'MREMAP_FIXED' }).ret).toBe(-EINVAL);
    p.run('munmap', { at: 'heap', pages: 1 });
    expect(p.run('mremap', { at: 'heap', pages: 1, new_pages: 2 }).ret).toBe(-EFAULT);
  });

  it('moves several VMAs at once since 6.17, gaps and all', () => {
    const [then, now] = [{ profile: linux_6_12 }, { profile: linux_6_18 }].map((more) => {
      const p = new Play(arch, more);
      p.mmap('heap', { pages: 4 });
      p.run('mprotect', { at: 'heap[1]', pages: 1, prot: 'r' });
      p.run('munmap', { at: 'heap[2]', pages: 1 });
      const { ret } = p.run('mremap', { at: 'heap', pages: 4, new_pages: 4, to: AWAY });
      return { ret, starts: p.k.mms.get(0)!.vmas.map((vma) => vma.vm_start) };
    });
    expect(then!.ret).toBe(-EFAULT);
    expect(now).toEqual({ ret: 0, starts: [0x20000, 0x20001, 0x20003] });
  });
});
