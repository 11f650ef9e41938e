// SPDX-License-Identifier: GPL-2.0-or-later
/** zap_pte_range() and its callers (mm/memory.c), and what check_mm() (kernel/fork.c) finds afterwards. */
import { describe, expect, it } from 'vitest';
import { PG } from '../../machine/frame-table.js';
import { linux_6_12, linux_7_1 } from '../../profile/profiles.js';
import { withBit, withoutBit } from '../../toy-lanes.testkit.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

describe.each(BOTH)('zap_pte_range %s', (_, arch) => {
  const ring = (fields: object = {}, more = {}): Play => {
    const p = new Play(arch, more);
    p.mmap('ring', { pages: 2, file: 'dev', ...fields });
    return p;
  };

  it('drops the reference, the map count and the counter of a page', () => {
    const p = ring();
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    p.run('munmap', { at: 'ring', pages: 2 });
    expect([p.counts(P0), p.rss(), p.pte('ring')]).toEqual([[1, 0], [0, 0, 0, 0], '-']);
  });

  it('drops nothing for a bare frame', () => {
    const p = ring();
    p.run('remap_pfn_range', { at: 'ring', frame: 'P0', pages: 2 });
    const out = p.run('munmap', { at: 'ring', pages: 2 });
    expect([out.messages, p.counts(P0), p.rss(), p.pte('ring')]).toEqual([[], [1, 0], [0, 0, 0, 0], '-']);
  });

  it('frees an anonymous page with its last reference', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 2 });
    p.run('write', { at: 'heap' });
    const page = p.pfn('heap');
    p.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_DONTNEED' });
    expect([p.flag(page, PG.allocated), p.counts(page), p.rss()]).toEqual([false, [0, 0], [0, 0, 0, 0]]);
  });

  it('passes dirty and young on to a page of a file, young not from a sequential VMA', () => {
    const seen = [false, true].map((sequential) => {
      const p = ring();
      p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
      if (sequential) p.run('madvise', { at: 'ring', pages: 2, advice: 'MADV_SEQUENTIAL' });
      p.run('write', { at: 'ring' });
      p.run('munmap', { at: 'ring', pages: 2 });
      return [p.flag(P0, PG.dirty), p.flag(P0, PG.referenced)];
    });
    expect(seen).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  it('zap_vma_ptes does nothing outside VM_PFNMAP or beyond the VMA, and says nothing', () => {
    const p = ring({}, { profile: linux_6_12 });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect(p.run('zap_vma_ptes', { at: 'ring', pages: 2 })).toMatchObject({ ret: 0, messages: [] });
    expect([p.pfn('ring'), p.counts(P0)]).toEqual([P0, [2, 1]]);
    const q = ring();
    q.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 2 });
    q.run('zap_vma_ptes', { at: 'ring', pages: 3 });
    expect(q.pfn('ring')).toBe(D0);
    q.run('zap_vma_ptes', { at: 'ring[1]', pages: 1 });
    expect([q.pfn('ring'), q.pte('ring[1]')]).toEqual([D0, '-']);
  });

  it('zap_special_vma_range takes VM_MIXEDMAP, too (7.1)', () => {
    const p = ring({}, { profile: linux_7_1 });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    p.run('zap_vma_ptes', { at: 'ring', pages: 2 });
    expect([p.pte('ring'), p.counts(P0)]).toEqual(['-', [1, 0]]);
  });

  it('check_mm reports a counter that an entry left behind by its driver makes wrong', () => {
    const p = ring();
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    p.run('clear_pte', { at: 'ring' });
    expect(p.run('exit').messages.map(({ text }) => text)).toEqual([
      'BUG: Bad rss-counter state type:MM_FILEPAGES val:1',
    ]);
    expect(p.counts(P0)).toEqual([2, 1]);
  });
});

it('zap_pte_range without the bit believes vm_pgoff: a wrong one costs a reference that nobody took', () => {
  const [kept, lost] = [withBit, withoutBit].map((arch) => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'P0' });
    p.run('set_vm_pgoff', { at: 'ring', pgoff: 0 });
    const { messages } = p.run('munmap', { at: 'ring', pages: 1 });
    return [p.counts(P0), p.rss()[0], messages.map(({ kind }) => kind)];
  });
  expect(kept).toEqual([[1, 0], 0, []]);
  expect(lost).toEqual([[0, -1], -1, ['bad page map']]);
});

it('zap_pte_range dies in a hole of the memory map, whose struct page it makes up', () => {
  const p = new Play(withBit);
  p.mmap('ring', { file: 'dev' });
  p.run('set_pte', { at: 'ring', frame: 'H0' });
  expect(p.run('munmap', { at: 'ring', pages: 1 }).crash).toMatchObject({
    kind: 'oops',
    where: 'zap_present_folio_ptes',
  });
});
