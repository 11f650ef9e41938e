// SPDX-License-Identifier: GPL-2.0-or-later
/** Events of huge pages, on a machine that a header describes in a few words. */
import { decodeHeader } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { frameLabel } from '../../explain/names.js';
import { F } from '../../machine/frame-table.js';
import { laneOf } from '../../run.js';
import { hugeWithBits, PMD_PAGES } from '../../toy-huge.testkit.js';
import { withBit } from '../../toy-lanes.testkit.js';
import { Play } from '../play.testkit.js';

const FILES = { tmp: { kind: 'shmem', pages: 2 * PMD_PAGES, huge: 'always' }, dev: 'device' };

class Thp extends Play {
  constructor(header: object = {}, arch = hugeWithBits) {
    super(arch, laneOf(decodeHeader({ specialbit: 1, thp: 'always', files: FILES, ...header }), arch));
  }

  heap(pages = 2 * PMD_PAGES): this {
    this.mmap('heap', { at: '0x4000000', pages, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    return this;
  }

  get deferred(): number {
    return this.k.thp.state.deferred.length;
  }
}

describe('thp of a header', () => {
  it('gives the lane huge pages, with its settings', () => {
    const play = new Thp().heap();
    expect(play.run('write', { at: 'heap' }).ret).toBe(0);
    expect(play.k.mms.get(0)!.rss[1]).toBe(PMD_PAGES);
    expect(play.k.profile.config.has('CONFIG_TRANSPARENT_HUGEPAGE')).toBe(true);
  });

  it('passes over what the architecture does not have', () => {
    const play = new Thp({ thp: { enabled: 'always', 'hugepages-512kB/enabled': 'always' } });
    expect(play.k.thp.state.anon_orders.always).toBe(1 << 7);
    expect(new Thp({ thp: { 'hugepages-order12/enabled': 'always' } }).k.thp.state.anon_orders.always).toBe(0);
    const none = new Thp({}, withBit);
    expect([none.k.thp.on, none.k.profile.config.has('CONFIG_TRANSPARENT_HUGEPAGE')]).toEqual([false, false]);
  });
});

describe('blocks of a header', () => {
  it('are frames of the driver, aligned to their size', () => {
    const blocks = {
      C0: { order: 2, compound: true },
      N0: { order: 3 },
      C1: { order: 'pmd', compound: true },
      G0: { order: 'pmd', device: true },
    };
    const { k } = new Thp({ blocks });
    const pfn = (label: string): number => k.machine.pfnOf(label)!;
    expect(pfn('C1') % PMD_PAGES).toBe(0);
    expect(pfn('C1+17')).toBe(pfn('C1') + 17);
    expect([k.machine.pfnOf('C0+4'), k.machine.pfn_valid(pfn('G0')), k.machine.pfn_valid(pfn('N0+7'))]).toEqual([
      undefined,
      false,
      true,
    ]);
    expect(k.large_folio(pfn('C0+3'))?.id).toBe(pfn('C0'));
    expect(k.large_folio(pfn('N0+1'))).toBeUndefined();
    expect([k.page_count(pfn('C0+1')), k.page_count(pfn('N0')), k.page_count(pfn('N0+1'))]).toEqual([1, 1, 0]);
    expect(k.frames.get(pfn('N0+5'), F.content)).toBe(0x80 + 16 + 5);
  });

  it('do not fit every machine', () => {
    const blocks = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`B${i}`, { order: 10 }]));
    expect(() => new Thp({ blocks })).toThrow('no room for B');
  });

  it('can be mapped page by page', () => {
    const play = new Thp({ blocks: { C0: { order: 2, compound: true } } });
    play.mmap('ring', { file: 'dev', pages: 4 });
    expect(play.run('vm_insert_page', { at: 'ring[3]', frame: 'C0+3' }).ret).toBe(0);
    const page = play.k.pte.pfn(play.raw('ring[3]'));
    expect(frameLabel(play.k, page)).toBe('C0+3');
    expect([play.k.page_count(page), play.k.large_folio(page)?.large_mapcount]).toEqual([2, 1]);
    const beyond = { at: 'ring', frame: 'C0+4' };
    expect(() => play.run('vm_insert_page', beyond)).toThrow('no such frame: C0+4');
  });
});

describe('tune', () => {
  it('writes a setting, refuses a value, and knows which files there are', () => {
    const play = new Thp().heap();
    expect(play.run('tune', { key: 'enabled', value: 'never' }).ret).toBe(0);
    play.run('write', { at: 'heap' });
    expect(play.k.mms.get(0)!.rss[1]).toBe(1);
    const refused = play.run('tune', { key: 'enabled', value: 'often' });
    expect([refused.ret, refused.reasons]).toEqual([-22, ['thp_setting']]);
    const absent = play.run('tune', { key: 'hugepages-64kB/enabled', value: 'always' });
    expect(absent.ret).toBe(0);
    const large = play.run('tune', { key: 'hugepages-2048kB/enabled', value: 'always' });
    expect([large.ret, large.reasons]).toEqual([-2, ['thp_no_setting']]);
    const none = new Thp({}, withBit).run('tune', { key: 'enabled', value: 'always' });
    expect([none.ret, none.reasons]).toEqual([-2, ['thp_not_built']]);
  });
});

describe('split_folio', () => {
  it('makes small pages of a folio, which keep its name', () => {
    const play = new Thp().heap();
    play.run('write', { at: 'heap[3]', value: 9 });
    const head = play.k.large_folio(play.k.allocator.next)?.id;
    expect(head).toBeUndefined();
    const out = play.run('split_folio', { at: 'heap[7]' });
    expect([out.ret, out.pages?.length]).toEqual([0, 1]);
    expect(frameLabel(play.k, play.k.pte.pfn(play.raw('heap[3]')))).toMatch(/^A1\+3$/);
    expect(play.k.mms.get(0)!.rss[1]).toBe(1);
  });

  it('takes an order, and refuses what is not larger', () => {
    const play = new Thp().heap();
    play.run('write', { at: 'heap' });
    expect(play.run('split_folio', { at: 'heap', order: 4 }).ret).toBe(0);
    expect(play.k.large_folio(play.k.pte.pfn(play.raw('heap[40]')))?.order).toBe(4);
    expect(play.run('split_folio', { at: 'heap', order: 4 }).reasons).toEqual(['split_not_large']);
    expect(play.run('split_folio', { at: `heap[${PMD_PAGES}]` }).reasons).toEqual(['split_no_folio']);
  });
});

describe('shrink', () => {
  it('splits what is partially mapped, oldest first', () => {
    const play = new Thp().heap();
    play.run('write', { at: 'heap' }).ret;
    play.run('munmap', { at: 'heap[8]', pages: 8 });
    expect(play.deferred).toBe(1);
    const out = play.run('shrink', { nr_to_scan: 1 });
    expect([out.count, out.ret, play.deferred]).toEqual([1, 1, 0]);
    const again = play.run('shrink');
    expect([again.count, again.ret]).toEqual([0, -1]);
  });

  it('gives the huge zero folio back when nobody uses it', () => {
    const play = new Thp().heap();
    play.run('fork', { child: 1 });
    play.run('read', { mm: 1, at: 'heap' });
    expect(play.k.huge_zero_pfn).toBeGreaterThan(0);
    expect(frameLabel(play.k, play.k.huge_zero_pfn + 5)).toBe('Y+5');
    expect(play.run('shrink', { what: 'huge_zero' })).toMatchObject({ count: 0, ret: 0 });
    play.run('exit', { mm: 1 });
    expect(play.run('shrink', { what: 'huge_zero' })).toMatchObject({ count: PMD_PAGES, ret: PMD_PAGES });
    expect(play.k.huge_zero_pfn).toBe(-1);
  });
});

describe('fwrite and fpunch', () => {
  it('fill a file of tmpfs with large folios, and take pages out of it', () => {
    const play = new Thp();
    const tmp = play.k.files.get('tmp')!;
    expect(play.run('fwrite', { file: 'tmp', pgoff: 4, pages: 2, value: 7 }).ret).toBe(2 * 4096);
    expect(play.k.large_folio(tmp.page_cache.get(4)!)?.pages).toBe(PMD_PAGES);
    expect(play.k.frames.get(tmp.page_cache.get(5)!, F.content)).toBe(8);
    play.run('fpunch', { file: 'tmp', pgoff: 0, pages: PMD_PAGES });
    expect(tmp.page_cache.get(4)).toBeUndefined();
    expect(() => play.run('fwrite', { file: 'dev' })).toThrow('it has to be of tmpfs');
  });
});
