// SPDX-License-Identifier: GPL-2.0-or-later
/** pin_user_pages() and the lockless walk (mm/gup.c). */
import { describe, expect, it } from 'vitest';
import { defineArchitecture } from '../../arch/architecture.js';
import { PG } from '../../machine/frame-table.js';
import { findProfile, linux_6_1 } from '../../profile/profiles.js';
import { bareSpec, toySpec, withBit, withoutBit } from '../../toy-lanes.testkit.js';
import { EEXIST, EFAULT } from '../base/errno.js';
import { BOTH, P0, Play, Z } from '../play.testkit.js';

describe.each(BOTH)('pin_user_pages %s', (_, arch) => {
  it.each(['VM_IO', 'VM_PFNMAP'])('refuses %s with EFAULT, whatever is mapped', (set) => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    p.run('vm_flags_mod', { at: 'ring', set });
    expect(p.run('pin_user_pages', { at: 'ring', hold: true })).toMatchObject({ ret: -EFAULT, pages: null });
    expect(p.counts(P0)).toEqual([2, 1]);
  });

  it('adds 1024 references, and unpin_user_pages takes them away', () => {
    const p = new Play(arch);
    p.mmap('heap');
    expect(p.run('pin_user_pages', { at: 'heap', write: true, hold: true }).ret).toBe(1);
    const page = p.pfn('heap');
    expect(p.counts(page)).toEqual([1025, 1]);
    expect(p.run('unpin_user_pages').ret).toBe(1);
    expect(p.counts(page)).toEqual([1, 1]);
  });

  it('finds the zero page, and does not count it', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('read', { at: 'heap' });
    const { pages, ret } = p.run('pin_user_pages', { at: 'heap', hold: true });
    expect([ret, pages, p.counts(Z)]).toEqual([1, [Z], [1, 0]]);
  });

  it('refuses to write where the process may not', () => {
    const p = new Play(arch);
    p.mmap('heap', { prot: 'r' });
    expect(p.run('pin_user_pages', { at: 'heap', write: true }).ret).toBe(-EFAULT);
    expect(p.run('pin_user_pages', { at: 'heap' }).ret).toBe(1);
  });

  it('stops at a hole with what it has, and fails where it has nothing', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 2 });
    p.run('munmap', { at: 'heap[1]', pages: 1 });
    expect(p.run('pin_user_pages', { at: 'heap', pages: 2 }).ret).toBe(1);
    expect(p.run('pin_user_pages', { at: 'heap[1]', pages: 1 }).ret).toBe(-EFAULT);
  });

  it('unshares a page that is not exclusive, so that a pin and the process stay together', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    p.run('fork', { child: 1 });
    const page = p.pfn('heap');
    const { pages } = p.run('pin_user_pages', { at: 'heap', hold: true });
    expect([pages, p.pfn('heap') === page, p.pfn('heap', 1)]).toEqual([[p.pfn('heap')], false, page]);
    expect([p.k.pte.write(p.raw('heap')), p.flag(p.pfn('heap'), PG.anon_exclusive)]).toEqual([false, true]);
  });

  it('longterm unshares a driver page of a COW mapping since 6.3, and pinned the page itself before', () => {
    const [now, then] = [{}, { profile: linux_6_1 }].map((more) => {
      const p = new Play(arch, more);
      p.mmap('ring', { file: 'dev', flags: 'MAP_PRIVATE' });
      p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
      const { pages } = p.run('pin_user_pages', { at: 'ring', longterm: true, hold: true });
      return { p, page: pages![0]! };
    });
    expect([now!.page === P0, now!.p.pfn('ring') === now!.page, now!.p.counts(P0)]).toEqual([false, true, [1, 0]]);
    expect([then!.page, then!.p.counts(P0)]).toEqual([P0, [1026, 1]]);
  });

  it('longterm may not write to a shared mapping with dirty tracking, since 6.5', () => {
    const rets = [{}, { profile: linux_6_1 }].map((more) => {
      const p = new Play(arch, more);
      p.mmap('ring', { file: 'dev', ops: { page_mkwrite: true } });
      p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
      return [true, false].map((longterm) => p.run('pin_user_pages', { at: 'ring', write: true, longterm }).ret);
    });
    expect(rets).toEqual([
      [-EFAULT, 1],
      [1, 1],
    ]);
  });
});

it('pin_user_pages finds a page of vmf_insert_mixed only where no bit hides it', () => {
  const found = [withBit, withoutBit].map((arch) => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP' }] });
    p.run('vmf_insert_mixed', { at: 'ring', frame: 'P0' });
    const { ret, pages } = p.run('pin_user_pages', { at: 'ring', hold: true });
    return [ret, pages, p.counts(P0)];
  });
  expect(found).toEqual([
    [-EEXIST, null, [1, 0]],
    [1, [P0], [1026, 1]],
  ]);
});

describe('gup_fast', () => {
  const fast = (gup: boolean): Play => {
    const p = new Play(defineArchitecture({ ...toySpec, facts: { HAVE_GUP_FAST: gup } }));
    p.mmap('ring', { pages: 3, file: 'dev', call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP' }] });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    p.run('vmf_insert_mixed', { at: 'ring[1]', frame: 'P1' });
    return p;
  };

  it('finds present pages, and stops at a special entry', () => {
    expect(fast(true).run('get_user_pages_fast_only', { at: 'ring', pages: 2 })).toMatchObject({ ret: 1, pages: [P0] });
    expect(fast(true).run('get_user_pages_fast_only', { at: 'ring[1]' }).ret).toBe(0);
  });

  it('drops what it looked up: get_user_pages_fast_only keeps no reference', () => {
    const p = fast(true);
    p.run('get_user_pages_fast_only', { at: 'ring' });
    expect(p.counts(P0)).toEqual([2, 1]);
  });

  it('faults nothing in', () => {
    const p = fast(true);
    p.mmap('heap');
    expect(p.run('get_user_pages_fast_only', { at: 'heap', write: true }).ret).toBe(0);
    expect(p.run('pin_user_pages_fast', { at: 'heap', write: true }).ret).toBe(1);
  });

  it('does not exist without HAVE_GUP_FAST, nor without the bit', () => {
    expect(fast(false).run('get_user_pages_fast_only', { at: 'ring' }).ret).toBe(0);
    const p = new Play(defineArchitecture({ ...bareSpec, facts: { HAVE_GUP_FAST: true } }));
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    expect(p.run('get_user_pages_fast_only', { at: 'heap' }).ret).toBe(0);
    expect(p.run('pin_user_pages_fast', { at: 'heap' }).ret).toBe(1);
  });
});

const lockless = defineArchitecture({ ...toySpec, facts: { HAVE_GUP_FAST: true } });

describe('what cannot be, with DEBUG_VM', () => {
  const shared = (kernel: string): Play => {
    const p = new Play(withBit, { profile: findProfile(kernel)! });
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    p.run('fork', { child: 1 });
    // a faulty driver makes the entry writable, although the page is shared with the child
    const frame = `0x${p.pfn('heap').toString(16)}`;
    p.run('clear_pte', { at: 'heap' });
    p.run('set_pte', { at: 'heap', frame, write: true });
    return p;
  };

  it('a shared anonymous page to pin is a BUG up to 6.12, and a warning from 6.17 on', () => {
    expect(shared('6.12').run('pin_user_pages', { at: 'heap', write: true }).crash).toMatchObject({
      kind: 'BUG',
      where: 'follow_page_pte',
    });
    const { crash, ret, messages } = shared('7.3').run('pin_user_pages', { at: 'heap', write: true });
    expect([crash, ret, messages.map(({ text }) => text)]).toEqual([
      null,
      1,
      ['WARNING: mm/gup.c:854', 'WARNING: mm/gup.c:62'],
    ]);
  });

  it('the lockless walk looks after it has pinned: sanity_check_pinned_pages()', () => {
    const pin = (kernel: string) => {
      const p = new Play(lockless, { profile: findProfile(kernel)! });
      p.mmap('heap');
      p.run('write', { at: 'heap' });
      p.run('fork', { child: 1 });
      const frame = `0x${p.pfn('heap').toString(16)}`;
      p.run('clear_pte', { at: 'heap' });
      p.run('set_pte', { at: 'heap', frame, write: true });
      return p.run('pin_user_pages_fast', { at: 'heap', write: true });
    };
    expect(pin('6.12').crash).toMatchObject({ kind: 'BUG', where: 'sanity_check_pinned_pages' });
    const { crash, ret, messages } = pin('7.3');
    expect([crash, ret, messages.map(({ text }) => text)]).toEqual([null, 1, ['WARNING: mm/gup.c:62']]);
  });

  it.each([
    ['6.12', 'BUG', 'gup_fast_pte_range'],
    ['7.3', 'oops', 'try_grab_folio_fast'],
  ])('on %s the lockless walk dies of a frame without struct page: %s in %s', (kernel, kind, where) => {
    const p = new Play(lockless, { profile: findProfile(kernel)! });
    p.mmap('ring', { file: 'dev' });
    p.run('set_pte', { at: 'ring', frame: 'H0' });
    expect(p.run('pin_user_pages_fast', { at: 'ring' }).crash).toMatchObject({ kind, where });
  });
});

describe('the lockless walk with CONFIG_SECRETMEM', () => {
  it.each([
    ['6.1', 1],
    ['6.12', 0],
    ['7.3', 1],
  ])('on %s takes %i pages of a driver, which have no mapping', (kernel, taken) => {
    const p = new Play(lockless, { profile: findProfile(`${kernel}+CONFIG_SECRETMEM`)! });
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect(p.run('get_user_pages_fast_only', { at: 'ring' }).ret).toBe(taken);
  });
});
