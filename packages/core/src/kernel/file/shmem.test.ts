// SPDX-License-Identifier: GPL-2.0-or-later
/** Pages of tmpfs (mm/shmem.c), and faults that map what lies around (filemap_map_pages, mm/filemap.c). */
import { describe, expect, it } from 'vitest';
import { F, PG } from '../../machine/frame-table.js';
import { BOTH, Play } from '../play.testkit.js';
import { shmem_get_page } from './shmem.js';

describe.each(BOTH)('tmpfs %s', (_, arch) => {
  it('a file has its page once, however many processes map it', () => {
    const p = new Play(arch);
    p.mmap('a', { file: 'tmp' });
    p.mmap('b', { file: 'tmp' });
    p.run('write', { at: 'a', value: 6 });
    expect([p.run('read', { at: 'b' }).value, p.pfn('b')]).toEqual([6, p.pfn('a')]);
    // the page cache and two entries
    expect([p.counts(p.pfn('a')), p.rss()]).toEqual([
      [3, 2],
      [0, 0, 0, 2],
    ]);
  });

  it('a page remembers its file and its place there, and is backed by swap', () => {
    const p = new Play(arch);
    p.mmap('shm', { file: 'tmp', pages: 4, pgoff: 2 });
    p.run('write', { at: 'shm[1]' });
    const page = p.pfn('shm[1]');
    const file = p.k.files.get('tmp')!;
    expect([p.k.frames.get(page, F.mapping), p.k.frames.get(page, F.index)]).toEqual([-file.id, 3]);
    expect([p.flag(page, PG.swapbacked), p.flag(page, PG.anon), file.page_cache.get(3)]).toEqual([true, false, page]);
  });

  it('holes become pages, once; the caller gets a reference of its own', () => {
    const p = new Play(arch);
    const file = p.k.files.get('tmp')!;
    const page = shmem_get_page(p.k, file, 5, { vma: null, vpn: 0, write_end: 0 });
    expect([shmem_get_page(p.k, file, 5, { vma: null, vpn: 0, write_end: 0 }), p.counts(page)]).toEqual([page, [3, 0]]);
  });

  it('beyond its end there is SIGBUS', () => {
    const p = new Play(arch);
    p.mmap('shm', { file: 'tmp', pages: 2, pgoff: 7 });
    expect([p.run('read', { at: 'shm' }).signal, p.run('read', { at: 'shm[1]' }).signal]).toEqual([null, 'SIGBUS']);
  });

  it('a private mapping copies on write, and the file stays as it was', () => {
    const p = new Play(arch);
    p.mmap('own', { file: 'tmp', flags: 'MAP_PRIVATE' });
    const before = p.run('read', { at: 'own' }).value;
    p.run('write', { at: 'own', value: 0x77 });
    p.mmap('shm', { file: 'tmp' });
    expect([before, p.run('read', { at: 'own' }).value, p.run('read', { at: 'shm' }).value]).toEqual([1, 0x77, 1]);
    expect(p.rss()).toEqual([0, 1, 0, 1]);
  });
});

describe.each(BOTH)('filemap_map_pages %s', (_, arch) => {
  it('a read fault maps what the page cache has around it, old, and makes no page', () => {
    const p = new Play(arch);
    // the file of the tests has content in its first two pages
    p.mmap('shm', { file: 'tmp', pages: 8 });
    p.run('read', { at: 'shm[1]' });
    const present = Array.from({ length: 8 }, (_unused, i) => p.pte(`shm[${i}]`) !== '-');
    expect(present).toEqual([true, true, false, false, false, false, false, false]);
    expect([p.k.pte.young(p.raw('shm[1]')), p.rss()[3]]).toEqual([true, 2]);
  });

  it('leaves an entry alone that is there already', () => {
    const p = new Play(arch);
    p.mmap('own', { file: 'tmp', pages: 2, flags: 'MAP_PRIVATE' });
    p.run('write', { at: 'own', value: 9 });
    const copy = p.pfn('own');
    p.run('read', { at: 'own[1]' });
    expect([p.pfn('own'), p.run('read', { at: 'own' }).value]).toEqual([copy, 9]);
  });

  it('a write fault maps one page', () => {
    const p = new Play(arch);
    p.mmap('shm', { file: 'tmp', pages: 2 });
    p.run('write', { at: 'shm' });
    expect([p.pte('shm') === '-', p.pte('shm[1]')]).toEqual([false, '-']);
  });
});
