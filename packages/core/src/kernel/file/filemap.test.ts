// SPDX-License-Identifier: GPL-2.0-or-later
/** The page cache of a file of a disk (mm/filemap.c). */
import { describe, expect, it } from 'vitest';
import { F, PG } from '../../machine/frame-table.js';
import { BOTH, Play } from '../play.testkit.js';
import { filemap_get_folio, has_page_cache } from './filemap.js';

describe.each(BOTH)('a file of a disk %s', (_, arch) => {
  const files = { disk: { kind: 'file' as const, pages: 4 }, dev: { kind: 'device' as const, pages: 0 } };
  const play = (): Play => new Play(arch, { files });

  it('has every page, one frame for each', () => {
    const p = play();
    const file = p.k.files.get('disk')!;
    const page = filemap_get_folio(p.k, file, 2)!;
    expect([filemap_get_folio(p.k, file, 2), p.counts(page)]).toEqual([page, [1, 0]]);
    expect([p.k.frames.get(page, F.mapping), p.k.frames.get(page, F.index)]).toEqual([-file.id, 2]);
    expect([p.flag(page, PG.uptodate), p.flag(page, PG.lru), p.flag(page, PG.swapbacked)]).toEqual([true, true, false]);
  });

  it('does not take frames that a recording says were allocated for others', () => {
    const p = play();
    p.mmap('f', { file: 'disk', flags: 'MAP_PRIVATE' });
    p.run('access', { op: 'read', at: 'f', alloc: ['0x2800'] });
    expect(p.pfn('f')).not.toBe(0x2800);
    p.run('access', { op: 'write', at: 'f', alloc: ['0x2800'] });
    expect(p.pfn('f')).toBe(0x2800);
  });

  it('is counted as MM_FILEPAGES, and a fault maps all of it that is near', () => {
    const p = play();
    p.mmap('f', { file: 'disk', pages: 4, prot: 'r' });
    p.run('read', { at: 'f[3]' });
    expect(p.rss()).toEqual([4, 0, 0, 0]);
    for (const i of [0, 1, 2, 3]) expect(p.counts(p.pfn(`f[${i}]`))).toEqual([2, 1]);
  });

  it('ends where it ends: SIGBUS behind', () => {
    const p = play();
    p.mmap('f', { file: 'disk', pages: 6 });
    expect([p.run('read', { at: 'f[3]' }).signal, p.run('read', { at: 'f[4]' }).signal]).toEqual([null, 'SIGBUS']);
  });

  it('hears of the first write to a page of a shared mapping, and of no other', () => {
    const p = play();
    p.mmap('f', { file: 'disk', pages: 2 });
    p.run('read', { at: 'f' });
    expect(p.k.pte.write(p.raw('f'))).toBe(false);
    expect([p.run('write', { at: 'f' }).calls, p.run('write', { at: 'f' }).calls]).toEqual([
      [0, 0, 1],
      [0, 0, 0],
    ]);
    expect(p.flag(p.pfn('f'), PG.dirty)).toBe(true);
  });

  it('only tmpfs and files of a disk have a page cache', () => {
    const p = play();
    p.mmap('f', { file: 'disk' });
    p.mmap('ring', { file: 'dev' });
    p.mmap('heap');
    expect(['f', 'ring', 'heap'].map((at) => has_page_cache(p.vma(at)))).toEqual([true, false, false]);
  });
});
