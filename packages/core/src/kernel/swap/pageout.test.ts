// SPDX-License-Identifier: GPL-2.0-or-later
/** reclaim_pages() (mm/vmscan.c): what becomes of pages that MADV_PAGEOUT isolated. */
import { describe, expect, it } from 'vitest';
import { F, PG } from '../../machine/frame-table.js';
import { BOTH, Play } from '../play.testkit.js';
import { reclaim_pages } from './pageout.js';

/** There are none here. */
const NO_LARGE = { split: () => false, unmap: () => undefined };

describe.each(BOTH)('reclaim_pages %s', (_, arch) => {
  const written = (at: string, fields: object = {}, more: object = { swapPages: 64 }): [Play, number] => {
    const p = new Play(arch, more);
    p.mmap(at, fields);
    p.run('write', { at, value: 7 });
    return [p, p.pfn(at)];
  };
  const free = (p: Play, page: number): boolean => p.counts(page)[0] === 0;

  it('frees an anonymous page whose content is in its slot', () => {
    const [p, page] = written('heap');
    reclaim_pages(p.k, [page], NO_LARGE);
    const [slot] = [...p.k.swap.slots.values()];
    expect([free(p, page), p.pte('heap'), slot!.content, slot!.count, slot!.cache, slot!.shadow]).toEqual([
      true,
      'swap',
      7,
      1,
      -1,
      true,
    ]);
  });

  it('puts a page back, active, when there is no slot', () => {
    const [p, page] = written('heap', {}, {});
    reclaim_pages(p.k, [page], NO_LARGE);
    expect([p.pfn('heap'), p.counts(page), p.flag(page, PG.active), p.flag(page, PG.lru)]).toEqual([
      page,
      [1, 1],
      true,
      true,
    ]);
  });

  it('keeps a page that somebody holds, in the swap cache', () => {
    const [p, page] = written('heap');
    p.run('get_page', { frame: page });
    reclaim_pages(p.k, [page], NO_LARGE);
    // unmapped, but neither written nor freed: the holder and the swap cache have it
    expect([p.pte('heap'), p.counts(page), p.flag(page, PG.swapcache), p.flag(page, PG.dirty)]).toEqual([
      'swap',
      [2, 0],
      true,
      true,
    ]);
    expect([p.run('read', { at: 'heap' }).value, p.pfn('heap')]).toEqual([7, page]);
  });

  it('does not touch an mlocked page', () => {
    const [p, page] = written('heap');
    p.run('mlock', { at: 'heap', pages: 1 });
    reclaim_pages(p.k, [page], NO_LARGE);
    expect([p.pfn('heap'), p.counts(page)[1], p.k.swap.slots.size, p.flag(page, PG.active)]).toEqual([
      page,
      1,
      0,
      false,
    ]);
    // not even a slot was asked for: that would have made it dirty
    expect(p.flag(page, PG.dirty)).toBe(false);
  });

  it('drops a lazily freed page without a slot, unless it was written again', () => {
    const [p, page] = written('heap');
    p.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_FREE' });
    reclaim_pages(p.k, [page], NO_LARGE);
    expect([free(p, page), p.pte('heap'), p.k.swap.slots.size, p.rss()]).toEqual([true, '-', 0, [0, 0, 0, 0]]);

    const [q, again] = written('heap');
    q.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_FREE' });
    q.run('write', { at: 'heap', value: 8 });
    reclaim_pages(q.k, [again], NO_LARGE);
    expect([q.pfn('heap'), q.flag(again, PG.swapbacked), q.counts(again)]).toEqual([again, true, [1, 1]]);
  });

  it('moves a page of tmpfs from its file to its slot', () => {
    const [p, page] = written('shm', { file: 'tmp' });
    const file = p.k.files.get('tmp')!;
    reclaim_pages(p.k, [page], NO_LARGE);
    expect([free(p, page), p.pte('shm'), file.page_cache.get(0), file.swapped.get(0) !== undefined]).toEqual([
      true,
      '-',
      undefined,
      true,
    ]);
    expect([p.k.frames.get(page, F.mapping), p.rss()]).toEqual([0, [0, 0, 0, 0]]);
    expect(p.run('read', { at: 'shm' }).value).toBe(7);
    expect(file.swapped.get(0)).toBeUndefined();
  });
});
