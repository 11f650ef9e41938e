// SPDX-License-Identifier: GPL-2.0-or-later
/** do_vmi_munmap() (mm/vma.c). */
import { describe, expect, it } from 'vitest';
import { EINVAL, ENOMEM, EPERM } from '../base/errno.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

describe.each(BOTH)('munmap %s', (_, arch) => {
  it('cuts a hole, and the part behind it counts vm_pgoff on', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 4, file: 'dev', pgoff: 5 });
    p.run('vm_insert_pages', { at: 'ring', frame: 'P0', pages: 4 });
    expect(p.run('munmap', { at: 'ring[1]', pages: 2 }).ret).toBe(0);
    expect(p.layout()).toEqual([
      [1, 5],
      [1, 8],
    ]);
    expect([p.pfn('ring'), p.pte('ring[1]'), p.pfn('ring[3]')]).toEqual([P0, '-', P0 + 3]);
    expect([p.counts(P0), p.counts(P0 + 1), p.rss()[0]]).toEqual([[2, 1], [1, 0], 2]);
  });

  it('keeps the linear rule of a COW VM_PFNMAP across a cut', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 3, file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 3 });
    p.run('munmap', { at: 'ring', pages: 1 });
    expect(p.layout()).toEqual([[2, D0 + 1]]);
    expect(p.run('munmap', { at: 'ring[1]', pages: 2 }).messages).toEqual([]);
  });

  it('does nothing to half a range: a driver that refuses a cut stops it before', () => {
    const p = new Play(arch);
    const fixed = (at: string, more: object): void => {
      p.mmap(at, { pages: 2, file: 'dev', flags: 'MAP_SHARED|MAP_FIXED', ...more });
    };
    fixed('first', { at: '0x20000000' });
    fixed('second', { at: '0x20002000', ops: { may_split: 'EINVAL' } });
    expect(p.run('munmap', { at: 'first', pages: 3 }).ret).toBe(-EINVAL);
    expect(p.layout()).toEqual([
      [2, 0],
      [2, 0],
    ]);
    expect(p.run('munmap', { at: 'first', pages: 4 }).ret).toBe(0);
    expect(p.layout()).toEqual([]);
  });

  it('succeeds over nothing, and refuses what is no user address', () => {
    const p = new Play(arch);
    expect(p.run('munmap', { at: '0x20000000', pages: 4 }).ret).toBe(0);
    expect(p.run('munmap', { at: '0xbffff000', pages: 2 }).ret).toBe(-EINVAL);
  });

  it('gives locked memory back', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 4 });
    p.run('mlock', { at: 'heap', pages: 4 });
    p.run('munmap', { at: 'heap[1]', pages: 2 });
    expect(p.k.mms.get(0)!.locked_vm).toBe(2);
  });

  it('takes a VMA out of i_mmap', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 2, file: 'dev' });
    expect(p.k.files.get('dev')!.i_mmap.length).toBe(1);
    p.run('munmap', { at: 'ring', pages: 2 });
    expect([...p.k.files.get('dev')!.i_mmap]).toEqual([]);
  });

  it('returns what .may_split does, as mlock, mprotect and mseal', () => {
    const p = new Play(arch);
    p.mmap('dax', { pages: 2, file: 'dev', ops: { may_split: 'EPERM' } });
    expect(p.run('munmap', { at: 'dax', pages: 1 }).ret).toBe(-EPERM);
    expect(p.run('mlock', { at: 'dax[1]', pages: 1 }).ret).toBe(-EPERM);
    expect(p.run('mprotect', { at: 'dax', pages: 1, prot: 'r' }).ret).toBe(-EPERM);
    expect(p.run('mseal', { at: 'dax', pages: 1 }).reasons.length).toBe(1);
    expect(p.run('mlock', { at: 'dax', pages: 2 }).ret).toBe(-ENOMEM);
    expect(p.run('munmap', { at: 'dax', pages: 2 }).ret).toBe(0);
  });
});
