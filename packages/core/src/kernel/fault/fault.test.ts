// SPDX-License-Identifier: GPL-2.0-or-later
/** handle_mm_fault() on entries that are empty, or present and not good enough (mm/memory.c). */
import { describe, expect, it } from 'vitest';
import { PG } from '../../machine/frame-table.js';
import { FAULT_FLAG_UNSHARE } from '../base/mm-types.js';
import { BOTH, D0, P0, Play, Z } from '../play.testkit.js';
import { handle_mm_fault } from './fault.js';

describe.each(BOTH)('do_anonymous_page %s', (_, arch) => {
  it('a read maps the zero page, special where there is a bit, and counts nothing', () => {
    const p = new Play(arch);
    p.mmap('heap');
    expect(p.run('read', { at: 'heap' }).value).toBe(0);
    expect(p.pte('heap')).toBe(arch.special.pte ? `${Z.toString(16)} ys` : `${Z.toString(16)} y`);
    expect([p.counts(Z), p.rss(), p.vma('heap').anon_vma]).toEqual([[1, 0], [0, 0, 0, 0], null]);
  });

  it('a write makes a page of its own: one reference, mapped once, exclusive, with an anon_vma', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap', value: 9 });
    const page = p.pfn('heap');
    expect([p.pte('heap'), p.counts(page), p.rss()]).toEqual([`${page.toString(16)} wdy`, [1, 1], [0, 1, 0, 0]]);
    expect([p.flag(page, PG.anon), p.flag(page, PG.anon_exclusive), p.flag(page, PG.swapbacked)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(p.vma('heap').anon_vma).not.toBeNull();
    expect(p.run('read', { at: 'heap' }).value).toBe(9);
  });

  it('a shared mapping without a file has pages of tmpfs', () => {
    const p = new Play(arch);
    p.mmap('both', { flags: 'MAP_SHARED|MAP_ANONYMOUS' });
    p.run('fork', { child: 1 });
    p.run('write', { at: 'both', value: 5 });
    expect([p.run('read', { mm: 1, at: 'both' }).value, p.pfn('both', 1)]).toEqual([5, p.pfn('both')]);
    expect([p.rss(), p.rss(1)]).toEqual([
      [0, 0, 0, 1],
      [0, 0, 0, 1],
    ]);
  });
});

describe.each(BOTH)('do_fault %s', (_, arch) => {
  const ring = (fields: object, handler?: object): Play => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ...(handler === undefined ? {} : { ops: { fault: handler } }), ...fields });
    return p;
  };

  it('without a handler there is SIGBUS', () => {
    const { signal, si_code, reasons } = ring({}).run('read', { at: 'ring' });
    expect([signal, si_code, reasons[0]]).toEqual(['SIGBUS', 2, 'no_fault_handler']);
  });

  it('do_read_fault maps the page that the handler gave, and takes over its reference', () => {
    const p = ring({}, { do: 'page', frame: 'P0' });
    const { value, calls } = p.run('read', { at: 'ring' });
    expect([value, calls, p.counts(P0), p.rss()]).toEqual([0x10, [1, 0, 0], [2, 1], [1, 0, 0, 0]]);
  });

  it('do_cow_fault copies the page, and gives the reference of the original back', () => {
    const p = ring({ flags: 'MAP_PRIVATE' }, { do: 'page', frame: 'P0' });
    p.run('write', { at: 'ring', value: 3 });
    const copy = p.pfn('ring');
    expect([copy === P0, p.counts(P0), p.counts(copy), p.rss()]).toEqual([false, [1, 0], [1, 1], [0, 1, 0, 0]]);
    expect(p.flag(copy, PG.anon_exclusive)).toBe(true);
  });

  it('do_cow_fault frees the copy when the handler fails', () => {
    const p = ring({ flags: 'MAP_PRIVATE' }, { do: 'sigbus' });
    const before = p.k.allocator.count;
    expect(p.run('write', { at: 'ring' }).signal).toBe('SIGBUS');
    expect([p.k.allocator.count - before, p.pte('ring'), p.rss()]).toEqual([1, '-', [0, 0, 0, 0]]);
  });

  it('do_shared_fault asks page_mkwrite, where the driver has one', () => {
    const plain = ring({}, { do: 'page', frame: 'P0' });
    expect(plain.run('write', { at: 'ring' }).calls).toEqual([1, 0, 0]);
    const asked = new Play(arch);
    asked.mmap('ring', { file: 'dev', ops: { fault: { do: 'page', frame: 'P0' }, page_mkwrite: true } });
    expect(asked.run('write', { at: 'ring' }).calls).toEqual([1, 0, 1]);
    for (const p of [plain, asked]) expect([p.counts(P0), p.k.pte.write(p.raw('ring'))]).toEqual([[2, 1], true]);
  });

  it('a handler that inserts a pfn leaves nothing to be mapped, counted or referenced', () => {
    const p = ring({ call: [{ type: 'vm_flags_mod', set: 'VM_PFNMAP' }] }, { do: 'vmf_insert_pfn', frame: 'D0' });
    expect(p.run('read', { at: 'ring' }).value).toBe(0x40);
    expect([p.pfn('ring'), p.rss(), p.k.pte.special(p.raw('ring'))]).toEqual([D0, [0, 0, 0, 0], arch.special.pte]);
  });
});

describe.each(BOTH)('handle_pte_fault %s', (_, arch) => {
  it('an old clean entry becomes young, and dirty with a write', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    p.run('madvise', { at: 'heap', pages: 1, advice: 'MADV_FREE' });
    const page = p.pfn('heap').toString(16);
    expect(p.pte('heap')).toBe(`${page} w`);
    p.run('read', { at: 'heap' });
    expect(p.pte('heap')).toBe(`${page} wy`);
    p.run('write', { at: 'heap' });
    expect(p.pte('heap')).toBe(`${page} wdy`);
  });

  it('FAULT_FLAG_UNSHARE is a read fault in a shared mapping', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ops: { fault: { do: 'page', frame: 'P0' } } });
    expect(handle_mm_fault(p.k, p.vma('ring'), p.vpn('ring'), FAULT_FLAG_UNSHARE)).toBe(0);
    expect(p.k.out.calls[0]).toBe(1);
  });

  it('a write fault without VM_MAYWRITE is refused, with a warning', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ops: { fault: { do: 'page', frame: 'P0' } } });
    p.run('vm_flags_mod', { at: 'ring', clear: 'VM_MAYWRITE' });
    const { signal, si_code, calls, messages } = p.run('write', { at: 'ring' });
    expect([signal, si_code, calls[0]]).toEqual(['SIGSEGV', 1, 0]);
    expect(messages.map(({ text }) => text)).toEqual(['WARNING: mm/memory.c:6814']);
    const read = p.run('read', { at: 'ring' });
    expect([read.signal, read.messages.length, p.pte('ring')]).toEqual([null, 0, `${P0.toString(16)} wy`]);
  });
});
