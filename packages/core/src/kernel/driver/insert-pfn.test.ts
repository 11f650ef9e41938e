// SPDX-License-Identifier: GPL-2.0-or-later
/** vmf_insert_pfn() and vmf_insert_pfn_prot() (mm/memory.c). */
import { describe, expect, it } from 'vitest';
import { findProfile } from '../../profile/profiles.js';
import { withBit, withoutBit } from '../../toy-lanes.testkit.js';
import { EFAULT } from '../base/errno.js';
import { VM_FAULT_NOPAGE, VM_FAULT_SIGBUS } from '../base/mm-types.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

describe.each(BOTH)('vmf_insert_pfn %s', (_, arch) => {
  const ring = (set: string, fields: object = {}): Play => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 2, file: 'dev', ...fields });
    p.run('vm_flags_mod', { at: 'ring', set });
    return p;
  };

  it.each([
    ['neither PFNMAP nor MIXEDMAP', 'VM_IO', {}, 'D0'],
    ['both PFNMAP and MIXEDMAP', 'VM_PFNMAP|VM_MIXEDMAP', {}, 'D0'],
    ['PFNMAP is COW', 'VM_PFNMAP', { flags: 'MAP_PRIVATE' }, 'D0'],
    ['MIXEDMAP with valid pfn', 'VM_MIXEDMAP', {}, 'P0'],
  ])('dies where %s', (what, set, fields, frame) => {
    const p = ring(set, fields);
    expect(p.run('vmf_insert_pfn', { at: 'ring', frame }).crash).toEqual({
      kind: 'BUG',
      what,
      where: 'vmf_insert_pfn_prot',
    });
    expect(p.pte('ring')).toBe('-');
  });

  it.each([
    ['a page in VM_PFNMAP', 'VM_PFNMAP', {}, 'P0', P0],
    ['a bare frame in VM_MIXEDMAP', 'VM_MIXEDMAP', {}, 'D0', D0],
    ['...also where it is copied on write', 'VM_MIXEDMAP', { flags: 'MAP_PRIVATE' }, 'D0', D0],
  ])('maps %s uncounted', (_what, set, fields, frame, pfn) => {
    const p = ring(set, fields);
    const before = p.counts(pfn);
    expect(p.run('vmf_insert_pfn', { at: 'ring', frame }).ret).toBe(VM_FAULT_NOPAGE);
    expect([p.pfn('ring'), p.counts(pfn), p.rss()]).toEqual([pfn, before, [0, 0, 0, 0]]);
  });

  it('leaves an entry that is there, and says nothing about it', () => {
    const p = ring('VM_PFNMAP');
    p.run('vmf_insert_pfn', { at: 'ring', frame: 'D0' });
    const out = p.run('vmf_insert_pfn', { at: 'ring', frame: 'D1' });
    expect([out.ret, out.messages, p.pfn('ring')]).toEqual([VM_FAULT_NOPAGE, [], D0]);
  });

  it('vmf_insert_pfn_prot takes its own protection', () => {
    const p = ring('VM_PFNMAP');
    p.run('vmf_insert_pfn_prot', { at: 'ring', frame: 'D0', prot: 'rs' });
    p.run('vmf_insert_pfn_prot', { at: 'ring[1]', frame: 'D1', prot: 'rws' });
    expect(['ring', 'ring[1]'].map((at) => p.k.pte.write(p.raw(at)))).toEqual([false, true]);
  });

  it('answers SIGBUS outside the VMA, after it looked at the flags', () => {
    const p = new Play(arch);
    const call = [
      { type: 'vm_flags_mod', set: 'VM_PFNMAP' },
      { type: 'vmf_insert_pfn', at: '[2]', frame: 'D0' },
    ];
    expect(p.mmap('ring', { pages: 2, file: 'dev', call }).ret).toBe(-EFAULT);
    expect(p.mmap('ring', { pages: 2, file: 'dev', call: call.slice(1) }).crash).toMatchObject({ kind: 'BUG' });
  });

  it('a guarded fault handler answers SIGBUS instead of dying', () => {
    const ops = { fault: { do: 'vmf_insert_pfn', frame: 'D0', guarded: true } };
    const p = ring('VM_IO', { ops });
    const out = p.run('read', { at: 'ring' });
    expect(out).toMatchObject({ signal: 'SIGBUS', crash: null, refused: 'neither PFNMAP nor MIXEDMAP' });
    expect(out.calls[0]).toBe(1);
  });

  it('a fault handler maps the frame that belongs to the page', () => {
    const p = ring('VM_PFNMAP', { pgoff: 9, ops: { fault: { do: 'vmf_insert_pfn', frame: 'D0' } } });
    expect(p.run('read', { at: 'ring[1]' }).value).toBe(0x41);
    expect([p.pte('ring'), p.pfn('ring[1]')]).toEqual(['-', D0 + 1]);
  });
});

it('vmf_insert_pfn makes a special entry where that exists', () => {
  const shown = [withBit, withoutBit].map((arch) => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', call: [{ type: 'vm_flags_mod', set: 'VM_PFNMAP' }] });
    p.run('vmf_insert_pfn', { at: 'ring', frame: 'D0' });
    return p.pte('ring');
  });
  expect(shown).toEqual(['8000 wys', '8000 wy']);
});

describe.each(BOTH)('vmf_insert_pfn as proposed %s', (_, arch) => {
  const profile = findProfile('7.3+cow_pfnmap_by_anon')!;

  it('maps into a COW VM_PFNMAP, but no anonymous memory where that would be taken for a copy', () => {
    const p = new Play(arch, { profile });
    p.mmap('heap');
    p.run('write', { at: 'heap', value: 1 });
    p.mmap('ring', { pages: 2, file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('vm_flags_mod', { at: 'ring', set: 'VM_PFNMAP' });
    expect(p.run('vmf_insert_pfn', { at: 'ring', frame: 'P0' }).ret).toBe(VM_FAULT_NOPAGE);
    expect(p.pfn('ring')).toBe(P0);
    const frame = `0x${p.pfn('heap').toString(16)}`;
    const { ret } = p.run('vmf_insert_pfn', { at: 'ring[1]', frame });
    expect(ret).toBe(arch === withBit ? VM_FAULT_NOPAGE : VM_FAULT_SIGBUS);
  });
});
