// SPDX-License-Identifier: GPL-2.0-or-later
/** What drivers do in handlers beside the helpers meant for them: ->mmap's calls in .fault, .huge_fault, moving the VMA. */
import { describe, expect, it } from 'vitest';
import { defineArchitecture } from '../../arch/architecture.js';
import { VM_IO, VM_MIXEDMAP, VM_PFNMAP } from '../../mm/vm-flags.js';
import { defineProfile } from '../../profile/profile.js';
import { linux_6_1, linux_6_12 } from '../../profile/profiles.js';
import { G0, hugeLane, hugeWithBits, PMD_PAGES, PUD_PAGES } from '../../toy-huge.testkit.js';
import { toySpec, withBit } from '../../toy-lanes.testkit.js';
import { EINVAL } from '../base/errno.js';
import { D0, P0, Play } from '../play.testkit.js';

const locked = defineArchitecture({ ...toySpec, name: 'toy-smp', facts: { PER_VMA_LOCK: true } });
const ASSERT = 'WARNING: include/linux/rwsem.h:85';

const device = (fault: object, more: object = {}, arch = locked, fields: object = {}): Play => {
  const p = new Play(arch, { profile: linux_6_12, ...more });
  p.mmap('m', { pages: 2, file: 'dev', ops: { fault }, ...fields });
  return p;
};

describe('in a fault handler', () => {
  it('remap_pfn_range() works, and the kernel warns of the flags that it sets', () => {
    const p = device({ do: 'remap_pfn_range', frame: 'D0' });
    const out = p.run('write', { at: 'm[1]' });
    expect(out.messages.map(({ text }) => text)).toEqual([ASSERT]);
    expect([out.signal, p.pfn('m[1]'), p.pte('m')]).toEqual([null, D0 + 1, '-']);
    expect(p.vma('m').vm_flags & (VM_PFNMAP | VM_IO)).toBe(VM_PFNMAP | VM_IO);
  });

  it('nobody warns before 6.10, nor where VMAs have no lock of their own', () => {
    const fault = { do: 'remap_pfn_range', frame: 'D0' };
    for (const p of [device(fault, { profile: linux_6_1 }), device(fault, {}, withBit)]) {
      expect(p.run('write', { at: 'm' })).toMatchObject({ messages: [], signal: null });
    }
  });

  it('remap_pfn_range() of one page of a COW mapping is refused: SIGBUS', () => {
    const p = device({ do: 'remap_pfn_range', frame: 'D0' }, {}, locked, { flags: 'MAP_PRIVATE' });
    const reasons = ['remap_cow_partial', 'handler_errno', 'fault_sigbus'];
    expect(p.run('read', { at: 'm' })).toMatchObject({ signal: 'SIGBUS', reasons });
  });

  it('vm_insert_page() is a BUG, unless the VMA is VM_MIXEDMAP already', () => {
    const fault = { do: 'vm_insert_page', frame: 'P0' };
    expect(device(fault).run('read', { at: 'm' }).crash?.what).toBe('mmap_read_trylock(vma->vm_mm)');
    const mixed = device(fault, {}, locked, { call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP' }] });
    expect(mixed.run('read', { at: 'm[1]' }).crash).toBeNull();
    expect([mixed.pfn('m[1]'), mixed.counts(P0 + 1)]).toEqual([P0 + 1, [2, 1]]);
  });

  it('calls happen one after the other, and vm_flags change under everybody else', () => {
    const call = [
      { type: 'vm_flags_mod', set: 'VM_MIXEDMAP' },
      { type: 'vm_insert_page', at: '[1]', frame: 'P0' },
      { type: 'vm_insert_page', at: '[0]', frame: 'P1' },
    ];
    const p = device({ do: 'call', call });
    const out = p.run('read', { at: 'm' });
    expect([out.signal, out.messages.length, p.pfn('m'), p.pfn('m[1]')]).toEqual([null, 1, P0 + 1, P0]);
    expect(p.vma('m').vm_flags & VM_MIXEDMAP).toBe(VM_MIXEDMAP);
    // the lock is taken for writing again by the next system call
    expect(p.run('vm_flags_mod', { at: 'm', set: 'VM_IO' }).messages).toEqual([]);
  });
});

describe('.huge_fault', () => {
  const ops = (huge: object) => ({
    fault: { do: 'vmf_insert_pfn', frame: '0x80000', frames: 64 },
    huge_fault: { frame: 'G0', ...huge },
  });
  const vfio = (huge: object = {}, pages = PMD_PAGES, profile = linux_6_12, fields: object = {}): Play => {
    const p = new Play(hugeWithBits, hugeLane(hugeWithBits, profile));
    const call = [{ type: 'vm_flags_mod', set: 'VM_PFNMAP|VM_IO' }];
    p.mmap('m', {
      at: '0x40000000',
      flags: 'MAP_SHARED|MAP_FIXED',
      pages,
      file: 'dev',
      ops: ops(huge),
      call,
      ...fields,
    });
    return p;
  };
  const huge = (p: Play, page = 0): number => p.vma('m').mm.pt.lookup(p.vpn(`m[${page}]`), { lo: 0, hi: 0 });

  it('maps the PMD around the fault', () => {
    const p = vfio();
    expect(p.run('read', { at: 'm[5]' }).signal).toBeNull();
    expect([huge(p), huge(p, PMD_PAGES - 1)]).toEqual([1, 1]);
    expect(p.run('follow_pfnmap', { at: 'm[5]' }).follow?.pfn).toBe(G0 + 5);
  });

  it('falls back to .fault where the VMA or the frames have no room, or the handler does not serve the order', () => {
    for (const p of [vfio({}, PMD_PAGES - 1), vfio({ frame: '0x80001' }), vfio({ pmd: false })]) {
      expect(p.run('read', { at: 'm[5]' }).signal).toBeNull();
      expect([huge(p, 5), huge(p, 6), p.pfn('m[5]'), p.pte('m[6]')]).toEqual([0, 0, G0 + 5, '-']);
    }
  });

  it('of a PUD comes first, and needs a VMA of bare frames', () => {
    const p = vfio({ pud: true }, PUD_PAGES);
    p.run('read', { at: 'm[300]' });
    expect([huge(p), huge(p, PUD_PAGES - 1)]).toEqual([2, 2]);
    expect(p.run('follow_pfnmap', { at: 'm[300]' }).follow?.pfn).toBe(G0 + 300);
  });

  it('is not asked on 6.1, nor in a VM_NOHUGEPAGE', () => {
    for (const p of [vfio({}, PMD_PAGES, linux_6_1), vfio()]) {
      if (p.k.profile === linux_6_12) p.run('vm_flags_mod', { at: 'm', set: 'VM_NOHUGEPAGE' });
      p.run('read', { at: 'm[5]' });
      expect([huge(p), p.pfn('m[5]')]).toEqual([0, G0 + 5]);
    }
  });

  it('hears of a write to a huge entry that is read-only, and makes it writable', () => {
    const p = vfio({ write: true });
    p.run('mprotect', { at: 'm', pages: PMD_PAGES, prot: 'r' });
    p.run('read', { at: 'm' });
    p.run('mprotect', { at: 'm', pages: PMD_PAGES, prot: 'rw' });
    expect(p.run('write', { at: 'm[3]' }).signal).toBeNull();
    expect(huge(p)).toBe(1);
  });
});

describe('a VMA that ->mmap moves', () => {
  it('can be mapped piece by piece and put back, until 6.16 remembers the first piece', () => {
    const pieces = (profile = linux_6_12, arch = withBit): Play => {
      const p = new Play(arch, { profile });
      p.run('mmap.begin', { label: 'm', pages: 4, prot: 'rw', file: 'dev' });
      p.run('set_vm_end', { at: 'm[2]' });
      p.run('dma_mmap_coherent', { at: 'm', frame: 'P0', pages: 2 });
      p.run('set_vm_start', { at: 'm[2]' });
      p.run('set_vm_end', { at: 'm[4]' });
      return p;
    };
    const p = pieces();
    expect(p.run('dma_mmap_coherent', { at: 'm', frame: '0x1008', pages: 2 }).ret).toBe(0);
    p.run('set_vm_start', { at: 'm' });
    expect(p.run('mmap.end')).toMatchObject({ ret: 0, messages: [] });
    expect([p.pfn('m'), p.pfn('m[3]'), p.vma('m').pages]).toEqual([P0, P0 + 9, 4]);

    const tracking = defineArchitecture({ ...toySpec, name: 'toy-pat', facts: { PFNMAP_TRACKING: true } });
    const again = pieces(defineProfile('6.18.15'), tracking).run('dma_mmap_coherent', {
      at: 'm',
      frame: '0x1008',
      pages: 2,
    });
    expect(again).toMatchObject({ ret: -EINVAL, reasons: ['remap_tracked_twice'] });
  });

  it('is warned of when it stays moved, and lies where it was moved to', () => {
    const p = new Play(withBit, { profile: linux_6_12 });
    const call = [{ type: 'set_vm_start', at: '[1]' }];
    const out = p.mmap('m', { pages: 3, file: 'dev', call });
    expect(out.messages.map(({ text }) => text)).toEqual(['WARNING: mm/mmap.c:1469']);
    expect([p.vma('m[1]').pages, p.k.mms.get(0)!.vma_lookup(p.vpn('m'))]).toEqual([2, undefined]);
  });

  it('is not moved once it is linked', () => {
    const p = new Play();
    p.mmap('m', { pages: 3, file: 'dev' });
    expect(() => p.run('set_vm_end', { at: 'm[1]' })).toThrow(/linked/);
  });
});

describe('pages of the kernel itself', () => {
  const machine = (p: Play) => p.k.machine.spec;
  it.each(['slab', 'hugetlb', 'table'])('of type %s are refused', (type) => {
    const usual = machine(new Play());
    const spec = { ...usual, page_types: { [type]: [[P0, P0 + 1]] } };
    const refused = (profile = linux_6_12) => {
      const p = new Play(withBit, { machine: spec as typeof usual, profile });
      p.mmap('m', { pages: 2, file: 'dev' });
      return [p.run('vm_insert_page', { at: 'm', frame: 'P0' }), p.run('vm_insert_page', { at: 'm[1]', frame: 'P1' })];
    };
    const [typed, plain] = refused();
    expect([typed!.ret, typed!.reasons, plain!.ret]).toEqual([-EINVAL, ['insert_typed'], 0]);
    // 6.1 tells pages of hugetlb otherwise
    expect(refused(linux_6_1)[0]!.ret).toBe(type === 'hugetlb' ? 0 : -EINVAL);
  });
});
