// SPDX-License-Identifier: GPL-2.0-or-later
/** follow_pfnmap_start() (mm/memory.c). */
import { describe, expect, it } from 'vitest';
import { defineArchitecture } from '../../arch/architecture.js';
import { toySpec, withBit } from '../../toy-lanes.testkit.js';
import { EINVAL } from '../base/errno.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';

describe.each(BOTH)('follow_pfnmap_start %s', (_, arch) => {
  it('tells pfn, write permission and the special bit of a VM_PFNMAP', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 2, file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0', pages: 2 });
    const { ret, follow } = p.run('follow_pfnmap', { at: 'ring[1]' });
    expect(ret).toBe(0);
    expect(follow).toEqual({ pfn: D0 + 1, writable: true, special: arch === withBit, prot: { lo: 0, hi: 0 } });
  });

  it('refuses a VMA that is neither VM_IO nor VM_PFNMAP', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect(p.run('follow_pfnmap', { at: 'ring' })).toMatchObject({ ret: -EINVAL, follow: null });
    p.run('vm_flags_mod', { at: 'ring', set: 'VM_IO' });
    expect(p.run('follow_pfnmap', { at: 'ring' }).follow).toMatchObject({ pfn: P0, special: false });
  });

  it('faults nothing in', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ops: { fault: { do: 'vmf_insert_pfn', frame: 'D0' } } });
    p.run('vm_flags_mod', { at: 'ring', set: 'VM_PFNMAP' });
    expect(p.run('follow_pfnmap', { at: 'ring' })).toMatchObject({ ret: -EINVAL, calls: [0, 0, 0] });
    p.run('read', { at: 'ring' });
    expect(p.run('follow_pfnmap', { at: 'ring' }).follow?.pfn).toBe(D0);
  });

  it('shows the anonymous copy that a write has made', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', flags: 'MAP_PRIVATE' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    expect(p.run('follow_pfnmap', { at: 'ring' }).follow).toMatchObject({ pfn: D0, writable: false });
    p.run('write', { at: 'ring' });
    const { follow } = p.run('follow_pfnmap', { at: 'ring' });
    expect(follow).toMatchObject({ pfn: p.pfn('ring'), writable: true, special: false });
    expect(follow!.pfn).not.toBe(D0);
  });
});

it('follow_pfnmap_start gives the protection where the architecture has pte_pgprot()', () => {
  const p = new Play(defineArchitecture({ ...toySpec, facts: { pte_pgprot: true } }));
  p.mmap('ring', { file: 'dev' });
  p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
  // present, writable, user, accessed, special
  expect(p.run('follow_pfnmap', { at: 'ring' }).follow!.prot.lo).toBe(0x227);
});
