// SPDX-License-Identifier: GPL-2.0-or-later
/** do_swap_page() (mm/memory.c): from a swap entry back to a page. */
import { describe, expect, it } from 'vitest';
import { PG } from '../../machine/frame-table.js';
import { BOTH, Play } from '../play.testkit.js';

describe.each(BOTH)('do_swap_page %s', (_, arch) => {
  /** One page that was swapped out. */
  const out = (fields: object = {}): Play => {
    const p = new Play(arch, { swapPages: 64 });
    p.mmap('heap', fields);
    p.run('write', { at: 'heap', value: 7 });
    p.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_PAGEOUT' });
    expect(p.pte('heap')).toBe('swap');
    return p;
  };
  const counts = (p: Play): number[] => [...p.k.swap.slots.values()].map(({ count }) => count);

  it('a read by the only user gives a writable, clean page that never was in the swap cache', () => {
    const p = out();
    expect(p.run('read', { at: 'heap' }).value).toBe(7);
    const page = p.pfn('heap');
    expect([p.k.pte.write(p.raw('heap')), p.k.pte.dirty(p.raw('heap'))]).toEqual([true, false]);
    expect([p.flag(page, PG.swapcache), p.flag(page, PG.anon_exclusive), p.counts(page)]).toEqual([
      false,
      true,
      [1, 1],
    ]);
    expect([counts(p), p.rss()]).toEqual([[], [0, 1, 0, 0]]);
  });

  it('a write makes it dirty in the same fault', () => {
    const p = out();
    p.run('write', { at: 'heap', value: 8 });
    expect(p.pte('heap')).toBe(`${p.pfn('heap').toString(16)} wdy`);
    expect(p.run('read', { at: 'heap' }).value).toBe(8);
  });

  it('of a slot with two users the first page stays in the swap cache, read-only', () => {
    const p = out();
    p.run('fork', { child: 1 });
    expect(p.run('read', { at: 'heap' }).value).toBe(7);
    const page = p.pfn('heap');
    // the mapping and the swap cache
    expect([p.flag(page, PG.swapcache), p.counts(page), counts(p)]).toEqual([true, [2, 1], [1]]);
    expect([p.k.pte.write(p.raw('heap')), p.flag(page, PG.anon_exclusive)]).toEqual([false, false]);
    // the second user finds the very page there
    expect([p.run('read', { mm: 1, at: 'heap' }).value, p.pfn('heap', 1)]).toEqual([7, page]);
    expect([p.counts(page)[1], p.rss(), p.rss(1)]).toEqual([2, [0, 1, 0, 0], [0, 1, 0, 0]]);
  });

  it('a write to such a page copies it (do_wp_page)', () => {
    const p = out();
    p.run('fork', { child: 1 });
    p.run('read', { at: 'heap' });
    const page = p.pfn('heap');
    p.run('write', { mm: 1, at: 'heap', value: 9 });
    expect(p.pfn('heap', 1)).not.toBe(page);
    expect([p.run('read', { at: 'heap' }).value, p.run('read', { mm: 1, at: 'heap' }).value]).toEqual([7, 9]);
  });

  it('a VMA that may not be written gets a read-only page, even of the only user', () => {
    const p = out();
    p.run('mprotect', { at: 'heap', pages: 1, prot: 'r' });
    expect(p.run('read', { at: 'heap' }).value).toBe(7);
    expect([p.k.pte.write(p.raw('heap')), p.flag(p.pfn('heap'), PG.anon_exclusive)]).toEqual([false, true]);
  });
});

it('an entry of a device that is not there is left alone: the access faults for ever', () => {
  const p = new Play();
  p.mmap('heap');
  const p2 = p.raw('heap');
  p.k.pte.swp_entry_to_pte(p2, 0, 5);
  p.k.mms.get(0)!.pt.set(p.vpn('heap'), p2);
  expect([p.run('read', { at: 'heap' }).hang, p.pte('heap')]).toEqual([true, 'swap']);
});
