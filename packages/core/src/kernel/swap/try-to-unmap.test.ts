// SPDX-License-Identifier: GPL-2.0-or-later
/** try_to_unmap() (mm/rmap.c): out of every page table that the reverse mapping finds. */
import { describe, expect, it } from 'vitest';
import { PG } from '../../machine/frame-table.js';
import { defineProfile } from '../../profile/profile.js';
import { BOTH, P0, Play } from '../play.testkit.js';
import { add_to_swap_cache } from './swapfile.js';
import { try_to_unmap } from './try-to-unmap.js';

describe.each(BOTH)('try_to_unmap %s', (_, arch) => {
  /** A page that three processes map, in the swap cache. */
  const shared = (): [Play, number, number] => {
    const p = new Play(arch, { swapPages: 64 });
    p.mmap('heap', { pages: 2 });
    p.run('write', { at: 'heap[1]', value: 7 });
    p.run('fork', { child: 1 });
    p.run('fork', { mm: 1, child: 2 });
    const page = p.pfn('heap[1]');
    const offset = p.k.swap.alloc();
    add_to_swap_cache(p.k, page, offset);
    return [p, page, offset];
  };

  it('leaves a swap entry in each process, and one user of the slot for each', () => {
    const [p, page, offset] = shared();
    expect(p.counts(page)).toEqual([4, 3]);
    try_to_unmap(p.k, page);
    expect([0, 1, 2].map((mm) => [p.pte('heap[1]', mm), p.rss(mm)])).toEqual(
      [0, 1, 2].map(() => ['swap', [0, 0, 1, 0]]),
    );
    expect([p.counts(page), p.k.swap.slot(offset)!.count]).toEqual([[1, 0], 3]);
    expect([0, 1, 2].map((mm) => p.k.pte.swp_exclusive(p.raw('heap[1]', mm)))).toEqual([false, false, false]);
  });

  it.each([
    ['6.12.117', true],
    ['6.18.15', false],
  ])('on %s a page of MADV_FREE that is held becomes an ordinary one: %s', (version, swapbacked) => {
    const p = new Play(arch, { profile: defineProfile(version) });
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    p.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_FREE' });
    const page = p.pfn('heap');
    // the isolation, and somebody
    p.k.get_page(page);
    p.k.get_page(page);
    try_to_unmap(p.k, page);
    expect([p.flag(page, PG.swapbacked), p.pfn('heap')]).toEqual([swapbacked, page]);
  });

  it('goes by the index of the page: a VMA that was moved is found', () => {
    const [p, page] = shared();
    p.run('mremap', { at: 'heap', pages: 2, new_pages: 2, to: '0x30000000', label: 'moved' });
    try_to_unmap(p.k, page);
    expect([p.pte('moved[1]'), p.counts(page)[1]]).toEqual(['swap', 0]);
  });

  it('keeps what is exclusive exclusive, in the entry', () => {
    const p = new Play(arch, { swapPages: 64 });
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    const page = p.pfn('heap');
    add_to_swap_cache(p.k, page, p.k.swap.alloc());
    try_to_unmap(p.k, page);
    expect([p.k.pte.swp_exclusive(p.raw('heap')), p.flag(page, PG.anon_exclusive)]).toEqual([true, false]);
  });

  it('ends at a VM_LOCKED VMA, whose entry stays, and mlocks the page', () => {
    const p = new Play(arch, { swapPages: 64 });
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    p.run('mlock', { at: 'heap', pages: 1 });
    const page = p.pfn('heap');
    add_to_swap_cache(p.k, page, p.k.swap.alloc());
    p.k.frames.clearFlag(page, PG.mlocked);
    try_to_unmap(p.k, page);
    expect([p.pfn('heap'), p.counts(page)[1], p.flag(page, PG.mlocked)]).toEqual([page, 1, true]);
  });

  it('the dirty bit of an entry goes to the page', () => {
    const p = new Play(arch);
    p.mmap('shm', { file: 'tmp' });
    p.run('write', { at: 'shm' });
    const page = p.pfn('shm');
    p.k.frames.clearFlag(page, PG.dirty);
    try_to_unmap(p.k, page);
    expect([p.pte('shm'), p.flag(page, PG.dirty), p.rss()]).toEqual(['-', true, [0, 0, 0, 0]]);
  });

  it('finds nothing of a page that a driver inserted: it has no mapping', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    try_to_unmap(p.k, P0);
    expect([p.pfn('ring'), p.counts(P0)]).toEqual([P0, [2, 1]]);
  });
});
