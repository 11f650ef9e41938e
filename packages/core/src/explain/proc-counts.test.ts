// SPDX-License-Identifier: GPL-2.0-or-later
/** What /proc reports of large folios, with numbers worked out by hand from smaps_account(), gather_stats() and their helpers. */
import { decodeHeader } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { Play } from '../kernel/play.testkit.js';
import { withConfig } from '../profile/profile.js';
import { findProfile } from '../profile/profiles.js';
import { laneOf } from '../run.js';
import { hugeWithBits, PMD_PAGES as N } from '../toy-huge.testkit.js';
import { type FolioCounts, folioCounts } from './proc-counts.js';

const PAGE = 4096;
const RULES = ['6.12', '7.3', '7.3:CONFIG_NO_PAGE_MAPCOUNT', '7.3+total_mapped_pages'] as const;

/** A THP of process 0 that is shared with the given number of children. */
class Shared extends Play {
  constructor(rule: (typeof RULES)[number], children: number, thp: object | string = 'always') {
    const [kernel, config] = rule.split(':') as [string, string?];
    const profile = withConfig(findProfile(kernel)!, config === undefined ? [] : [config]);
    super(hugeWithBits, laneOf(decodeHeader({ specialbit: 1, thp }), hugeWithBits, profile));
    this.mmap('heap', { at: '0x4000000', pages: N, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    this.run('write', { at: 'heap' });
    for (let child = 1; child <= children; child++) this.run('fork', { child });
  }

  unmap(mm: number, page: number, pages: number): this {
    this.run('munmap', { mm, at: `heap[${page}]`, pages });
    return this;
  }

  get folio(): FolioCounts {
    return folioCounts(this.k)[0]!;
  }
}

const said = ({ processes }: FolioCounts, mm: number) => {
  const of = processes.find((process) => process.mm === mm)!;
  const off = (what: 'pss' | 'uss' | 'exclusive' | 'mapmax') => of[what].reported - of[what].exact;
  return { ...of, off: [off('pss'), off('uss'), off('exclusive'), off('mapmax')] };
};

describe.each(RULES)('on %s', (rule) => {
  it('one process has all of its folio, whatever is counted', () => {
    const { folio } = new Shared(rule, 0);
    expect(said(folio, 0)).toMatchObject({
      pmds: 1,
      ptes: 0,
      rss: N * PAGE,
      anon_huge_pages: N * PAGE,
      pss: { reported: N * PAGE, exact: N * PAGE },
      uss: { reported: N * PAGE, exact: N * PAGE },
      exclusive: { reported: N, exact: N },
      mapmax: { reported: 1, exact: 1 },
    });
  });

  it('three that share all of it are told exactly', () => {
    const { folio } = new Shared(rule, 2);
    // a third of a page in fixed point, cut for each page and for the whole
    const third = Math.floor((N * Math.floor((PAGE * 2 ** 12) / 3)) / 2 ** 12);
    for (const mm of [0, 1, 2]) {
      const of = said(folio, mm);
      expect([of.pss.reported, of.uss.reported, of.exclusive.reported, of.mapmax.reported]).toEqual([third, 0, 0, 3]);
      expect(of.off).toEqual([0, 0, 0, 0]);
    }
    expect(folio.kpagecount).toEqual({
      reported: [{ first: 0, pages: N, value: 3 }],
      exact: [{ first: 0, pages: N, value: 3 }],
    });
  });
});

describe('where a child has unmapped a half and one page more', () => {
  const half = N / 2;
  const cut = (rule: (typeof RULES)[number]) => new Shared(rule, 1).unmap(1, half - 1, half + 1).folio;

  it('counts of pages are exact, and PM_MMAP_EXCLUSIVE up to 6.12', () => {
    for (const rule of ['6.12', '7.3'] as const) {
      const folio = cut(rule);
      // from 6.15 on pagemap asks for the first page in place of all that a PMD maps, and the child has that one too
      expect(said(folio, 0).off).toEqual([0, 0, rule === '6.12' ? 0 : -(half + 1), 0]);
      expect(said(folio, 0).uss.reported).toBe((half + 1) * PAGE);
      expect(said(folio, 0).pss.reported).toBe((half + 1) * PAGE + ((half - 1) * PAGE) / 2);
      expect([folio.mapped_pages, folio.pages_mapped]).toEqual([N, half - 1]);
    }
  });

  it('the average is that each page is mapped once: Pss is too large, and Uss nothing', () => {
    // (half - 1 + half) >> 8 is 0, and one mapping of the whole
    const folio = cut('7.3:CONFIG_NO_PAGE_MAPCOUNT');
    expect(folio.kpagecount.reported).toEqual([{ first: 0, pages: N, value: 1 }]);
    expect(said(folio, 0).pss.reported).toBe(N * PAGE);
    expect(said(folio, 0).off).toEqual([((half - 1) * PAGE) / 2, -(half + 1) * PAGE, -(half + 1), -1]);
    expect(said(folio, 1).off).toEqual([((half - 1) * PAGE) / 2, 0, 0, -1]);
    expect(folio.owners).toEqual([
      { mm: 0, mapcount: 1 },
      { mm: 1, mapcount: half - 1 },
    ]);
  });

  it('what is proposed keeps another sum and says the same', () => {
    const [now, then] = [cut('7.3:CONFIG_NO_PAGE_MAPCOUNT'), cut('7.3+total_mapped_pages')];
    expect([now.total_mapped_pages, then.total_mapped_pages]).toEqual([null, N + half - 1]);
    expect(then.processes).toEqual(now.processes);
    expect(then.kpagecount).toEqual(now.kpagecount);
  });
});

describe('mapmax of a PMD', () => {
  it('is that of the first page alone, with counts of pages as well', () => {
    const shared = new Shared('6.12', 2).unmap(1, 0, 1).unmap(2, 0, 1);
    const { folio } = shared;
    expect(said(folio, 0).mapmax).toEqual({ reported: 1, exact: 3 });
    expect(said(folio, 1).mapmax).toEqual({ reported: 3, exact: 3 });
  });
});

describe('a folio that only one reference is left of', () => {
  it('is private, though it looks shared for want of a slot', () => {
    const shared = new Shared('7.3:CONFIG_NO_PAGE_MAPCOUNT', 2);
    shared.run('exit', { mm: 0 });
    shared.run('exit', { mm: 1 });
    // one mapping is one owner
    expect(said(shared.folio, 2).off).toEqual([0, 0, 0, 0]);
    shared.unmap(2, N - 1, 1);
    // N - 1 PTEs, and no slot that owns them: nobody knows that they are of one process
    expect(shared.folio.shared).toEqual({ reported: true, exact: false });
    expect(said(shared.folio, 2).off).toEqual([0, -(N - 1) * PAGE, -(N - 1), 0]);
  });
});

describe('a folio of a driver', () => {
  it('is told as well, by its label', () => {
    const header = decodeHeader({
      specialbit: 1,
      thp: true,
      blocks: { C0: { order: 2, compound: true } },
      files: { dev: 'device' },
    });
    const play = new Play(hugeWithBits, laneOf(header, hugeWithBits, findProfile('7.3')!));
    play.mmap('ring', { file: 'dev', pages: 4 });
    play.run('vm_insert_page', { at: 'ring[2]', frame: 'C0+2' });
    const [folio] = folioCounts(play.k);
    expect(folio).toMatchObject({ label: 'C0', kind: 'driver', large_mapcount: 1, mapped_pages: 1, order: 2 });
    expect(folio!.kpagecount.reported).toEqual([
      { first: 0, pages: 2, value: 0 },
      { first: 2, pages: 1, value: 1 },
      { first: 3, pages: 1, value: 0 },
    ]);
  });
});
