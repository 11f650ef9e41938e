// SPDX-License-Identifier: GPL-2.0-or-later
/** unmap_mapping_range() (mm/memory.c). */
import { describe, expect, it } from 'vitest';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

describe.each(BOTH)('unmap_mapping_range %s', (_, arch) => {
  it('takes the range of the file out of every process', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 4, file: 'dev', pgoff: 10 });
    p.run('vm_insert_pages', { at: 'ring', frame: 'P0', pages: 4 });
    p.run('fork', { child: 1 });
    p.run('unmap_mapping_range', { file: 'dev', pgoff: 11, pages: 2 });
    for (const mm of [0, 1]) {
      expect([p.pfn('ring', mm), p.pte('ring[1]', mm), p.pte('ring[2]', mm)]).toEqual([P0, '-', '-']);
      expect([p.pfn('ring[3]', mm), p.rss(mm)[0]]).toEqual([P0 + 3, 2]);
    }
    expect(p.counts(P0 + 1)).toEqual([1, 0]);
  });

  it('goes to the end of the file when no length is given', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 4, file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 4 });
    p.run('unmap_mapping_range', { file: 'dev', pgoff: 1, pages: 0 });
    expect([p.pfn('ring'), p.pte('ring[1]'), p.pte('ring[3]')]).toEqual([D0, '-', '-']);
  });

  it('misses a mapping whose ->mmap still runs', () => {
    const p = new Play(arch);
    p.run('mmap.begin', { label: 'ring', pages: 1, prot: 'rw', file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    p.run('unmap_mapping_range', { file: 'dev', pages: 1 });
    p.run('mmap.end');
    expect(p.pfn('ring')).toBe(D0);
    p.run('unmap_mapping_range', { file: 'dev', pages: 1 });
    expect(p.pte('ring')).toBe('-');
  });

  it('misses a COW mapping of remap_pfn_range, whose vm_pgoff is a pfn', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    p.run('unmap_mapping_range', { file: 'dev', pages: 1 });
    expect(p.pfn('ring')).toBe(D0);
    p.run('unmap_mapping_range', { file: 'dev', pgoff: D0, pages: 1 });
    expect(p.pte('ring')).toBe('-');
  });

  it('spares private copies unless even_cows says otherwise', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 2, file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('vm_insert_pages', { at: 'ring', frame: 'P0', pages: 2 });
    p.run('write', { at: 'ring', value: 3 });
    const copy = p.pfn('ring');
    p.run('unmap_mapping_range', { file: 'dev', pages: 2 });
    expect([p.pfn('ring'), p.pte('ring[1]'), p.rss()]).toEqual([copy, '-', [0, 1, 0, 0]]);
    p.run('unmap_mapping_range', { file: 'dev', pages: 2, even_cows: true });
    expect([p.pte('ring'), p.rss()]).toEqual(['-', [0, 0, 0, 0]]);
  });

  it('lets the next access fault again', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ops: { fault: { do: 'page', frame: 'P0' } } });
    expect(p.run('read', { at: 'ring' })).toMatchObject({ value: 0x10, calls: [1, 0, 0] });
    p.run('unmap_mapping_range', { file: 'dev', pages: 1 });
    expect(p.run('read', { at: 'ring' })).toMatchObject({ value: 0x10, calls: [1, 0, 0] });
  });
});
