// SPDX-License-Identifier: GPL-2.0-or-later
/** Owners and map counts of large folios, with values that follow from include/linux/rmap.h and fs/proc/internal.h by hand. */
import { decodeHeader } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { F } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { withConfig } from '../../profile/profile.js';
import { findProfile } from '../../profile/profiles.js';
import { laneOf } from '../../run.js';
import { hugeWithBits, PMD_PAGES } from '../../toy-huge.testkit.js';
import { Play } from '../play.testkit.js';
import {
  folio_average_page_mapcount,
  folio_maybe_mapped_shared,
  folio_precise_page_mapcount,
  folio_total_mapped_pages,
} from './large-mapcount.js';

/** A folio of 16 pages, which PTEs map. */
const header = decodeHeader({ specialbit: 1, thp: { 'hugepages-order4/enabled': 'always' } });
const PMD = decodeHeader({ specialbit: 1, thp: 'always' });
const NO = ['CONFIG_NO_PAGE_MAPCOUNT'];

class Counts extends Play {
  constructor(kernel: string, config: readonly string[] = [], on = header) {
    super(hugeWithBits, laneOf(on, hugeWithBits, withConfig(findProfile(kernel)!, config)));
    this.mmap('heap', { at: '0x4000000', pages: PMD_PAGES, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    this.run('write', { at: 'heap', value: 1 });
  }

  /** The folio that was allocated first. */
  get folio(): Folio {
    return [...this.k.heap.folios.values()][0]!;
  }

  fork(child: number, mm = 0): this {
    this.run('fork', { mm, child });
    return this;
  }

  unmap(mm: number, page: number, pages: number): this {
    this.run('munmap', { mm, at: `heap[${page}]`, pages });
    return this;
  }

  /** folio_mapcount(), the slots, and whether it looks shared. */
  get owners(): string {
    const { folio } = this;
    const slot = (id: number, n: number): string => (id < 0 ? '-' : `${id}:${n}`);
    const slots = `${slot(folio.mm_id0, folio.mm_id_mapcount0)} ${slot(folio.mm_id1, folio.mm_id_mapcount1)}`;
    return `${folio.large_mapcount} ${slots}${folio_maybe_mapped_shared(this.k, folio.id) ? ' shared' : ''}`;
  }
}

describe('CONFIG_MM_ID', () => {
  it('counts mappings by address space, two of them', () => {
    const play = new Counts('7.3');
    expect(play.owners).toBe('16 0:16 -');
    expect(play.fork(1).owners).toBe('32 0:16 1:16 shared');
    expect(play.unmap(0, 0, 8).owners).toBe('24 0:8 1:16 shared');
    expect(play.unmap(1, 0, 16).owners).toBe('8 0:8 -');
  });

  it('has no slot for a third, and takes a folio for shared until one slot owns all', () => {
    const play = new Counts('7.3').fork(1).fork(2);
    expect(play.owners).toBe('48 0:16 1:16 shared');
    // the third maps it, and nobody knows: the last mappings are its alone, and still look shared
    play.run('exit', { mm: 0 });
    expect(play.owners).toBe('32 - 1:16 shared');
    play.run('exit', { mm: 1 });
    expect(play.owners).toBe('16 - - shared');
    // one mapping is one owner, whatever the bit says
    expect(play.unmap(2, 1, 15).owners).toBe('1 - -');
  });

  it('gives a free slot to the next that maps, and sets a count that would go below 0 free', () => {
    const play = new Counts('7.3').fork(1).fork(2);
    play.run('exit', { mm: 1 });
    expect(play.fork(3, 2).owners).toBe('48 0:16 3:16 shared');
    play.run('exit', { mm: 0 });
    play.run('exit', { mm: 3 });
    play.fork(4, 2);
    expect(play.owners).toBe('32 4:16 - shared');
    play.run('exit', { mm: 2 });
    // slot 0 owns what is left: exclusive again as soon as somebody unmaps
    expect(play.owners).toBe('16 4:16 -');
  });

  it('is asked from 6.15 on; before, the first page stands for all', () => {
    const old = new Counts('6.12').fork(1);
    expect(folio_maybe_mapped_shared(old.k, old.folio.id)).toBe(true);
    expect(old.folio.mm_id0).toBe(-1);
    // disjoint halves: the first page is mapped once
    old.unmap(0, 0, 8).unmap(1, 8, 8);
    expect(folio_maybe_mapped_shared(old.k, old.folio.id)).toBe(false);
    const now = new Counts('7.3').fork(1).unmap(0, 0, 8).unmap(1, 8, 8);
    expect(folio_maybe_mapped_shared(now.k, now.folio.id)).toBe(true);
  });
});

describe('a write to a page of a large folio that PTEs map', () => {
  const afterChild = (kernel: string): Counts => {
    const play = new Counts(kernel).fork(1);
    play.run('exit', { mm: 1 });
    play.run('write', { at: 'heap[3]', value: 5 });
    return play;
  };

  it('reuses it since owners are known, and copied it before', () => {
    expect(afterChild('7.3').folio.large_mapcount).toBe(16);
    expect(afterChild('7.3+-cow_reuse_large'.replace('+-', '-')).folio.large_mapcount).toBe(15);
    expect(afterChild('6.12').folio.large_mapcount).toBe(15);
  });

  it('copies the only page that is left mapped, and one that somebody holds', () => {
    const last = new Counts('7.3').fork(1).unmap(0, 1, 15);
    last.run('exit', { mm: 1 });
    last.run('write', { at: 'heap', value: 2 });
    expect([...last.k.heap.folios.values()]).toEqual([]);
    const held = new Counts('7.3').fork(1);
    held.run('get_user_pages', { mm: 1, at: 'heap', hold: true });
    held.run('exit', { mm: 1 });
    held.run('write', { at: 'heap[3]', value: 2 });
    expect(held.folio.large_mapcount).toBe(15);
  });
});

describe('CONFIG_NO_PAGE_MAPCOUNT', () => {
  it('keeps no count of single pages, and averages', () => {
    const play = new Counts('7.3', NO).fork(1);
    const { folio, k } = play;
    expect([k.frames.get(folio.id, F.mapcount), folio.nr_pages_mapped]).toEqual([0, 0]);
    expect(folio_average_page_mapcount(k, folio.id)).toBe(2);
    // (16 + 7 + 8) >> 4 and (16 + 8 + 8) >> 4
    play.unmap(1, 0, 9);
    expect([folio.large_mapcount, folio_average_page_mapcount(k, folio.id)]).toEqual([23, 1]);
    const eight = new Counts('7.3', NO).fork(1).unmap(1, 0, 8);
    expect(folio_average_page_mapcount(eight.k, eight.folio.id)).toBe(2);
    // at least one, however few are mapped
    const few = new Counts('7.3', NO).unmap(0, 1, 15);
    expect(folio_average_page_mapcount(few.k, few.folio.id)).toBe(1);
  });

  it('adds mappings of the whole to the average of the rest', () => {
    const play = new Counts('7.3', NO, PMD).fork(1).fork(2);
    const { folio, k } = play;
    expect([folio.entire_mapcount, folio.large_mapcount]).toEqual([3, 3]);
    expect(folio_average_page_mapcount(k, folio.id)).toBe(3);
    play.unmap(1, 0, PMD_PAGES / 2);
    // 2 PMDs and half of the pages: 2 + (128 + 128 >> 8)
    expect([folio.entire_mapcount, folio.large_mapcount]).toEqual([2, 2 + PMD_PAGES / 2]);
    expect(folio_average_page_mapcount(k, folio.id)).toBe(3);
    play.unmap(1, PMD_PAGES / 2, 1);
    expect(folio_average_page_mapcount(k, folio.id)).toBe(2);
  });

  it('tells that a part is unmapped only where the mappings are fewer than the pages', () => {
    const both = new Counts('7.3', NO).fork(1).unmap(0, 0, 8).unmap(1, 0, 7);
    expect([both.folio.large_mapcount, both.folio.partially_mapped]).toEqual([17, false]);
    expect(both.unmap(1, 7, 1).folio.partially_mapped).toBe(false);
    expect(both.unmap(1, 8, 1).folio.partially_mapped).toBe(true);
    const counted = new Counts('7.3').fork(1).unmap(0, 0, 8).unmap(1, 0, 7);
    expect(counted.folio.partially_mapped).toBe(true);
  });

  it('means nothing to a kernel that does not have it', () => {
    const play = new Counts('6.12', NO);
    expect(folio_precise_page_mapcount(play.k, play.folio.id + 3)).toBe(1);
  });
});

describe('total_mapped_pages', () => {
  it('counts pages, and reports the same averages', () => {
    for (const cut of [0, 1, 127, 128, 129, 255]) {
      const play = new Counts('7.3+total_mapped_pages', [], PMD).fork(1).fork(2);
      const twin = new Counts('7.3', NO, PMD).fork(1).fork(2);
      if (cut > 0) for (const one of [play, twin]) one.unmap(1, 0, cut);
      expect(folio_total_mapped_pages(play.folio)).toBe(3 * PMD_PAGES - cut);
      expect(folio_average_page_mapcount(play.k, play.folio.id), String(cut)).toBe(
        folio_average_page_mapcount(twin.k, twin.folio.id),
      );
    }
  });
});
