// SPDX-License-Identifier: GPL-2.0-or-later
/** do_madvise() (mm/madvise.c). */
import { describe, expect, it } from 'vitest';
import { PG } from '../../machine/frame-table.js';
import { VM_RAND_READ, VM_SEQ_READ } from '../../mm/vm-flags.js';
import { EINVAL, ENOMEM } from '../base/errno.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

describe.each(BOTH)('madvise %s', (_, arch) => {
  const advise = (p: Play, at: string, advice: string, pages = 1): number =>
    p.run('madvise', { at, pages, advice }).ret;

  it('refuses to drop, free, cool down or page out a VM_PFNMAP', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    const advices = ['MADV_DONTNEED', 'MADV_DONTNEED_LOCKED', 'MADV_FREE', 'MADV_COLD', 'MADV_PAGEOUT'];
    expect(advices.map((advice) => advise(p, 'ring', advice))).toEqual(advices.map(() => -EINVAL));
    expect(p.pfn('ring')).toBe(D0);
  });

  it('drops the entries of a VM_MIXEDMAP', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect(advise(p, 'ring', 'MADV_DONTNEED')).toBe(0);
    expect([p.pte('ring'), p.counts(P0), p.rss()[0]]).toEqual(['-', [1, 0], 0]);
  });

  it('drops locked memory only when asked for that', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('mlock', { at: 'heap', pages: 1 });
    expect([advise(p, 'heap', 'MADV_DONTNEED'), p.rss()[1]]).toEqual([-EINVAL, 1]);
    expect([advise(p, 'heap', 'MADV_DONTNEED_LOCKED'), p.rss()[1]]).toEqual([0, 0]);
  });

  it('MADV_FREE makes a page clean and old and keeps it, in anonymous memory alone', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap', value: 5 });
    const page = p.pfn('heap');
    expect([advise(p, 'heap', 'MADV_FREE'), p.pfn('heap'), p.flag(page, PG.swapbacked)]).toEqual([0, page, false]);
    expect([p.k.pte.dirty(p.raw('heap')), p.k.pte.young(p.raw('heap'))]).toEqual([false, false]);
    expect(p.run('read', { at: 'heap' }).value).toBe(5);
    p.mmap('ring', { file: 'dev' });
    expect(advise(p, 'ring', 'MADV_FREE')).toBe(-EINVAL);
  });

  it('skips a hole, does the rest, and says ENOMEM', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 3 });
    for (const at of ['heap', 'heap[2]']) p.run('write', { at });
    p.run('munmap', { at: 'heap[1]', pages: 1 });
    expect([advise(p, 'heap', 'MADV_DONTNEED', 3), p.rss()[1]]).toEqual([-ENOMEM, 0]);
  });

  it('MADV_POPULATE_WRITE faults pages in, and fails where GUP would', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 2 });
    expect([advise(p, 'heap', 'MADV_POPULATE_WRITE', 2), p.rss()[1]]).toEqual([0, 2]);
    p.mmap('ring', { file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    expect(advise(p, 'ring', 'MADV_POPULATE_READ')).toBe(-EINVAL);
  });
});

it('madvise_vma_behavior keeps VM_IO out of a child, and VM_SPECIAL out of a dump, for good', () => {
  const p = new Play();
  p.mmap('ring', { file: 'dev' });
  p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
  const ret = (advice: string): number => p.run('madvise', { at: 'ring', pages: 1, advice }).ret;
  expect(ret('MADV_DONTFORK')).toBe(0);
  expect([ret('MADV_DOFORK'), ret('MADV_DODUMP'), ret('MADV_WIPEONFORK')]).toEqual([-EINVAL, -EINVAL, -EINVAL]);
});

it('madvise_vma_behavior: sequential and random exclude each other', () => {
  const p = new Play();
  p.mmap('heap');
  const flags = (advice: string): number => {
    p.run('madvise', { at: 'heap', pages: 1, advice });
    return p.vma('heap').vm_flags & (VM_SEQ_READ | VM_RAND_READ);
  };
  const all = ['MADV_RANDOM', 'MADV_SEQUENTIAL', 'MADV_NORMAL'].map(flags);
  expect(all).toEqual([VM_RAND_READ, VM_SEQ_READ, 0]);
});

it('madvise_behavior_valid knows KSM and huge pages only where they are configured', () => {
  const p = new Play();
  p.mmap('heap');
  const advices = ['MADV_MERGEABLE', 'MADV_HUGEPAGE', 'unknown'];
  expect(advices.map((advice) => p.run('madvise', { at: 'heap', pages: 1, advice }).ret)).toEqual([
    -EINVAL,
    -EINVAL,
    -EINVAL,
  ]);
});
