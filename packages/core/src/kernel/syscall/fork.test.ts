// SPDX-License-Identifier: GPL-2.0-or-later
/** dup_mmap() (kernel/fork.c) and copy_page_range() (mm/memory.c). */
import { describe, expect, it } from 'vitest';
import { PG } from '../../machine/frame-table.js';
import { VM_LOCKED } from '../../mm/vm-flags.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

describe.each(BOTH)('copy_page_range %s', (_, arch) => {
  it('copies the entries of a VM_PFNMAP, which no fault would bring back', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 2, file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 2 });
    p.run('fork', { child: 1 });
    expect([p.pfn('ring', 1), p.pfn('ring[1]', 1), p.k.pte.write(p.raw('ring', 1))]).toEqual([D0, D0 + 1, true]);
    expect([p.rss(1), p.counts(D0)]).toEqual([
      [0, 0, 0, 0],
      [0, 0],
    ]);
  });

  it('counts the page of a VM_MIXEDMAP once more, and hands it on clean and old where it is shared', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    p.run('write', { at: 'ring' });
    p.run('fork', { child: 1 });
    expect([p.pte('ring'), p.pte('ring', 1)]).toEqual(['1000 wdy', '1000 w']);
    expect([p.counts(P0), p.rss(1)]).toEqual([
      [3, 2],
      [1, 0, 0, 0],
    ]);
  });

  it('write-protects private pages on both sides, and they are exclusive no longer', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    const page = p.pfn('heap');
    expect([p.k.pte.write(p.raw('heap')), p.flag(page, PG.anon_exclusive)]).toEqual([true, true]);
    p.run('fork', { child: 1 });
    expect([p.pfn('heap'), p.pfn('heap', 1)]).toEqual([page, page]);
    expect([p.k.pte.write(p.raw('heap')), p.k.pte.write(p.raw('heap', 1))]).toEqual([false, false]);
    expect([p.flag(page, PG.anon_exclusive), p.counts(page), p.rss(1)]).toEqual([false, [2, 2], [0, 1, 0, 0]]);
  });

  it('leaves to faults what faults can bring', () => {
    const p = new Play(arch);
    p.mmap('tmp', { pages: 2, file: 'tmp' });
    p.run('read', { at: 'tmp' });
    p.run('fork', { child: 1 });
    expect([p.pte('tmp') === '-', p.pte('tmp', 1), p.rss(1)]).toEqual([false, '-', [0, 0, 0, 0]]);
    expect(p.run('read', { mm: 1, at: 'tmp' }).value).toBe(1);
  });

  it('copies a page that may be pinned at once, and the parent keeps its own', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap', value: 9 });
    const page = p.pfn('heap');
    p.run('pin_user_pages', { at: 'heap', write: true, hold: true });
    p.run('fork', { child: 1 });
    expect([p.pfn('heap') === page, p.pfn('heap', 1) === page]).toEqual([true, false]);
    expect([p.k.pte.write(p.raw('heap')), p.flag(page, PG.anon_exclusive)]).toEqual([true, true]);
    expect([p.counts(page), p.counts(p.pfn('heap', 1))]).toEqual([
      [1025, 1],
      [1, 1],
    ]);
    expect(p.run('read', { mm: 1, at: 'heap' }).value).toBe(9);
  });

  it('treats the private copy of a driver frame like any anonymous page', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    p.run('write', { at: 'ring' });
    const copy = p.pfn('ring');
    p.run('fork', { child: 1 });
    expect([copy === D0, p.pfn('ring', 1) === copy, p.counts(copy)]).toEqual([false, true, [2, 2]]);
    expect([p.k.pte.write(p.raw('ring')), p.k.pte.write(p.raw('ring', 1))]).toEqual([false, false]);
  });
});

it('dup_mmap leaves VM_DONTCOPY out, and VM_WIPEONFORK empty', () => {
  const p = new Play();
  for (const label of ['kept', 'left', 'wiped']) {
    p.mmap(label, { pages: 2 });
    p.run('write', { at: label, value: 5 });
  }
  p.run('madvise', { at: 'left', pages: 2, advice: 'MADV_DONTFORK' });
  p.run('madvise', { at: 'wiped', pages: 2, advice: 'MADV_WIPEONFORK' });
  p.run('fork', { child: 1 });
  expect(p.run('read', { mm: 1, at: 'kept' }).value).toBe(5);
  expect(p.run('read', { mm: 1, at: 'left' }).signal).toBe('SIGSEGV');
  expect(p.run('read', { mm: 1, at: 'wiped' }).value).toBe(0);
});

it('dup_mmap passes no lock on', () => {
  const p = new Play();
  p.mmap('heap', { pages: 2 });
  p.run('mlock', { at: 'heap', pages: 2 });
  p.run('fork', { child: 1 });
  const locked = (mm: number): [number, number] => [p.vma('heap', mm).vm_flags & VM_LOCKED, p.k.mms.get(mm)!.locked_vm];
  expect([locked(0), locked(1)]).toEqual([
    [VM_LOCKED, 2],
    [0, 0],
  ]);
});

it('dup_mmap links a copy behind its original in i_mmap', () => {
  const p = new Play();
  p.mmap('a', { file: 'dev' });
  p.mmap('b', { file: 'dev' });
  p.run('fork', { child: 1 });
  const file = p.k.files.get('dev')!;
  const expected = [p.vma('a'), p.vma('a', 1), p.vma('b'), p.vma('b', 1)];
  expect([...file.i_mmap]).toEqual(expected.map((vma) => vma.id));
});
