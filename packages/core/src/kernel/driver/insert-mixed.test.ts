// SPDX-License-Identifier: GPL-2.0-or-later
/** vmf_insert_mixed() (mm/memory.c): the function whose answer depends on the special bit. */
import { describe, expect, it } from 'vitest';
import { linux_6_1, linux_6_12 } from '../../profile/profiles.js';
import { withBit, withoutBit } from '../../toy-lanes.testkit.js';
import { VM_FAULT_NOPAGE, VM_FAULT_SIGBUS } from '../base/mm-types.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

const MIXED = { call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP' }] };

function ring(arch = withBit, fields: object = MIXED, more = {}): Play {
  const p = new Play(arch, more);
  p.mmap('ring', { pages: 2, file: 'dev', ...fields });
  return p;
}

it('vmf_insert_mixed with the bit maps a page special and uncounted', () => {
  const p = ring(withBit);
  expect(p.run('vmf_insert_mixed', { at: 'ring', frame: 'P0' }).ret).toBe(VM_FAULT_NOPAGE);
  expect([p.pte('ring'), p.counts(P0), p.rss()[0]]).toEqual(['1000 wys', [1, 0], 0]);
});

it('vmf_insert_mixed without the bit inserts it as a page, counted', () => {
  const p = ring(withoutBit);
  expect(p.run('vmf_insert_mixed', { at: 'ring', frame: 'P0' }).ret).toBe(VM_FAULT_NOPAGE);
  expect([p.pte('ring'), p.counts(P0), p.rss()[0]]).toEqual(['1000 wy', [2, 1], 1]);
});

it('vmf_insert_mixed without the bit takes an entry that is there for success, and fails on pages of no one', () => {
  const p = ring(withoutBit);
  p.run('vmf_insert_mixed', { at: 'ring', frame: 'P0' });
  expect(p.run('vmf_insert_mixed', { at: 'ring', frame: 'P1' }).ret).toBe(VM_FAULT_NOPAGE);
  expect([p.pfn('ring'), p.counts(P0 + 1)]).toEqual([P0, [1, 0]]);
  p.run('put_page', { frame: 'P2' });
  expect(p.run('vmf_insert_mixed', { at: 'ring[1]', frame: 'P2' }).ret).toBe(VM_FAULT_SIGBUS);
  // with the bit nobody looks at the page
  const q = ring(withBit);
  q.run('put_page', { frame: 'P2' });
  expect(q.run('vmf_insert_mixed', { at: 'ring[1]', frame: 'P2' }).ret).toBe(VM_FAULT_NOPAGE);
});

it('vmf_insert_mixed takes PFN_SPECIAL for a permission only where the bit exists, until 6.16', () => {
  const special = { at: 'ring', frame: 'P0', pfn_t: 'PFN_SPECIAL' };
  expect(ring(withBit, {}).run('vmf_insert_mixed', special).ret).toBe(VM_FAULT_SIGBUS);
  expect(ring(withBit, {}, { profile: linux_6_12 }).run('vmf_insert_mixed', special).ret).toBe(VM_FAULT_NOPAGE);
  expect(ring(withoutBit, {}).run('vmf_insert_mixed', special).ret).toBe(VM_FAULT_SIGBUS);
});

describe.each(BOTH)('vmf_insert_mixed %s', (_, arch) => {
  it('counts no frame without struct page', () => {
    const p = ring(arch);
    expect(p.run('vmf_insert_mixed', { at: 'ring', frame: 'D0' }).ret).toBe(VM_FAULT_NOPAGE);
    expect([p.pfn('ring'), p.counts(D0), p.rss()]).toEqual([D0, [0, 0], [0, 0, 0, 0]]);
  });

  it('answers SIGBUS outside VM_MIXEDMAP, and died there before 6.11', () => {
    expect(ring(arch, {}).run('vmf_insert_mixed', { at: 'ring', frame: 'P0' })).toMatchObject({
      ret: VM_FAULT_SIGBUS,
      crash: null,
    });
    const then = ring(arch, {}, { profile: linux_6_1 });
    expect(then.run('vmf_insert_mixed', { at: 'ring', frame: 'P0' }).crash).toMatchObject({
      kind: 'BUG',
      where: '__vm_insert_mixed',
    });
  });

  it('refuses the zero page where it could be written to', () => {
    expect(ring(arch).run('vmf_insert_mixed', { at: 'ring', frame: 'Z' }).ret).toBe(VM_FAULT_SIGBUS);
    const cow = { ...MIXED, flags: 'MAP_PRIVATE' };
    expect(ring(arch, cow).run('vmf_insert_mixed', { at: 'ring', frame: 'Z' }).ret).toBe(VM_FAULT_NOPAGE);
    expect(ring(arch, cow).run('vmf_insert_mixed_mkwrite', { at: 'ring', frame: 'Z' }).ret).toBe(VM_FAULT_SIGBUS);
  });

  it('vmf_insert_mixed_mkwrite makes the same frame writable and dirty, and warns of another', () => {
    const p = ring(arch, { ...MIXED, ops: { pfn_mkwrite: true } });
    p.run('vmf_insert_mixed', { at: 'ring', frame: 'D0' });
    const writable = (): boolean[] => [p.k.pte.write(p.raw('ring')), p.k.pte.dirty(p.raw('ring'))];
    expect(writable()).toEqual([false, false]);
    const other = p.run('vmf_insert_mixed_mkwrite', { at: 'ring', frame: 'D1' });
    expect([other.ret, other.messages.map(({ text }) => text), writable()]).toEqual([
      VM_FAULT_NOPAGE,
      ['WARNING: mm/memory.c:2826'],
      [false, false],
    ]);
    expect(p.run('vmf_insert_mixed_mkwrite', { at: 'ring', frame: 'D0' }).messages).toEqual([]);
    expect([p.pfn('ring'), ...writable()]).toEqual([D0, true, true]);
  });

  it('vmf_insert_mixed_mkwrite makes nothing writable in a VMA that is not', () => {
    const p = ring(arch, { ...MIXED, prot: 'r' });
    p.run('vmf_insert_mixed_mkwrite', { at: 'ring', frame: 'D0' });
    expect([p.k.pte.write(p.raw('ring')), p.k.pte.dirty(p.raw('ring'))]).toEqual([false, true]);
  });
});
