// SPDX-License-Identifier: GPL-2.0-or-later
/** do_wp_page() and wp_page_copy() (mm/memory.c). */
import { describe, expect, it } from 'vitest';
import { F, PG } from '../../machine/frame-table.js';
import { withBit, withoutBit } from '../../toy-lanes.testkit.js';
import { BOTH, D0, P0, Play, Z } from '../play.testkit.js';

describe.each(BOTH)('do_wp_page %s', (_, arch) => {
  const forked = (): [Play, number] => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap', value: 3 });
    p.run('fork', { child: 1 });
    return [p, p.pfn('heap')];
  };

  it('copies a page that another process maps, and leaves that one alone', () => {
    const [p, page] = forked();
    p.run('write', { at: 'heap', value: 4 });
    expect(p.pfn('heap')).not.toBe(page);
    expect([p.pfn('heap', 1), p.counts(page), p.counts(p.pfn('heap'))]).toEqual([page, [1, 1], [1, 1]]);
    expect([p.rss(), p.rss(1)]).toEqual([
      [0, 1, 0, 0],
      [0, 1, 0, 0],
    ]);
    expect([p.run('read', { at: 'heap' }).value, p.run('read', { mm: 1, at: 'heap' }).value]).toEqual([4, 3]);
  });

  it('reuses a page whose only reference is ours, and it is exclusive again', () => {
    const [p, page] = forked();
    p.run('exit', { mm: 1 });
    expect([p.counts(page), p.flag(page, PG.anon_exclusive)]).toEqual([[1, 1], false]);
    p.run('write', { at: 'heap' });
    expect([p.pfn('heap'), p.k.pte.write(p.raw('heap')), p.flag(page, PG.anon_exclusive)]).toEqual([page, true, true]);
  });

  it('does not reuse a page that somebody holds', () => {
    const [p, page] = forked();
    p.run('exit', { mm: 1 });
    p.run('get_page', { frame: page });
    p.run('write', { at: 'heap' });
    expect([p.pfn('heap') === page, p.counts(page)]).toEqual([false, [1, 0]]);
  });

  it('replaces the zero page by an empty page', () => {
    const p = new Play(arch);
    p.mmap('heap');
    expect(p.run('read', { at: 'heap' }).value).toBe(0);
    expect([p.pfn('heap'), p.rss()[1]]).toEqual([Z, 0]);
    p.run('write', { at: 'heap', value: 6 });
    expect([p.pfn('heap') === Z, p.rss()[1], p.counts(Z)]).toEqual([false, 1, [1, 0]]);
    expect(p.k.frames.get(Z, F.content)).toBe(0);
  });

  it('copies a frame of a COW VM_PFNMAP into an anonymous page', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    p.run('write', { at: 'ring', value: 7 });
    const copy = p.pfn('ring');
    expect([p.flag(copy, PG.anon), p.rss(), p.k.pte.special(p.raw('ring'))]).toEqual([true, [0, 1, 0, 0], false]);
    expect([p.run('read', { at: 'ring' }).value, p.k.frames.get(D0, F.content)]).toEqual([7, 0x40]);
  });

  it('moves a private page from the counter of files to that of anonymous pages', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect(p.rss()).toEqual([1, 0, 0, 0]);
    p.run('write', { at: 'ring' });
    expect([p.rss(), p.counts(P0)]).toEqual([
      [0, 1, 0, 0],
      [1, 0],
    ]);
  });

  it('asks page_mkwrite for a page of a shared mapping, once', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ops: { page_mkwrite: true, pfn_mkwrite: true } });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect(p.k.pte.write(p.raw('ring'))).toBe(false);
    expect(p.run('write', { at: 'ring' }).calls).toEqual([0, 0, 1]);
    expect([p.pte('ring'), p.flag(P0, PG.dirty), p.counts(P0)]).toEqual(['1000 wdy', true, [2, 1]]);
    expect(p.run('write', { at: 'ring' }).calls).toEqual([0, 0, 0]);
  });

  it('asks pfn_mkwrite for a frame of a shared mapping', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ops: { page_mkwrite: true, pfn_mkwrite: true } });
    p.run('vm_flags_mod', { at: 'ring', set: 'VM_PFNMAP' });
    p.run('vmf_insert_pfn', { at: 'ring', frame: 'P0' });
    expect(p.run('write', { at: 'ring' }).calls).toEqual([0, 1, 0]);
    expect([p.pfn('ring'), p.k.pte.write(p.raw('ring')), p.flag(P0, PG.dirty)]).toEqual([P0, true, false]);
  });
});

it('do_wp_page asks another handler about a page of vmf_insert_mixed where the bit is missing', () => {
  const calls = [withBit, withoutBit].map((arch) => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ops: { page_mkwrite: true, pfn_mkwrite: true } });
    p.run('vm_flags_mod', { at: 'ring', set: 'VM_MIXEDMAP' });
    p.run('vmf_insert_mixed', { at: 'ring', frame: 'P0' });
    return p.run('write', { at: 'ring' }).calls;
  });
  expect(calls).toEqual([
    [0, 1, 0],
    [0, 0, 1],
  ]);
});
