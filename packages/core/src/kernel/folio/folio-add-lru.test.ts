// SPDX-License-Identifier: GPL-2.0-or-later
/** The LRU: how pages come onto it, age and become unevictable (mm/swap.c). */
import { describe, expect, it } from 'vitest';
import { F, PG } from '../../machine/frame-table.js';
import { BOTH, P0, Play } from '../play.testkit.js';
import { folio_add_lru, folio_mark_accessed, folio_mark_dirty, lru_add_drain } from './folio-add-lru.js';

describe.each(BOTH)('the LRU %s', (_, arch) => {
  const page = (): [Play, number] => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    return [p, p.pfn('heap')];
  };

  it('has new anonymous pages, and not what belongs to a driver', () => {
    const [p, pfn] = page();
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect([p.flag(pfn, PG.lru), p.flag(pfn, PG.unevictable), p.flag(P0, PG.lru)]).toEqual([true, false, false]);
  });

  it('folio_mark_accessed: referenced, then active, then referenced again', () => {
    const [p, pfn] = page();
    const state = (): boolean[] => [p.flag(pfn, PG.referenced), p.flag(pfn, PG.active)];
    p.k.frames.clearFlag(pfn, PG.referenced | PG.active);
    folio_mark_accessed(p.k, pfn);
    expect(state()).toEqual([true, false]);
    folio_mark_accessed(p.k, pfn);
    expect(state()).toEqual([false, true]);
    folio_mark_accessed(p.k, pfn);
    expect(state()).toEqual([true, true]);
  });

  it('a page that is on no LRU list is never activated', () => {
    const [p] = page();
    for (let i = 0; i < 4; i++) folio_mark_accessed(p.k, P0);
    expect(p.flag(P0, PG.active)).toBe(false);
  });

  it('an mlocked page is unevictable, with a count, and is left alone', () => {
    const [p, pfn] = page();
    p.k.frames.setFlag(pfn, PG.mlocked | PG.active);
    folio_add_lru(p.k, pfn);
    expect([p.flag(pfn, PG.unevictable), p.flag(pfn, PG.active), p.k.frames.get(pfn, F.mlock)]).toEqual([
      true,
      false,
      1,
    ]);
    p.k.frames.setFlag(pfn, PG.referenced);
    folio_mark_accessed(p.k, pfn);
    expect(p.flag(pfn, PG.active)).toBe(false);
    p.k.frames.clearFlag(pfn, PG.mlocked);
    folio_add_lru(p.k, pfn);
    expect(p.flag(pfn, PG.unevictable)).toBe(false);
  });

  it('pages of a VM_LOCKED mapping hold a reference of the batch until it is drained', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('mlock', { at: 'heap', pages: 1 });
    const pfn = p.pfn('heap');
    lru_add_drain(p.k);
    expect([p.flag(pfn, PG.mlocked), p.flag(pfn, PG.unevictable), p.counts(pfn)]).toEqual([true, true, [1, 1]]);
  });

  it('folio_mark_dirty tells whether it was clean', () => {
    const [p, pfn] = page();
    p.k.frames.clearFlag(pfn, PG.dirty);
    expect([folio_mark_dirty(p.k, pfn), folio_mark_dirty(p.k, pfn), p.flag(pfn, PG.dirty)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
