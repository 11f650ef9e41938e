// SPDX-License-Identifier: GPL-2.0-or-later
/** The calls of a driver on its VMA, as events name them. */
import { describe, expect, it } from 'vitest';
import { LogReferenceError } from '../base/errors.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

describe.each(BOTH)('driver calls %s', (_, arch) => {
  const ring = (pages = 4, fields: object = {}): Play => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', pages, ...fields });
    return p;
  };
  const pfns = (p: Play): (number | string)[] =>
    Array.from({ length: p.vma('ring').pages }, (_unused, i) =>
      p.pte(`ring[${i}]`) === '-' ? '-' : p.pfn(`ring[${i}]`),
    );

  it('vm_insert_page with pages is one call after the other, and stops at the first error', () => {
    const p = ring();
    p.run('vm_insert_page', { at: 'ring[2]', frame: 'P7' });
    expect(p.run('vm_insert_page', { at: 'ring', frame: 'P0', pages: 4 }).ret).toBe(-16); // -EBUSY
    expect([pfns(p), p.rss()[0]]).toEqual([[P0, P0 + 1, P0 + 7, '-'], 3]);
  });

  it('vm_map_pages counts from vm_pgoff, vm_map_pages_zero from the first page', () => {
    const from = ring(2, { pgoff: 1 });
    expect([from.run('vm_map_pages', { at: 'ring', frame: 'P0', pages: 4 }).ret, pfns(from)]).toEqual([
      0,
      [P0 + 1, P0 + 2],
    ]);
    const zero = ring(2, { pgoff: 1 });
    zero.run('vm_map_pages_zero', { at: 'ring', frame: 'P0', pages: 4 });
    expect(pfns(zero)).toEqual([P0, P0 + 1]);
  });

  it('vm_flags_mod sets and clears', () => {
    const p = ring();
    const before = p.vma('ring').vm_flags;
    p.run('vm_flags_mod', { at: 'ring', set: 'VM_MIXEDMAP', clear: 'VM_MAYWRITE' });
    expect(p.vma('ring').vm_flags).toBe((before | 0x10000000) & ~0x20);
  });

  it('a vm_pgoff that changes keeps the VMA where unmap_mapping_range looks for it', () => {
    const p = ring();
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    p.run('set_vm_pgoff', { at: 'ring', pgoff: 100 });
    p.run('unmap_mapping_range', { file: 'dev', pgoff: 0, pages: 1 });
    expect(p.pfn('ring')).toBe(P0);
    p.run('unmap_mapping_range', { file: 'dev', pgoff: 100, pages: 1 });
    expect([p.pte('ring'), p.counts(P0), p.k.files.get('dev')!.i_mmap.length]).toEqual(['-', [1, 0], 1]);
  });

  it('set_vm_pgoff with self makes the page there fit the linear rule', () => {
    const p = ring();
    p.run('vm_insert_page', { at: 'ring[2]', frame: 'P5' });
    p.run('set_vm_pgoff', { at: 'ring[2]', self: true });
    expect(p.vma('ring').vm_pgoff).toBe(P0 + 5 - 2);
    p.run('set_vm_pgoff', { at: 'ring', frame: 'D3', pgoff: 1 });
    expect(p.vma('ring').vm_pgoff).toBe(D0 + 2);
  });

  it('set_pte writes what it is told, and counts nothing; clear_pte empties', () => {
    const p = ring();
    p.run('set_pte', { at: 'ring', frame: 'P0', pages: 2, special: true, write: true });
    expect(p.pte('ring[1]')).toMatch(arch.special.pte ? /^1001 wd?y?s$/ : /^1001 wd?y?$/);
    expect([p.counts(P0), p.rss()]).toEqual([
      [1, 0],
      [0, 0, 0, 0],
    ]);
    p.run('clear_pte', { at: 'ring', pages: 1 });
    expect(pfns(p)).toEqual(['-', P0 + 1, '-', '-']);
  });

  it('zap_vma_ptes takes away what it is told to', () => {
    const p = ring(4, { call: [{ type: 'vm_flags_mod', set: 'VM_PFNMAP' }] });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 4 });
    p.run('zap_vma_ptes', { at: 'ring[1]', pages: 2 });
    expect(pfns(p)).toEqual([D0, '-', '-', D0 + 3]);
  });

  it('a frame that is not there is an error of the log', () => {
    const p = ring();
    expect(() => p.run('vm_insert_page', { at: 'ring', frame: 'Q0' })).toThrow(LogReferenceError);
    expect(pfns(p)).toEqual(['-', '-', '-', '-']);
  });
});
