// SPDX-License-Identifier: GPL-2.0-or-later
/** Swap entries: mm/swapfile.c, do_swap_page() and copy_nonpresent_pte() (mm/memory.c). */
import { describe, expect, it } from 'vitest';
import { PG } from '../../machine/frame-table.js';
import { SwapDevice } from '../../machine/swap-device.js';
import { Journal } from '../../mm/journal.js';
import { BOTH, Play } from '../play.testkit.js';

describe.each(BOTH)('swap %s', (_, arch) => {
  const out = (): Play => {
    const p = new Play(arch, { swapPages: 64 });
    p.mmap('heap');
    p.run('write', { at: 'heap', value: 7 });
    p.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_PAGEOUT' });
    return p;
  };
  const slots = (p: Play): number[] => [...p.k.swap.slots.values()].map(({ count }) => count);

  it('MADV_PAGEOUT leaves a swap entry, and frees the page', () => {
    const p = out();
    expect([p.pte('heap'), p.rss(), slots(p)]).toEqual(['swap', [0, 0, 1, 0], [1]]);
    expect([...p.k.swap.slots.values()][0]!.content).toBe(7);
  });

  it('do_swap_page brings the page back, exclusive, and frees the slot of one user', () => {
    const p = out();
    expect(p.run('read', { at: 'heap' }).value).toBe(7);
    const page = p.pfn('heap');
    expect([p.rss(), slots(p), p.counts(page)]).toEqual([[0, 1, 0, 0], [], [1, 1]]);
    expect([p.flag(page, PG.anon_exclusive), p.k.pte.write(p.raw('heap'))]).toEqual([true, true]);
  });

  it('fork makes one more user of a slot, who is exclusive no longer', () => {
    const p = out();
    expect(p.k.pte.swp_exclusive(p.raw('heap'))).toBe(true);
    p.run('fork', { child: 1 });
    expect([slots(p), p.rss(1), p.pte('heap', 1)]).toEqual([[2], [0, 0, 1, 0], 'swap']);
    expect([p.k.pte.swp_exclusive(p.raw('heap')), p.k.pte.swp_exclusive(p.raw('heap', 1))]).toEqual([false, false]);
    p.run('write', { mm: 1, at: 'heap', value: 8 });
    expect([p.run('read', { at: 'heap' }).value, p.run('read', { mm: 1, at: 'heap' }).value]).toEqual([7, 8]);
  });

  it('munmap drops the slot without reading it', () => {
    const p = out();
    p.run('munmap', { at: 'heap', pages: 1 });
    expect([slots(p), p.rss()]).toEqual([[], [0, 0, 0, 0]]);
  });

  it('a pinned page is not paged out', () => {
    const p = new Play(arch, { swapPages: 64 });
    p.mmap('heap');
    p.run('pin_user_pages', { at: 'heap', write: true, hold: true });
    const page = p.pfn('heap');
    p.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_PAGEOUT' });
    expect([p.pfn('heap'), p.counts(page), slots(p)]).toEqual([page, [1025, 1], []]);
  });

  it('without swap space nothing anonymous goes', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    const page = p.pfn('heap');
    p.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_PAGEOUT' });
    expect([p.pfn('heap'), p.rss()]).toEqual([page, [0, 1, 0, 0]]);
  });
});

it('SwapDevice hands out slots from the first free cluster on, until it is full', () => {
  expect(new SwapDevice(1024, new Journal()).alloc()).toBe(256);
  const small = new SwapDevice(2, new Journal());
  expect([small.alloc(), small.alloc(), small.alloc()]).toEqual([1, 2, -1]);
  expect([small.enabled, new SwapDevice(0, new Journal()).enabled]).toEqual([true, false]);
  small.edit(1)!.count = 1;
  small.freeIfUnused(1);
  small.freeIfUnused(2);
  expect([...small.slots.keys()]).toEqual([1]);
});
