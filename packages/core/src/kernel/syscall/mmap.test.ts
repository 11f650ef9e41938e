// SPDX-License-Identifier: GPL-2.0-or-later
/** do_mmap() and __mmap_region() (mm/mmap.c), whole, in two halves, and with actions. */
import { describe, expect, it } from 'vitest';
import { VM_ACCOUNT, VM_LOCKED, VM_MAYWRITE, VM_PFNMAP, VM_SHARED } from '../../mm/vm-flags.js';
import { findProfile, linux_6_12, linux_7_1 } from '../../profile/profiles.js';
import { EACCES, EEXIST, EFAULT, ENOMEM, EOVERFLOW } from '../base/errno.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

const PLACE = '0x20000000';

describe('do_mmap', () => {
  it('MAP_FIXED takes the place of what was there; MAP_FIXED_NOREPLACE does not', () => {
    const p = new Play();
    p.mmap('ring', { at: PLACE, pages: 3, file: 'dev', flags: 'MAP_SHARED|MAP_FIXED' });
    p.run('vm_insert_pages', { at: 'ring', frame: 'P0', pages: 3 });
    const over = { at: '0x20001000', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE' };
    expect(p.mmap('over', over).ret).toBe(-EEXIST);
    expect(p.mmap('over', { ...over, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' }).ret).toBe(0);
    expect([p.layout().map(([n]) => n), p.counts(P0 + 1), p.rss()[0]]).toEqual([[1, 1, 1], [1, 0], 2]);
  });

  it('a hint is only a hint', () => {
    const p = new Play();
    p.mmap('ring', { at: PLACE, file: 'dev', flags: 'MAP_SHARED' });
    expect(p.vpn('ring')).toBe(0x20000);
    expect(p.mmap('more', { at: PLACE, file: 'dev', flags: 'MAP_SHARED' }).ret).toBe(0);
    expect(p.vpn('more')).not.toBe(0x20000);
  });

  it('refuses offsets that wrap around, and writing to a file that is open for reading', () => {
    const p = new Play();
    expect(p.mmap('ring', { pages: 2, file: 'dev', pgoff: 0xffffffff }).ret).toBe(-EOVERFLOW);
    expect(p.mmap('ring', { file: 'dev', file_readonly: true }).ret).toBe(-EACCES);
    expect(p.mmap('ring', { pages: 0xc0001 }).ret).toBe(-ENOMEM);
    expect(p.layout()).toEqual([]);
  });

  it('a shared mapping of a file that is open for reading is neither shared nor ever writable', () => {
    const p = new Play();
    p.mmap('ring', { file: 'dev', prot: 'r', file_readonly: true });
    expect(p.vma('ring').vm_flags & (VM_SHARED | VM_MAYWRITE)).toBe(0);
  });

  it.each([
    ['private writable memory', {}, VM_ACCOUNT],
    ['not what cannot be written', { prot: 'r' }, 0],
    ['nor what is shared', { file: 'dev' }, 0],
    ['nor MAP_NORESERVE', { flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE' }, 0],
  ])('charges %s', (_, fields, account) => {
    const p = new Play();
    p.mmap('heap', fields);
    expect(p.vma('heap').vm_flags & VM_ACCOUNT).toBe(account);
  });

  it('MAP_POPULATE and MAP_LOCKED fault everything in; a VM_PFNMAP is never locked', () => {
    const p = new Play();
    p.mmap('full', { pages: 2, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE' });
    expect(p.rss()[1]).toBe(2);
    p.mmap('locked', { pages: 2, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_LOCKED' });
    expect([p.rss()[1], p.k.mms.get(0)!.locked_vm]).toEqual([4, 2]);
    const call = [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }];
    p.mmap('ring', { pages: 2, file: 'dev', flags: 'MAP_SHARED|MAP_LOCKED', call });
    expect([p.vma('ring').vm_flags & VM_LOCKED, p.k.mms.get(0)!.locked_vm]).toEqual([0, 2]);
  });
});

describe.each(BOTH)('__mmap_region %s', (_, arch) => {
  it('an error of ->mmap unmaps what was mapped, and there is no VMA', () => {
    const p = new Play(arch);
    const call = [
      { type: 'vm_insert_page', frame: 'P0' },
      { type: 'vm_insert_page', frame: 'P1' },
    ];
    expect(p.mmap('ring', { file: 'dev', call }).ret).toBeLessThan(0);
    expect([p.layout(), p.counts(P0), p.rss()[0]]).toEqual([[], [1, 0], 0]);
  });

  it('a VMA is in i_mmap and in the tree only after ->mmap', () => {
    const p = new Play(arch);
    p.run('mmap.begin', { label: 'ring', pages: 1, prot: 'rw', file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    const file = p.k.files.get('dev')!;
    expect([p.layout(), file.i_mmap.length, p.pfn('ring')]).toEqual([[], 0, D0]);
    expect(p.run('mmap.end')).toMatchObject({ ret: 0, mapped: p.vpn('ring') });
    expect([p.layout(), file.i_mmap.length]).toEqual([[[1, 0]], 1]);
  });

  it('mmap.end with an error takes the entries back', () => {
    const p = new Play(arch);
    p.run('mmap.begin', { label: 'ring', pages: 1, prot: 'rw', file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect(p.counts(P0)).toEqual([2, 1]);
    expect(p.run('mmap.end', { error: 'ENOMEM' }).ret).toBe(-ENOMEM);
    expect([p.counts(P0), p.rss()[0], p.layout()]).toEqual([[1, 0], 0, []]);
    expect(() => p.run('read', { at: 'ring' })).toThrow('mapping');
  });

  it('->mmap_prepare maps when the VMA is linked, on kernels that know actions', () => {
    const seen = [linux_6_12, linux_7_1].map((profile) => {
      const p = new Play(arch, { profile });
      p.run('mmap.begin', { label: 'ring', pages: 2, prot: 'rw', file: 'dev', prepare: true });
      p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 2 });
      const during = p.pte('ring') !== '-';
      p.run('mmap.end');
      return [during, p.pfn('ring[1]'), p.vma('ring').vm_flags & VM_PFNMAP];
    });
    expect(seen).toEqual([
      [true, D0 + 1, VM_PFNMAP],
      [false, D0 + 1, VM_PFNMAP],
    ]);
  });

  it('an action that fails unmaps the VMA', () => {
    const p = new Play(arch, { profile: linux_7_1 });
    p.run('mmap.begin', { label: 'ring', pages: 2, prot: 'rw', file: 'dev', prepare: true });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 2, fails_after: 1 });
    expect([p.run('mmap.end').ret, p.layout(), p.k.files.get('dev')!.i_mmap.length]).toEqual([-ENOMEM, [], 0]);
  });

  it('a remap that leaves the VMA is warned of where the driver asks for it', () => {
    const warned = (at: string, pages: number) => {
      const p = new Play(arch, { profile: findProfile('7.3')! });
      p.run('mmap.begin', { label: 'ring', pages: 2, prot: 'rw', file: 'dev', prepare: true });
      const { messages } = p.run('io_remap_pfn_range', { at, frame: 'D0', pages });
      return [messages.map(({ text }) => text), p.run('mmap.end').ret];
    };
    const [start, end] = ['WARNING: include/linux/mm.h:4541', 'WARNING: include/linux/mm.h:4542'];
    expect(warned('ring', 2)[0]).toEqual([]);
    expect(warned('ring', 3)).toEqual([[end], -EFAULT]);
    expect(warned('ring[2]', 1)).toEqual([[start, end], -EFAULT]);
  });

  it('an action beyond the VMA is refused before anything is linked, from 7.1 on', () => {
    const refused = (type: string, profile = linux_7_1) => {
      const p = new Play(arch, { profile });
      p.run('mmap.begin', { label: 'ring', pages: 2, prot: 'rw', file: 'dev', prepare: true });
      p.run(type, { at: 'ring', frame: type === 'vm_insert_pages' ? 'P0' : 'D0', pages: 3 });
      const { ret, reasons } = p.run('mmap.end');
      return [ret, reasons.at(-1), p.layout().length];
    };
    expect(refused('remap_pfn_range')).toEqual([-EFAULT, 'remap_prepare_outside', 0]);
    expect(refused('io_remap_pfn_range')).toEqual([-EFAULT, 'remap_prepare_outside', 0]);
    expect(refused('vm_insert_pages')).toEqual([-EFAULT, 'map_kernel_outside', 0]);
    expect(refused('remap_pfn_range', findProfile('6.19')!)).toEqual([0, undefined, 1]);
  });
});
