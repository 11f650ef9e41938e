// SPDX-License-Identifier: GPL-2.0-or-later
/** exec_mmap() (fs/exec.c), and VMAs placed as they were found. */
import { describe, expect, it } from 'vitest';
import { VM_READ, VM_UFFD_MISSING, VM_WRITE } from '../../mm/vm-flags.js';
import { BOTH, P0, Play } from '../play.testkit.js';

describe.each(BOTH)('execve %s', (_, arch) => {
  const start = { start_brk: '0x4ae000', start_stack: '0x7fff0000', comm: 'x' };

  it('takes the old address space with its pages away, and begins with an empty one', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    const page = p.pfn('heap');
    p.run('execve', { mm: 0, ...start });
    const mm = p.k.mms.get(0)!;
    expect([mm.vmas.length, p.rss(), p.counts(page), p.counts(P0)]).toEqual([0, [0, 0, 0, 0], [0, 0], [1, 0]]);
    expect([mm.start_brk, mm.brk, mm.comm]).toEqual([0x4ae000, 0x4ae000, 'x']);
    expect(p.k.files.get('dev')!.i_mmap.length).toBe(0);
  });

  it('leaves the address space of a parent alone', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap', value: 4 });
    p.run('fork', { child: 1 });
    p.run('execve', { mm: 1, ...start });
    expect([p.run('read', { at: 'heap' }).value, p.counts(p.pfn('heap'))]).toEqual([4, [1, 1]]);
  });

  it('makes an address space that was not there', () => {
    const p = new Play(arch);
    p.run('execve', { mm: 5, ...start, brk: '0x4b0000' });
    expect([p.k.mms.get(5)!.vmas.length, p.k.mms.get(5)!.brk]).toEqual([0, 0x4b0000]);
  });
});

describe.each(BOTH)('map_vma %s', (_, arch) => {
  const FLAGS = 'VM_READ|VM_WRITE|VM_MAYREAD|VM_MAYWRITE|VM_MAYEXEC';

  it('places a VMA over what was there, with flags and vm_pgoff as said', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 4, mapped_at: '0x10000000' });
    p.run('map_vma', { label: 'one', at: '0x10001000', pages: 2, vm_flags: FLAGS, pgoff: 7 });
    expect(p.layout()).toEqual([
      [1, 0x10000],
      [2, 7],
      [1, 0x10003],
    ]);
    expect(p.vma('one').vm_flags & (VM_READ | VM_WRITE)).toBe(VM_READ | VM_WRITE);
  });

  it('does not merge with a neighbour that it fits', () => {
    const p = new Play(arch);
    for (const at of ['0x10000000', '0x10001000']) p.run('map_vma', { at, pages: 1, vm_flags: FLAGS });
    expect(p.layout().length).toBe(2);
  });

  it('VMAs with one anon_vma number have one anon_vma', () => {
    const p = new Play(arch);
    const vma = { pages: 1, vm_flags: FLAGS };
    p.run('map_vma', { label: 'a', at: '0x10000000', anon_vma: 1, ...vma });
    p.run('map_vma', { label: 'b', at: '0x20000000', anon_vma: 1, ...vma });
    p.run('map_vma', { label: 'c', at: '0x30000000', anon_vma: 2, ...vma });
    expect([p.vma('a').anon_vma === p.vma('b').anon_vma, p.vma('c').anon_vma === p.vma('a').anon_vma]).toEqual([
      true,
      false,
    ]);
    expect(p.vma('a').anon_vma!.num_active_vmas).toBe(2);
  });

  it('of a file is found by unmap_mapping_range', () => {
    const p = new Play(arch);
    p.run('map_vma', {
      label: 'f',
      at: '0x10000000',
      pages: 1,
      vm_flags: `${FLAGS}|VM_SHARED|VM_MAYSHARE`,
      file: 'tmp',
    });
    p.run('write', { at: 'f' });
    p.run('unmap_mapping_range', { file: 'tmp', pgoff: 0, pages: 1 });
    expect(p.pte('f')).toBe('-');
  });
});

it('vma_modify_flags splits, skips holes, and merges again when the flags are the same', () => {
  const p = new Play();
  p.mmap('heap', { pages: 6, mapped_at: '0x10000000' });
  p.run('munmap', { at: 'heap[3]', pages: 1 });
  const modify = (fields: object): unknown => p.run('vma_modify_flags', { at: 'heap[1]', pages: 4, ...fields }).ret;
  expect(modify({ set: 'VM_UFFD_MISSING' })).toBe(0);
  expect(p.layout().map(([pages]) => pages)).toEqual([1, 2, 1, 1]);
  expect([p.vma('heap[1]').vm_flags & VM_UFFD_MISSING, p.vma('heap').vm_flags & VM_UFFD_MISSING]).toEqual([
    VM_UFFD_MISSING,
    0,
  ]);
  modify({ clear: 'VM_UFFD_MISSING' });
  expect(p.layout().map(([pages]) => pages)).toEqual([3, 2]);
});
