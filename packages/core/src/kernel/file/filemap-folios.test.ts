// SPDX-License-Identifier: GPL-2.0-or-later
/** Large folios in the page cache of a file of a disk, and what a fault maps of them. */
import { describe, expect, it } from 'vitest';
import { defineProfile } from '../../profile/profile.js';
import { laneOf, withBit } from '../../toy-lanes.testkit.js';
import { Play } from '../play.testkit.js';

function library(version: string): Play {
  const files = { lib: { kind: 'file', pages: 64, folios: [[16, 2]] } } as const;
  const p = new Play(withBit, { ...laneOf(withBit), files, profile: defineProfile(version) });
  p.mmap('text', { pages: 64, prot: 'r', flags: 'MAP_PRIVATE', file: 'lib' });
  return p;
}
const mapped = (p: Play): number => p.rss()[0]!;

describe('large folios of a file', () => {
  it('are no part of what a fault elsewhere maps', () => {
    const p = library('7.3');
    p.run('read', { at: 'text[3]' });
    expect([mapped(p), p.k.large_folio(p.pfn('text[3]'))]).toEqual([16, undefined]);
  });

  it('are one folio with a reference for each page and each mapping, and stay in the cache', () => {
    const p = library('7.3');
    p.run('read', { at: 'text[17]' });
    const folio = p.k.large_folio(p.pfn('text[16]'))!;
    expect([folio.order, folio.large_mapcount, p.k.page_count(folio.id)]).toEqual([2, 4, 8]);
    expect(p.pfn('text[19]')).toBe(folio.id + 3);
    p.run('munmap', { at: 'text', pages: 64 });
    expect([folio.large_mapcount, p.k.page_count(folio.id), mapped(p)]).toEqual([0, 4, 0]);
  });

  it.each([
    ['6.17', 1],
    ['6.18', 4],
  ])('that begin within what lies around a fault are mapped whole since 6.18: on %s', (version, of) => {
    const p = library(version);
    // what lies around it ends with the first page of the folio
    p.mmap('part', { pages: 63, prot: 'r', flags: 'MAP_PRIVATE', file: 'lib', pgoff: 1, at: '0x40001000' });
    p.run('munmap', { at: 'text', pages: 64 });
    p.run('read', { at: 'part[2]' });
    expect([mapped(p) - 15, p.k.large_folio(p.pfn('part[15]'))?.large_mapcount]).toEqual([of, of]);
  });
});
