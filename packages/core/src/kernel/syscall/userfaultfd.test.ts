// SPDX-License-Identifier: GPL-2.0-or-later
/** UFFDIO_MOVE: what moves, what stays, and what each refusal says. */
import { describe, expect, it } from 'vitest';
import { F } from '../../machine/frame-table.js';
import { PMD } from '../../mm/level.js';
import { defineProfile } from '../../profile/profile.js';
import { HZ, hugeLane, hugeNullPage, hugeWithBits, PMD_PAGES, PUD_PAGES } from '../../toy-huge.testkit.js';
import { EAGAIN, EBUSY, EEXIST, EINVAL, ENOENT } from '../base/errno.js';
import type { Outcome } from '../base/outcome.js';
import { BOTH, Play, Z } from '../play.testkit.js';

const PRIVATE = { pages: 4, flags: 'MAP_PRIVATE|MAP_ANONYMOUS' };

/** Two mappings apart from each other, the second one registered. */
function registered(p: Play, fields: object = PRIVATE): Play {
  p.mmap('heap', fields);
  p.mmap('between', { pages: 1, prot: 'r', flags: 'MAP_SHARED|MAP_ANONYMOUS' });
  p.mmap('target', fields);
  p.run('vma_modify_flags', { at: 'target', pages: 4, set: 'VM_UFFD_MISSING' });
  return p;
}

const move = (p: Play, fields: object = {}): Outcome =>
  p.run('uffdio_move', { at: 'heap', to: 'target', pages: 1, ...fields });
const answer = ({ ret, reasons }: Outcome): unknown[] => [ret, ...reasons];

describe.each(BOTH)('uffdio_move %s', (_, arch) => {
  it('moves a page with its contents, counts nothing, and lets the reverse mapping find it', () => {
    const p = registered(new Play(arch, { swapPages: 64 }));
    p.run('write', { at: 'heap[1]', value: 7 });
    const page = p.pfn('heap[1]');
    expect(move(p, { at: 'heap[1]', to: 'target[3]' }).ret).toBe(0);
    expect([p.pte('heap[1]'), p.pfn('target[3]'), p.counts(page), p.rss()]).toEqual(['-', page, [1, 1], [0, 1, 0, 0]]);
    expect(p.run('read', { at: 'target[3]' }).value).toBe(7);
    expect(p.k.frames.get(page, F.mapping)).toBe(p.vma('target').anon_vma!.id);
    expect(p.k.frames.get(page, F.index)).toBe(p.vpn('target[3]'));
    // only by the reverse mapping is it found and swapped out
    p.run('madvise', { at: 'target[3]', pages: 1, advice: 'MADV_PAGEOUT' });
    expect(p.pte('target[3]')).toBe('swap');
  });

  it('moves a swapped page by its entry, and the zero page by a new one', () => {
    const p = registered(new Play(arch, { swapPages: 64 }));
    p.run('write', { at: 'heap', value: 3 });
    p.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_PAGEOUT' });
    p.run('read', { at: 'heap[1]' });
    expect(move(p, { pages: 2 }).ret).toBe(0);
    expect([p.pte('heap'), p.pte('target'), p.pfn('target[1]'), p.rss()]).toEqual(['-', 'swap', Z, [0, 0, 1, 0]]);
    expect(p.run('read', { at: 'target' }).value).toBe(3);
  });

  it('says what keeps a page from moving', () => {
    const p = registered(new Play(arch));
    expect(answer(move(p))).toEqual([-ENOENT, 'uffd_move_hole']);
    expect(move(p, { allow_src_holes: true }).ret).toBe(0);
    p.run('write', { at: 'heap' });
    p.run('write', { at: 'target' });
    expect(answer(move(p))).toEqual([-EEXIST, 'uffd_move_exists']);
    p.run('pin_user_pages', { at: 'heap', hold: true });
    expect(answer(move(p, { to: 'target[1]' }))).toEqual([-EBUSY, 'uffd_move_pinned']);
    p.run('unpin_user_pages');
    p.run('fork', { child: 1 });
    expect(answer(move(p, { to: 'target[1]' }))).toEqual([-EBUSY, 'uffd_move_not_exclusive']);
    expect(p.pte('target[1]')).toBe('-');
  });

  it('moves what it can, and says that it did not move all', () => {
    const p = registered(new Play(arch));
    p.run('write', { at: 'heap' });
    expect(answer(move(p, { pages: 2 }))).toEqual([-EAGAIN, 'uffd_move_hole', 'uffd_move_partial']);
    expect([p.pte('heap') === '-', p.pte('target') === '-']).toEqual([true, false]);
  });

  it('refuses mappings that do not fit', () => {
    const p = registered(new Play(arch));
    const refuses = (reason: string, fields: object, ret = -EINVAL): void =>
      expect(answer(move(p, fields))).toEqual([ret, reason]);
    refuses('uffd_move_empty', { pages: 0 });
    refuses('uffd_move_beyond_task', { pages: 2 ** 52 });
    refuses('uffd_move_src_unmapped', { at: '0x1000' }, -ENOENT);
    refuses('uffd_move_shared', { at: 'between' });
    refuses('uffd_move_beyond', { pages: 5 });
    refuses('uffd_move_unregistered', { at: 'target', to: 'heap' });
    p.run('mprotect', { at: 'heap[3]', pages: 1, prot: 'r' });
    refuses('uffd_move_rights', { at: 'heap[3]' });
    p.run('mprotect', { at: 'target[3]', pages: 1, prot: 'r' });
    refuses('uffd_move_read_only', { at: 'heap[3]', to: 'target[3]' });
    p.run('mlock', { at: 'heap[2]', pages: 1 });
    refuses('uffd_move_locked', { at: 'heap[2]' });
    p.mmap('dev', { file: 'dev', flags: 'MAP_PRIVATE' });
    refuses('uffd_move_file', { at: 'dev' });
    p.run('vm_flags_mod', { at: 'dev', set: 'VM_PFNMAP' });
    refuses('uffd_move_pfnmap', { at: 'dev' });
    const old = registered(new Play(arch, { profile: defineProfile('6.7') }));
    expect(answer(move(old))).toEqual([-EINVAL, 'uffd_move_unknown']);
  });
});

describe('uffdio_move of the huge zero folio', () => {
  const at = (page: number): string => `0x${(page * 4096).toString(16)}`;
  const HEAP = { pages: 2 * PMD_PAGES, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' };

  function huge(version: string, arch = hugeWithBits): Play {
    const p = new Play(arch, hugeLane(arch, defineProfile(version)));
    p.mmap('heap', { ...HEAP, at: at(PUD_PAGES) });
    p.mmap('target', { ...HEAP, at: at(2 * PUD_PAGES) });
    p.run('vma_modify_flags', { at: 'target', pages: 2 * PMD_PAGES, set: 'VM_UFFD_MISSING' });
    p.run('read', { at: 'heap' });
    return p;
  }
  /** The PMD of `target`: its pfn, and whether it is special. */
  function pmd(p: Play): unknown {
    const entry = { lo: 0, hi: 0 };
    if (!p.vma('target').mm.pt.getHuge(PMD, p.vpn('target'), entry)) return null;
    return [p.k.arch.pmd!.pfn(entry), p.k.arch.pmd!.special(entry)];
  }
  const whole = { pages: PMD_PAGES };

  it.each([
    ['6.12', [HZ, false]],
    ['6.18.20', [HZ, true]],
    ['6.19.10', [HZ, true]],
    ['7.3', [HZ, true]],
  ])('moves the PMD on %s', (version, entry) => {
    const p = huge(version);
    expect(move(p, whole).ret).toBe(0);
    expect([pmd(p), p.pte('heap')]).toEqual([entry, '-']);
  });

  it.each(['6.16', '6.17', '6.18', '6.18.19', '6.19.9'])('makes it of a NULL folio on %s', (version) => {
    expect(move(huge(version), whole).crash).toMatchObject({ kind: 'oops', where: 'move_pages_huge_pmd' });
    const p = huge(version, hugeNullPage);
    expect(move(p, whole).ret).toBe(0);
    expect(pmd(p)).toEqual([0x900, false]);
  });

  it('splits it where a part moves, or the places are not aligned alike', () => {
    const p = huge('7.3');
    expect(move(p, { at: 'heap[1]', to: 'target[1]', pages: 2 }).ret).toBe(0);
    expect([pmd(p), p.pfn('target[2]'), p.pfn('heap[3]')]).toEqual([null, 0x200, 0x200]);
    const q = huge('7.3');
    expect(move(q, { to: 'target[1]', pages: PMD_PAGES }).ret).toBe(0);
    expect([pmd(q), q.pfn('target[1]'), q.pte('heap')]).toEqual([null, 0x200, '-']);
  });

  it('does not move over a huge entry', () => {
    const p = huge('7.3');
    p.run('read', { at: 'target' });
    expect(answer(move(p, whole))).toEqual([-EEXIST, 'uffd_move_exists']);
  });
});
