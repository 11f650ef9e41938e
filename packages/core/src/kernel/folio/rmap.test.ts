// SPDX-License-Identifier: GPL-2.0-or-later
/** Map counts, exclusiveness and anon_vmas (mm/rmap.c). */
import { describe, expect, it } from 'vitest';
import { F, PG } from '../../machine/frame-table.js';
import { BOTH, P0, Play, Z } from '../play.testkit.js';
import {
  anon_vma_prepare,
  folio_add_file_rmap_pte,
  folio_remove_rmap_pte,
  folio_try_dup_anon_rmap_pte,
  mm_counter,
} from './rmap.js';

describe.each(BOTH)('map counts %s', (_, arch) => {
  it('follow the entries that map a page', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    folio_add_file_rmap_pte(p.k, P0, p.vma('ring'));
    folio_add_file_rmap_pte(p.k, P0, p.vma('ring'));
    expect(p.counts(P0)).toEqual([1, 2]);
    folio_remove_rmap_pte(p.k, P0, p.vma('ring'));
    expect(p.counts(P0)).toEqual([1, 1]);
  });

  it('of the zero page are a fault of the caller, and said so by kernels that ask', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('read', { at: 'ring' });
    folio_add_file_rmap_pte(p.k, Z, p.vma('ring'));
    const warned = p.k.out.messages.filter(({ kind }) => kind === 'warning').length;
    expect([warned > 0, p.counts(Z)[1]]).toEqual([p.k.feature.rmap_zeropage_check, 1]);
  });

  it('mm_counter: anonymous, of a file, of tmpfs', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.mmap('shm', { file: 'tmp' });
    for (const at of ['heap', 'shm']) p.run('write', { at });
    expect([mm_counter(p.k, p.pfn('heap')), mm_counter(p.k, P0), mm_counter(p.k, p.pfn('shm'))]).toEqual([1, 0, 3]);
  });
});

describe.each(BOTH)('folio_try_dup_anon_rmap_pte %s', (_, arch) => {
  const heap = (): [Play, number] => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    return [p, p.pfn('heap')];
  };

  it('makes one more mapping, of a page that is exclusive no longer', () => {
    const [p, page] = heap();
    expect(folio_try_dup_anon_rmap_pte(p.k, page, p.vma('heap'), p.vma('heap'))).toBe(true);
    expect([p.counts(page), p.flag(page, PG.anon_exclusive)]).toEqual([[1, 2], false]);
  });

  it('refuses an exclusive page that may be pinned, and leaves it exclusive', () => {
    const [p, page] = heap();
    p.run('pin_user_pages', { at: 'heap', write: true, hold: true });
    expect(folio_try_dup_anon_rmap_pte(p.k, page, p.vma('heap'), p.vma('heap'))).toBe(false);
    expect([p.counts(page), p.flag(page, PG.anon_exclusive)]).toEqual([[1025, 1], true]);
  });
});

describe.each(BOTH)('anon_vma %s', (_, arch) => {
  it('is prepared once', () => {
    const p = new Play(arch);
    p.mmap('heap');
    const vma = p.vma('heap');
    anon_vma_prepare(p.k, vma);
    const { anon_vma } = vma;
    anon_vma_prepare(p.k, vma);
    expect([vma.anon_vma === anon_vma, anon_vma!.num_active_vmas, vma.anon_vma_chain.length]).toEqual([true, 1, 1]);
  });

  it('is the neighbour’s where the two could merge but for their protection', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 2 });
    p.run('mprotect', { at: 'heap', pages: 1, prot: 'rwx' });
    expect(p.layout().length).toBe(2);
    p.run('write', { at: 'heap[1]' });
    anon_vma_prepare(p.k, p.vma('heap'));
    expect(p.vma('heap').anon_vma).toBe(p.vma('heap[1]').anon_vma);
    expect(p.vma('heap').anon_vma!.num_active_vmas).toBe(2);
  });

  it('of a child is its own, below the parent’s, and the child is chained to both', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    p.run('fork', { child: 1 });
    const [parent, child] = [p.vma('heap'), p.vma('heap', 1)];
    expect([child.anon_vma === parent.anon_vma, child.anon_vma!.parent === parent.anon_vma!.id]).toEqual([false, true]);
    expect(child.anon_vma!.root).toBe(parent.anon_vma!.root);
    expect([child.anon_vma_chain.length, parent.anon_vma!.vmas.length]).toEqual([2, 2]);
    // a page of the child is found through the child's anon_vma alone
    p.run('write', { mm: 1, at: 'heap' });
    expect(p.k.frames.get(p.pfn('heap', 1), F.mapping)).toBe(child.anon_vma!.id);
  });

  it('goes with its last VMA', () => {
    const p = new Play(arch);
    const before = p.k.anon_vmas.size;
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    p.run('fork', { child: 1 });
    expect(p.k.anon_vmas.size).toBe(before + 2);
    p.run('exit', { mm: 1 });
    expect(p.k.anon_vmas.size).toBe(before + 1);
    p.run('munmap', { at: 'heap', pages: 1 });
    expect(p.k.anon_vmas.size).toBe(before);
  });
});
