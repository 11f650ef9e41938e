// SPDX-License-Identifier: GPL-2.0-or-later
/** Huge pages of hugetlb: reservations, faults, copies, and what cuts, moves and empties their mappings. */
import { describe, expect, it } from 'vitest';
import { smapsOf } from '../../explain/smaps.js';
import { PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { PMD, PUD } from '../../mm/level.js';
import { VM_DONTEXPAND, VM_HUGETLB, VM_LOCKED } from '../../mm/vm-flags.js';
import { defineProfile } from '../../profile/profile.js';
import { hugeLane, hugeMachine, hugeWithBits, PMD_PAGES as N, PUD_PAGES } from '../../toy-huge.testkit.js';
import { Play } from '../play.testkit.js';

const ANON = 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB';

/** A lane whose pool has `pages` huge pages, and one file of hugetlbfs. */
function pool(pages: number, version = '7.3', more: Record<string, string> = {}, machine = hugeMachine): Play {
  return new Play(hugeWithBits, {
    ...hugeLane(hugeWithBits, defineProfile(version)),
    files: {
      h: { kind: 'hugetlbfs', pages: 0 },
      g: { kind: 'hugetlbfs', pages: 0, huge_page: 'pud' },
      dev: { kind: 'device', pages: 0 },
    },
    machine,
    hugetlb: { nr_hugepages: String(pages), ...more },
  });
}
/** nr_huge_pages, free_huge_pages, resv_huge_pages, surplus_huge_pages. */
function counts(p: Play): readonly number[] {
  const { nr_huge_pages, free, resv_huge_pages, surplus_huge_pages } = p.k.hugetlb.hstate(PMD)!;
  return [nr_huge_pages, free.length, resv_huge_pages, surplus_huge_pages];
}
function folio(p: Play, at: string, mm = 0): Folio {
  const entry = { lo: 0, hi: 0 };
  const { pt } = p.k.mms.get(mm)!;
  expect(pt.getHuge(PMD, p.vpn(at, mm), entry)).toBe(true);
  return p.k.large_folio(p.k.arch.pmd!.pfn(entry))!;
}
function writable(p: Play, at: string, mm = 0): boolean {
  const entry = { lo: 0, hi: 0 };
  p.k.mms.get(mm)!.pt.getHuge(PMD, p.vpn(at, mm), entry);
  return p.k.arch.pmd!.write(entry);
}
const present = (p: Play, at: string, mm = 0): boolean =>
  p.k.mms.get(mm)!.pt.getHuge(PMD, p.vpn(at, mm), { lo: 0, hi: 0 });
const anon = (p: Play, pages = 2 * N, more: object = {}) => p.mmap('a', { pages, flags: ANON, ...more });

describe('a pool of hugetlb', () => {
  it('reserves when a mapping is made, hands out when it is touched, and has all back at the end', () => {
    const p = pool(3);
    expect(anon(p).ret).toBe(0);
    expect(p.vma('a').vm_flags & (VM_HUGETLB | VM_DONTEXPAND)).toBe(VM_HUGETLB | VM_DONTEXPAND);
    expect(p.vpn('a') % N).toBe(0);
    expect(counts(p)).toEqual([3, 3, 2, 0]);
    p.run('read', { at: 'a[1]' });
    expect(counts(p)).toEqual([3, 2, 1, 0]);
    const of = folio(p, 'a');
    expect([of.large_mapcount, of.entire_mapcount, p.k.page_count(of.id)]).toEqual([1, 1, 1]);
    expect([p.k.test_anon(of.id), p.k.frames.test(of.id, PG.anon_exclusive), writable(p, 'a')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(p.rss()).toEqual([0, 0, 0, 0]);
    expect(smapsOf(p.k, p.vma('a'))).toMatchObject({ Rss: 0, Pss: 0, Private_Hugetlb: N * 4, Shared_Hugetlb: 0 });
    p.run('exit');
    expect([counts(p), p.k.hugetlb.state.maps]).toEqual([[3, 3, 0, 0], []]);
  });

  it('refuses a mapping that it has too few pages for, but not MAP_NORESERVE, which may find none', () => {
    const p = pool(1);
    expect(anon(p).reasons).toEqual(['hugetlb_not_reserved']);
    expect([...p.k.heap.files.values()].map(({ name }) => name)).toEqual(['h', 'g', 'dev']);
    anon(p, 2 * N, { flags: `${ANON}|MAP_NORESERVE` });
    expect(counts(p)).toEqual([1, 1, 0, 0]);
    p.run('write', { at: 'a' });
    expect(p.run('write', { at: `a[${N}]` })).toMatchObject({
      signal: 'SIGBUS',
      reasons: ['hugetlb_no_page', 'fault_sigbus'],
    });
  });

  it('gets surplus pages as far as it may, and gives them back', () => {
    const p = pool(1, '7.3', { nr_overcommit_hugepages: '1' });
    anon(p);
    expect(counts(p)).toEqual([2, 2, 2, 1]);
    expect(p.mmap('b', { pages: N, flags: ANON }).reasons).toEqual(['hugetlb_not_reserved']);
    p.run('write', { at: 'a' });
    p.run('munmap', { at: 'a', pages: 2 * N });
    expect(counts(p)).toEqual([1, 1, 0, 0]);
  });

  it('loses nothing but what a file had that is gone when the call is over, and not before', () => {
    const p = pool(2);
    const SHARED = 'MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB';
    p.mmap('a', { pages: 2 * N, flags: SHARED });
    expect(counts(p)).toEqual([2, 2, 2, 0]);
    const at = `0x${(p.vpn('a') * p.k.arch.page.size).toString(16)}`;
    // the old mapping's file is still there when the new one's pages are counted
    expect(p.mmap('b', { at, pages: 2 * N, flags: `${ANON}|MAP_FIXED` }).reasons).toEqual(['hugetlb_not_reserved']);
    expect(counts(p)).toEqual([2, 2, 0, 0]);
    expect([...p.k.heap.files.values()].map(({ name }) => name)).toEqual(['h', 'g', 'dev']);
  });

  it('keeps what a page was: dirty, until it leaves its file', () => {
    const p = pool(1);
    anon(p, N);
    p.run('write', { at: 'a' });
    const { id } = folio(p, 'a');
    p.run('madvise', { at: 'a', pages: N, advice: 'MADV_DONTNEED' });
    expect([p.k.frames.test(id, PG.dirty), p.k.test_anon(id)]).toEqual([true, false]);
    p.run('read', { at: 'a' });
    expect([folio(p, 'a').id, p.k.frames.test(id, PG.dirty)]).toEqual([id, true]);
    p.run('munmap', { at: 'a', pages: N });
    p.mmap('s', { file: 'h', pages: N, flags: 'MAP_SHARED' });
    p.run('read', { at: 's' });
    expect([p.k.frames.test(id, PG.dirty), p.k.frames.test(id, PG.uptodate)]).toEqual([true, true]);
    p.run('truncate', { file: 'h', pages: 0 });
    expect([p.k.frames.test(id, PG.dirty), p.k.frames.test(id, PG.uptodate)]).toEqual([false, false]);
  });

  it('grows and shrinks around what is reserved and in use', () => {
    const p = pool(1);
    expect(p.run('tune', { key: 'nr_hugepages', value: 4 }).ret).toBe(0);
    anon(p);
    p.run('write', { at: 'a' });
    p.run('tune', { key: 'nr_hugepages', value: 0 });
    expect(counts(p)).toEqual([2, 1, 1, 2]);
    p.run('exit');
    expect(counts(p)).toEqual([0, 0, 0, 0]);
    expect(p.run('tune', { key: 'hugepages-order1/nr_hugepages', value: 1 }).reasons).toEqual(['hugetlb_no_setting']);
    expect(p.run('tune', { key: 'nr_hugepages', value: 'many' }).reasons).toEqual(['hugetlb_setting']);
  });

  it('is for the sizes that there are, and for files of hugetlbfs', () => {
    const p = pool(1);
    const bits = Math.log2(p.k.arch.page.size);
    const flags = (order: number): string => `${ANON}|0x${((order + bits) << 26).toString(16)}`;
    expect(anon(p, N, { flags: flags(1) }).reasons).toEqual(['hugetlb_no_size']);
    expect(anon(p, 1, { flags: flags(Math.log2(N)) }).ret).toBe(0);
    expect(p.vma('a').pages).toBe(N);
    expect(p.mmap('b', { file: 'dev', flags: 'MAP_SHARED|MAP_HUGETLB' }).reasons).toEqual(['hugetlb_other_file']);
    const none = new Play(hugeWithBits, hugeLane(hugeWithBits));
    expect(none.mmap('a', { pages: N, flags: ANON }).reasons).toEqual(['hugetlb_no_size']);
  });
});

describe('private pages of hugetlb', () => {
  it('are copied after a fork; the owner uses its page again when the child has its own', () => {
    const p = pool(3);
    anon(p, N);
    p.run('write', { at: 'a[5]', value: 7 });
    const old = folio(p, 'a');
    p.run('fork', { child: 1 });
    expect([old.large_mapcount, p.k.page_count(old.id), writable(p, 'a'), writable(p, 'a', 1)]).toEqual([
      2,
      2,
      false,
      false,
    ]);
    expect(smapsOf(p.k, p.vma('a')).Shared_Hugetlb).toBe(N * 4);
    p.run('write', { mm: 1, at: 'a', value: 9 });
    const copy = folio(p, 'a', 1);
    expect([copy.id === old.id, old.large_mapcount, copy.large_mapcount]).toEqual([false, 1, 1]);
    expect(p.run('read', { mm: 1, at: 'a[5]' }).value).toBe(7);
    p.run('write', { at: 'a' });
    expect([folio(p, 'a').id, writable(p, 'a')]).toEqual([old.id, true]);
    expect(counts(p)).toEqual([3, 1, 0, 0]);
  });

  it('of a child are taken away where the owner of the reservation needs a copy and there is none', () => {
    const p = pool(1);
    anon(p, N);
    p.run('write', { at: 'a' });
    p.run('fork', { child: 1 });
    expect(p.run('write', { mm: 1, at: 'a' }).signal).toBe('SIGBUS');
    const before = folio(p, 'a').id;
    expect(p.run('write', { at: 'a' }).signal).toBe(null);
    expect([folio(p, 'a').id, present(p, 'a', 1)]).toEqual([before, false]);
    const out = p.run('read', { mm: 1, at: 'a' });
    expect([out.signal, out.reasons[0], out.messages.map(({ reason }) => reason)]).toEqual([
      'SIGBUS',
      'hugetlb_unmapped',
      ['hugetlb_killed'],
    ]);
    p.run('exit', { mm: 1 });
    p.run('exit');
    expect(counts(p)).toEqual([1, 1, 0, 0]);
  });

  it.each([
    ['6.1', 0, 0],
    ['6.18', 1, 1],
    ['7.3', 1, 1],
  ])('give the reservation back when they are unmapped, since 6.9: on %s', (version, resv, after) => {
    const p = pool(1, version);
    anon(p, N);
    p.run('write', { at: 'a' });
    expect(p.run('madvise', { at: 'a', pages: N, advice: 'MADV_DONTNEED' }).ret).toBe(0);
    expect([counts(p), present(p, 'a')]).toEqual([[1, 1, resv, 0], false]);
    // what nobody reserved anybody may take
    expect(p.mmap('b', { pages: N, flags: ANON }).ret).toBe(after === 1 ? -12 : 0);
    p.run('exit');
    expect(counts(p)).toEqual([1, 1, 0, 0]);
  });

  it.each([
    ['6.18', -1],
    ['7.3', 0],
  ])('that a child maps as well give it back with the last mapping since 7.2: on %s', (version, resv) => {
    const p = pool(2, version);
    anon(p, N);
    p.run('write', { at: 'a' });
    p.run('fork', { child: 1 });
    p.run('madvise', { at: 'a', pages: N, advice: 'MADV_DONTNEED' });
    // 6.18 takes the page from a reservation that comes back with the child's page only: it has less than none
    p.run('read', { at: 'a' });
    expect(counts(p)).toEqual([2, 0, resv, 0]);
    p.run('exit', { mm: 1 });
    expect(counts(p)).toEqual([2, 1, 0, 0]);
    p.run('exit');
    expect(counts(p)).toEqual([2, 2, 0, 0]);
  });

  it('that are pinned are copied at the fork', () => {
    const p = pool(2);
    anon(p, N);
    p.run('write', { at: 'a' });
    expect(p.run('pin_user_pages', { at: 'a[3]', write: true, hold: true }).ret).toBe(1);
    const pinned = folio(p, 'a');
    expect([pinned.pincount, p.k.page_count(pinned.id)]).toEqual([1, 2]);
    expect(p.run('fork', { child: 1 }).ret).toBe(0);
    expect([folio(p, 'a', 1).id === pinned.id, pinned.large_mapcount, writable(p, 'a')]).toEqual([false, 1, true]);
    expect(p.run('fork', { child: 2 }).reasons).toEqual(['hugetlb_no_page', 'fork_copy_mm']);
  });
});

describe('shared pages of hugetlb', () => {
  it('are the page cache, which has a reference for each small page since 6.7', () => {
    for (const [version, refs] of [
      ['6.1', 2],
      ['6.12', N + 1],
    ] as const) {
      const p = pool(2, version);
      expect(p.mmap('s', { pages: 2 * N, file: 'h' }).ret).toBe(0);
      expect(p.k.files.get('h')!.pages).toBe(2 * N);
      p.run('write', { at: 's[4]', value: 3 });
      const of = folio(p, 's');
      expect([p.k.page_count(of.id), of.large_mapcount, writable(p, 's'), p.k.test_anon(of.id)]).toEqual([
        refs,
        1,
        true,
        false,
      ]);
      p.run('fork', { child: 1 });
      expect(present(p, 's', 1)).toBe(false);
      expect(p.run('read', { mm: 1, at: 's[4]' }).value).toBe(3);
      expect([of.large_mapcount, counts(p)]).toEqual([2, [2, 1, 1, 0]]);
      p.run('exit', { mm: 1 });
      p.run('exit');
      expect([p.k.page_count(of.id), counts(p)]).toEqual([refs - 1, [2, 1, 1, 0]]);
      p.run('truncate', { file: 'h', pages: 0 });
      expect([counts(p), p.k.files.get('h')!.resv]).toEqual([[2, 2, 0, 0], []]);
    }
  });

  it('are copied where the mapping is private', () => {
    const p = pool(2);
    p.mmap('s', { pages: N, file: 'h' });
    p.run('write', { at: 's', value: 3 });
    p.mmap('c', { pages: N, file: 'h', flags: 'MAP_PRIVATE' });
    expect(p.run('read', { at: 'c' }).value).toBe(3);
    expect([folio(p, 'c').id === folio(p, 's').id, writable(p, 'c')]).toEqual([true, false]);
    p.run('write', { at: 'c', value: 4 });
    expect([folio(p, 'c').id === folio(p, 's').id, p.k.test_anon(folio(p, 'c').id)]).toEqual([false, true]);
    expect(p.run('read', { at: 's' }).value).toBe(3);
  });

  it('go with a hole, which leaves their place without a reservation', () => {
    const p = pool(2);
    p.mmap('s', { pages: 2 * N, file: 'h' });
    p.run('write', { at: 's' });
    p.run('write', { at: `s[${N}]`, value: 6 });
    expect(p.run('madvise', { at: 's[1]', pages: 2 * N - 1, advice: 'MADV_REMOVE' }).ret).toBe(0);
    expect([present(p, 's'), present(p, `s[${N}]`), counts(p)]).toEqual([true, false, [2, 1, 0, 0]]);
    p.run('fpunch', { file: 'h', pages: N });
    expect(counts(p)).toEqual([2, 2, 0, 0]);
    expect(p.run('truncate', { file: 'h', pages: 1 }).reasons).toEqual(['hugetlb_truncate']);
    p.run('truncate', { file: 'h', pages: 0 });
    expect(p.run('read', { at: 's' }).reasons[0]).toBe('hugetlb_beyond');
  });
});

describe('mappings of hugetlb', () => {
  it('are cut between huge pages only; what was cut before it was refused stays cut', () => {
    const p = pool(3);
    anon(p, 3 * N);
    expect(p.run('munmap', { at: 'a[1]', pages: N }).reasons).toEqual(['hugetlb_split']);
    expect(p.run('munmap', { at: `a[${N}]`, pages: 1 }).reasons).toEqual(['hugetlb_split']);
    expect(p.k.mms.get(0)!.vmas.map((vma) => vma.pages)).toEqual([N, 2 * N]);
    expect(p.run('munmap', { at: `a[${N}]`, pages: N }).ret).toBe(0);
    expect(counts(p)).toEqual([3, 3, 2, 0]);
    p.run('exit');
    expect(counts(p)).toEqual([3, 3, 0, 0]);
  });

  it('are placed at multiples of a huge page', () => {
    const p = pool(1);
    const at = (page: number): string => `0x${(page * p.k.arch.page.size).toString(16)}`;
    expect(anon(p, N, { at: at(PUD_PAGES + 1), flags: `${ANON}|MAP_FIXED` }).reasons).toEqual(['hugetlb_area']);
    expect(p.mmap('s', { pages: N, file: 'h', pgoff: 1 }).reasons).toEqual(['hugetlb_pgoff']);
  });

  it('move as a whole with their reservations, and do not grow', () => {
    const p = pool(2);
    anon(p);
    p.run('write', { at: 'a', value: 5 });
    const { id } = folio(p, 'a');
    expect(p.run('mremap', { at: 'a', pages: 2 * N, new_pages: 3 * N, flags: 'MREMAP_MAYMOVE' }).reasons).toEqual([
      'hugetlb_mremap',
    ]);
    const to = `0x${(PUD_PAGES * p.k.arch.page.size).toString(16)}`;
    expect(p.run('mremap', { at: 'a', pages: 2 * N, new_pages: 2 * N, to, label: 'b' }).ret).toBe(0);
    expect([folio(p, 'b').id, counts(p)]).toEqual([id, [2, 1, 1, 0]]);
    p.run('write', { at: `b[${N}]` });
    p.run('exit');
    expect(counts(p)).toEqual([2, 2, 0, 0]);
  });

  it('that move in part leave reservations behind that nobody has', () => {
    const p = pool(2);
    anon(p);
    const to = `0x${(PUD_PAGES * p.k.arch.page.size).toString(16)}`;
    p.run('mremap', { at: 'a', pages: N, new_pages: N, to });
    p.run('exit');
    expect(counts(p)).toEqual([2, 2, 1, 0]);
  });

  it('change their protection page by page, are never VM_LOCKED, and are on no LRU list', () => {
    const p = pool(2);
    anon(p);
    p.run('write', { at: 'a' });
    expect(p.run('mprotect', { at: 'a[3]', pages: 1, prot: 'r' }).reasons).toEqual(['hugetlb_split']);
    p.run('mprotect', { at: 'a', pages: N, prot: 'r' });
    expect([writable(p, 'a'), p.run('write', { at: 'a' }).signal]).toEqual([false, 'SIGSEGV']);
    p.run('mprotect', { at: 'a', pages: N, prot: 'rw' });
    expect([writable(p, 'a'), p.run('write', { at: 'a' }).signal, writable(p, 'a')]).toEqual([false, null, true]);
    p.run('mlock', { at: 'a', pages: 2 * N });
    expect([p.vma('a').vm_flags & VM_LOCKED, present(p, `a[${N}]`)]).toEqual([0, true]);
    const advice = (name: string, at = 'a', pages = N) => p.run('madvise', { at, pages, advice: name });
    expect(advice('MADV_COLD').reasons).toEqual(['madvise_lru_hugetlb']);
    expect(advice('MADV_FREE').reasons).toEqual(['hugetlb_madvise']);
    expect(advice('MADV_DONTNEED', 'a[1]', 1).reasons).toEqual(['hugetlb_madvise']);
    // less than a huge page is nothing
    expect([advice('MADV_DONTNEED', 'a', N - 1).ret, present(p, 'a')]).toEqual([0, true]);
    expect([advice('MADV_DONTNEED_LOCKED').ret, present(p, 'a')]).toEqual([0, false]);
  });

  it.each([
    ['6.12', false],
    ['7.3', true],
  ])('that are read-only are written to by FOLL_FORCE since 6.15: on %s', (version, writes) => {
    const p = pool(1, version);
    anon(p, N);
    p.run('mprotect', { at: 'a', pages: N, prot: 'r' });
    const out = p.run('access_process_vm', { at: 'a', write: true, value: 9 });
    expect(out.reasons.includes('hugetlb_gup_force')).toBe(!writes);
    if (writes) expect([writable(p, 'a'), p.run('read', { at: 'a' }).value]).toEqual([false, 9]);
  });

  it('can have pages of a PUD', () => {
    const ram = [...hugeMachine.ram, [2 * PUD_PAGES, 4 * PUD_PAGES]] as const;
    const p = pool(0, '7.3', { 'hugepages-pud/nr_hugepages': '1' }, { ...hugeMachine, ram });
    const of = (): readonly number[] => {
      const { nr_huge_pages, free, resv_huge_pages } = p.k.hugetlb.hstate(PUD)!;
      return [nr_huge_pages, free.length, resv_huge_pages];
    };
    expect(of()).toEqual([1, 1, 0]);
    p.mmap('g', { pages: PUD_PAGES, file: 'g' });
    p.run('write', { at: `g[${PUD_PAGES - 1}]`, value: 3 });
    const entry = { lo: 0, hi: 0 };
    expect([p.k.mms.get(0)!.pt.lookup(p.vpn('g'), entry), of()]).toEqual([PUD, [1, 0, 0]]);
    p.run('fork', { child: 1 });
    expect(p.run('read', { mm: 1, at: `g[${PUD_PAGES - 1}]` }).value).toBe(3);
    expect(p.k.large_folio(p.k.arch.pud!.pfn(entry))!.entire_mapcount).toBe(2);
    expect(smapsOf(p.k, p.vma('g')).Shared_Hugetlb).toBe(PUD_PAGES * 4);
    p.run('exit', { mm: 1 });
    p.run('exit');
    p.run('truncate', { file: 'g', pages: 0 });
    expect(of()).toEqual([1, 1, 0]);
    expect(p.run('tune', { key: 'hugepages-pud/nr_hugepages', value: 0 }).ret).toBe(0);
    expect(of()).toEqual([0, 0, 0]);
    const surplus = { key: 'hugepages-pud/nr_overcommit_hugepages', value: '1' };
    expect(p.run('tune', surplus).reasons).toEqual(['hugetlb_no_surplus']);
  });

  it('die with a part of a huge page that is unmapped', () => {
    const p = pool(1);
    p.mmap('s', { pages: N, file: 'h' });
    p.run('write', { at: 's' });
    expect(p.run('unmap_mapping_range', { file: 'h', pgoff: 1, pages: 1 }).crash).toMatchObject({
      where: '__unmap_hugepage_range',
    });
  });
});
