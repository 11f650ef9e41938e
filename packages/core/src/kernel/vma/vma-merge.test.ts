// SPDX-License-Identifier: GPL-2.0-or-later
/** vma_merge_new_range(), vma_merge_existing_range() and __split_vma() (mm/vma.c). */
import { describe, expect, it } from 'vitest';
import { VM_DONTEXPAND } from '../../mm/vm-flags.js';
import { defineProfile } from '../../profile/profile.js';
import { withBit } from '../../toy-lanes.testkit.js';
import { ENOMEM } from '../base/errno.js';
import { Play } from '../play.testkit.js';

/** Maps pages at 0x20000000 and on, one VMA after the other. */
function side(...mappings: object[]): Play {
  const p = new Play();
  for (const [i, fields] of mappings.entries()) {
    const kind = 'file' in fields ? 'MAP_SHARED' : 'MAP_PRIVATE|MAP_ANONYMOUS';
    p.mmap(`m${i}`, { at: `0x${(0x20000 + i).toString(16)}000`, flags: `${kind}|MAP_FIXED`, ...fields });
  }
  return p;
}
const sizes = (p: Play): number[] => p.layout().map(([pages]) => pages);

describe('vma_merge_new_range', () => {
  it('merges anonymous memory side by side', () => {
    expect(sizes(side({}, {}, {}))).toEqual([3]);
  });

  it('joins two VMAs over the gap between them', () => {
    const p = side({}, {}, {});
    p.run('munmap', { at: 'm1', pages: 1 });
    expect(sizes(p)).toEqual([1, 1]);
    p.mmap('again', { at: '0x20001000', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    expect(sizes(p)).toEqual([3]);
  });

  it('merges a file only where the offsets go on', () => {
    expect(sizes(side({ file: 'tmp', pgoff: 0 }, { file: 'tmp', pgoff: 1 }))).toEqual([2]);
    expect(sizes(side({ file: 'tmp', pgoff: 0 }, { file: 'tmp', pgoff: 2 }))).toEqual([1, 1]);
  });

  it('merges neither other permissions nor another file', () => {
    expect(sizes(side({}, { prot: 'r' }))).toEqual([1, 1]);
    expect(sizes(side({ file: 'tmp' }, { file: 'dev', pgoff: 1 }))).toEqual([1, 1]);
  });

  it.each(['VM_IO', 'VM_DONTEXPAND', 'VM_PFNMAP', 'VM_MIXEDMAP'])('never merges %s (VM_SPECIAL)', (set) => {
    const call = [{ type: 'vm_flags_mod', set }];
    expect(sizes(side({ file: 'dev', pgoff: 0, call }, { file: 'dev', pgoff: 1, call }))).toEqual([1, 1]);
    const plain = [{ type: 'vm_flags_mod', set: 'VM_DONTDUMP' }];
    expect(sizes(side({ file: 'dev', pgoff: 0, call: plain }, { file: 'dev', pgoff: 1, call: plain }))).toEqual([2]);
  });

  it('joins no two VMAs that both have anonymous pages of their own', () => {
    const p = side({}, {}, {});
    p.run('munmap', { at: 'm1', pages: 1 });
    p.run('write', { at: 'm0' });
    p.run('write', { at: 'm2' });
    expect(p.vma('m0').anon_vma).not.toBe(p.vma('m2').anon_vma);
    p.mmap('again', { at: '0x20001000', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    expect(sizes(p)).toEqual([2, 1]);
  });

  it('lets a neighbour share its anon_vma, so that they can merge later', () => {
    const p = side({}, { prot: 'rwx' });
    p.run('write', { at: 'm0' });
    p.run('write', { at: 'm1' });
    expect(p.vma('m0').anon_vma).toBe(p.vma('m1').anon_vma);
    p.run('mprotect', { at: 'm1', pages: 1, prot: 'rw' });
    expect(sizes(p)).toEqual([2]);
  });
});

describe('vma_merge_existing_range', () => {
  it('moves the border between two VMAs', () => {
    const p = side({ pages: 4 });
    p.run('mprotect', { at: 'm0[2]', pages: 2, prot: 'r' });
    expect(p.layout()).toEqual([
      [2, 0x20000],
      [2, 0x20002],
    ]);
    p.run('mprotect', { at: 'm0[2]', pages: 1, prot: 'rw' });
    expect(p.layout()).toEqual([
      [3, 0x20000],
      [1, 0x20003],
    ]);
  });

  it('joins three into one', () => {
    const p = side({ pages: 3 });
    p.run('madvise', { at: 'm0[1]', pages: 1, advice: 'MADV_RANDOM' });
    expect(sizes(p)).toEqual([1, 1, 1]);
    p.run('madvise', { at: 'm0[1]', pages: 1, advice: 'MADV_NORMAL' });
    expect(sizes(p)).toEqual([3]);
  });

  it('does not remove a VMA with a close hook', () => {
    const p = side({ pages: 3, file: 'dev', ops: { close: true } });
    p.run('madvise', { at: 'm0[1]', pages: 1, advice: 'MADV_RANDOM' });
    p.run('madvise', { at: 'm0[1]', pages: 1, advice: 'MADV_NORMAL' });
    expect(sizes(p).length).toBeGreaterThan(1);
    expect(sizes(p).reduce((a, b) => a + b)).toBe(3);
  });
});

describe('a vm_ops->close', () => {
  const FLAGS = 'MAP_SHARED|MAP_FIXED';
  const at = (p: Play, label: string, page: number, more: object = {}): string[] => {
    const place = { at: `0x${(0x20000 + page).toString(16)}000`, pgoff: page, pages: 1 };
    const out = p.mmap(label, { ...place, flags: FLAGS, file: 'dev', ops: { close: true }, ...more });
    return [...out.reasons];
  };
  const on = (version: string): Play => new Play(withBit, { profile: defineProfile(version) });

  it.each([
    ['6.1.192', [1, 1], [1, 1, 1]],
    ['6.3', [1, 1], [1, 1, 1]],
    ['6.4', [1, 1], [1, 2]],
    ['6.11', [1, 1], [1, 2]],
    ['6.12', [2], [3]],
    ['7.3.4', [2], [3]],
  ])('%s: a VMA of one page before it, and then one behind', (version, before, behind) => {
    const p = on(version);
    at(p, 'b', 1);
    at(p, 'a', 0);
    expect(sizes(p)).toEqual(before);
    at(p, 'c', 2);
    expect(sizes(p)).toEqual(behind);
  });

  it.each([
    ['6.1.192', [1, 1], null],
    ['6.4', [2], null],
    ['6.6.23', [2], null],
    ['6.6.24', [1, 1], 'unmerged_close_case_7'],
    ['6.7.11', [2], null],
    ['6.7.12', [1, 1], 'unmerged_close_case_7'],
    ['6.11', [1, 1], 'unmerged_close_case_7'],
    ['6.12', [1, 1], 'unmerged_close'],
  ])('%s: a whole VMA that becomes like the one before it', (version, expected, reason) => {
    const p = on(version);
    at(p, 'a', 0);
    at(p, 'b', 1, { prot: 'r' });
    const out = p.run('mprotect', { at: 'b', pages: 1, prot: 'rw' });
    expect(sizes(p)).toEqual(expected);
    if (reason !== null) expect(out.unmerged_left).toBe(reason);
  });

  it('says why the neighbours stay apart, in the words of each kernel', () => {
    const p = on('6.1.192');
    at(p, 'b', 1);
    expect(p.mmap('a', { at: '0x20000000', pages: 1, flags: FLAGS, file: 'dev' }).unmerged_right).toBe(
      'unmerged_close',
    );
    expect(p.run('mprotect', { at: 'a', pages: 1, prot: 'r' }).unmerged_right).toBe('unmerged_flags');
  });

  it.each([
    ['6.1.192', 0, [2]],
    ['6.4', -ENOMEM, [1]],
    ['7.3.4', -ENOMEM, [1]],
  ])('%s: mremap() extends a special mapping with it: %i', (version, ret, expected) => {
    const p = on(version);
    at(p, 'a', 0, { call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP' }] });
    const out = p.run('mremap', { at: 'a', pages: 1, new_pages: 2 });
    expect([Math.min(out.ret, 0), sizes(p)]).toEqual([ret, expected]);
  });

  it('has mremap() of 6.1 extend a mapping over a gap, and leave the next one as it is', () => {
    const p = on('6.1.192');
    at(p, 'a', 0);
    at(p, 'c', 2);
    p.run('mremap', { at: 'a', pages: 1, new_pages: 2 });
    expect(p.layout()).toEqual([
      [2, 0],
      [1, 2],
    ]);
  });
});

it('__split_vma keeps flags, operations and rmap in both parts', () => {
  const p = side({ pages: 2, file: 'dev', ops: { pfn_mkwrite: true } });
  p.run('vm_flags_mod', { at: 'm0', set: 'VM_DONTEXPAND' });
  p.run('mprotect', { at: 'm0[1]', pages: 1, prot: 'r' });
  const [low, high] = [p.vma('m0'), p.vma('m0[1]')];
  expect([low.vm_flags & VM_DONTEXPAND, high.vm_flags & VM_DONTEXPAND]).toEqual([VM_DONTEXPAND, VM_DONTEXPAND]);
  expect([high.vm_ops, high.vm_private_data]).toEqual([low.vm_ops, low.vm_private_data]);
  expect(p.k.heap.vmasOf(p.k.files.get('dev')!.i_mmap).map((vma) => vma.vm_pgoff)).toEqual([0, 1]);
});
