// SPDX-License-Identifier: GPL-2.0-or-later
/** vmf_insert_folio_pmd(): a folio of a driver's that is counted, and who sees it. */
import { describe, expect, it } from 'vitest';
import { PMD } from '../../mm/level.js';
import { defineProfile } from '../../profile/profile.js';
import { B0, G0, HZ, hugeLane, hugeWithBits, PMD_PAGES, PUD_PAGES } from '../../toy-huge.testkit.js';
import { VM_FAULT_FALLBACK, VM_FAULT_NOPAGE } from '../base/mm-types.js';
import { Play } from '../play.testkit.js';

const at = (page: number): string => `0x${(page * 4096).toString(16)}`;

/** A mapping of two PMDs of a file that faults page by page. */
function dax(version: string, flags = 'MAP_SHARED'): Play {
  const p = new Play(hugeWithBits, hugeLane(hugeWithBits, defineProfile(version)));
  const ops = { fault: { do: 'page', frame: 'P0' } };
  p.mmap('dax', { at: at(PUD_PAGES), pages: 2 * PMD_PAGES, file: 'dev', flags: `${flags}|MAP_FIXED`, ops });
  return p;
}
const insert = (p: Play, fields: object = {}) => p.run('vmf_insert_folio_pmd', { at: 'dax', frame: 'B0', ...fields });
function special(p: Play): boolean | null {
  const entry = { lo: 0, hi: 0 };
  return p.vma('dax').mm.pt.getHuge(PMD, p.vpn('dax'), entry) ? p.k.arch.pmd!.special(entry) : null;
}

describe('vmf_insert_folio_pmd', () => {
  it.each([
    ['6.15', true],
    ['6.16', true],
    ['6.17', false],
    ['7.3', false],
  ])('counts the folio once and all its pages on %s', (version, marked) => {
    const p = dax(version);
    const [count] = p.counts(B0);
    expect(insert(p).ret).toBe(VM_FAULT_NOPAGE);
    expect([special(p), p.counts(B0), p.rss()]).toEqual([marked, [count + 1, 1], [PMD_PAGES, 0, 0, 0]]);
    // again: it is there
    expect(insert(p, { write: true }).ret).toBe(VM_FAULT_NOPAGE);
    expect(p.counts(B0)).toEqual([count + 1, 1]);
    p.run('munmap', { at: 'dax', pages: 2 * PMD_PAGES });
    expect([p.counts(B0), p.rss()]).toEqual([
      [count, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('is counted for a pin of any of its pages, one by one', () => {
    const p = dax('7.3');
    insert(p, { write: true });
    const [count] = p.counts(B0);
    const tail = p.counts(B0 + 3);
    expect(p.run('pin_user_pages', { at: 'dax[3]', write: true, hold: true }).ret).toBe(1);
    expect(p.run('get_user_pages', { at: 'dax', write: true, hold: true }).ret).toBe(1);
    expect([p.counts(B0)[0], p.counts(B0 + 3)]).toEqual([count + 2, tail]);
    p.run('unpin_user_pages');
    p.run('put_page', { frame: 'B3' });
    expect(p.counts(B0)[0]).toBe(count);
    expect(p.run('get_user_pages_fast_only', { at: 'dax[3]' }).ret).toBe(1);
    expect([p.counts(B0)[0], p.counts(B0 + 3)]).toEqual([count, tail]);
  });

  it('hides from GUP-fast behind the bit, and fork copies it uncounted', () => {
    const p = dax('6.16', 'MAP_PRIVATE');
    insert(p);
    expect(p.run('get_user_pages_fast_only', { at: 'dax[3]' }).ret).toBe(0);
    const [count] = p.counts(B0);
    p.run('write', { at: `dax[${PMD_PAGES}]` });
    p.run('fork', { child: 1 });
    p.run('exit', { mm: 1 });
    expect(p.counts(B0)).toEqual([count - 1, 0]);
    const q = dax('7.3', 'MAP_PRIVATE');
    insert(q);
    q.run('write', { at: `dax[${PMD_PAGES}]` });
    q.run('fork', { child: 1 });
    q.run('exit', { mm: 1 });
    expect(q.counts(B0)).toEqual([count, 1]);
  });

  it('maps the huge zero folio special and uncounted since that is special', () => {
    const p = dax('7.3');
    expect(insert(p, { frame: 'HZ' }).ret).toBe(VM_FAULT_NOPAGE);
    expect([special(p), p.counts(HZ)[1], p.rss()[0]]).toEqual([true, 0, 0]);
  });

  it('is not there before 6.15, and has no folio to map where there is no struct page or no room', () => {
    const reasons = (p: Play, fields = {}) => {
      const { ret, reasons } = insert(p, fields);
      return [ret, ...reasons];
    };
    expect(reasons(dax('6.14'))).toEqual([VM_FAULT_FALLBACK, 'insert_folio_no_call']);
    const p = dax('7.3');
    expect(p.k.machine.pfn_valid(G0)).toBe(false);
    expect(reasons(p, { frame: 'G0' })).toEqual([VM_FAULT_FALLBACK, 'insert_folio_no_struct_page']);
    expect(reasons(p, { frame: 'B3' })).toEqual([VM_FAULT_FALLBACK, 'insert_huge_unaligned']);
  });
});
