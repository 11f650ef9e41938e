// SPDX-License-Identifier: GPL-2.0-or-later
/** dma_mmap_coherent() and its relatives (kernel/dma/mapping.c), remap_vmalloc_range() (mm/vmalloc.c). */
import { describe, expect, it } from 'vitest';
import { type Architecture, defineArchitecture } from '../../arch/architecture.js';
import { bit } from '../../arch/mask.js';
import { VM_DONTDUMP, VM_DONTEXPAND, VM_MIXEDMAP, VM_PFNMAP } from '../../mm/vm-flags.js';
import { defineProfile } from '../../profile/profile.js';
import { toySpec, withBit } from '../../toy-lanes.testkit.js';
import { EINVAL, ENXIO } from '../base/errno.js';
import { D0, P0, Play } from '../play.testkit.js';

const [UNCACHED, COMBINED] = [bit(10), bit(11)];
const PGPROT = { noncached: { or: UNCACHED }, writecombine: { or: COMBINED } } as const;
const typed = (facts: object): Architecture =>
  defineArchitecture({ ...toySpec, name: 'toy-typed', layout: { ...toySpec.layout, pgprot: PGPROT }, facts });
const incoherent = typed({ ARCH_HAS_SYNC_DMA_FOR_DEVICE: true });

/** Maps `pages` pages of a device in ->mmap with one call, at offset `pgoff`. */
const mapped = (arch: Architecture, call: object, fields: object = {}, more = {}) => {
  const p = new Play(arch, more);
  const out = p.mmap('m', { pages: 2, file: 'dev', call: [call], ...fields });
  return { p, out };
};
const typeOf = (p: Play): number => p.raw('m').lo & Number(UNCACHED | COMBINED);

describe('dma_mmap_coherent', () => {
  it('remaps the whole VMA from vm_pgoff of the memory on', () => {
    const call = { type: 'dma_mmap_coherent', frame: 'P0', pages: 4 };
    const { p, out } = mapped(withBit, call, { pgoff: 2 });
    expect(out.ret).toBe(0);
    expect([p.pfn('m'), p.pfn('m[1]')]).toEqual([P0 + 2, P0 + 3]);
    expect(p.vma('m').vm_flags & (VM_PFNMAP | VM_MIXEDMAP)).toBe(VM_PFNMAP);
    expect(p.counts(P0 + 2)).toEqual([1, 0]);
  });

  it.each(['dma_mmap_coherent', 'dma_mmap_wc', 'dma_mmap_pages'])('%s refuses with ENXIO what is larger', (type) => {
    const call = { type, frame: 'P0', pages: 4 };
    expect(mapped(withBit, call, { pgoff: 3 }).out).toMatchObject({
      ret: -ENXIO,
      reasons: [type === 'dma_mmap_pages' ? 'dma_mmap_pages_range' : 'dma_mmap_range'],
    });
    expect(mapped(withBit, call, { pgoff: 4 }).out.ret).toBe(-ENXIO);
    expect(mapped(withBit, call, { pages: 5 }).out.ret).toBe(-ENXIO);
    expect(mapped(withBit, call, { pages: 4 }).out.ret).toBe(0);
  });

  it('of pages of an IOMMU counts them, as vm_map_pages() does', () => {
    const { p, out } = mapped(withBit, { type: 'dma_mmap_coherent', frame: 'P0', pages: 2, via: 'iommu_pages' });
    expect(out.ret).toBe(0);
    expect(p.vma('m').vm_flags & (VM_PFNMAP | VM_MIXEDMAP)).toBe(VM_MIXEDMAP);
    expect([p.counts(P0), p.rss()]).toEqual([
      [2, 1],
      [2, 0, 0, 0],
    ]);
  });

  it('is uncached for a device that does not snoop, and only where there can be one', () => {
    const call = { type: 'dma_mmap_coherent', frame: 'D0', pages: 2 };
    expect(typeOf(mapped(incoherent, call).p)).toBe(Number(UNCACHED));
    expect(typeOf(mapped(incoherent, { ...call, coherent: true }).p)).toBe(0);
    expect(typeOf(mapped(typed({}), { ...call, coherent: false }).p)).toBe(0);
    const usual = typed({ ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, ARCH_DMA_DEFAULT_COHERENT: true });
    expect(typeOf(mapped(usual, call).p)).toBe(0);
    expect(typeOf(mapped(usual, { ...call, coherent: false }).p)).toBe(Number(UNCACHED));
    expect(typeOf(mapped(incoherent, { ...call, type: 'dma_mmap_pages' }).p)).toBe(0);
  });

  it('combines writes where dma_pgprot() knows of it', () => {
    const call = { type: 'dma_mmap_wc', frame: 'D0', pages: 2 };
    expect(typeOf(mapped(incoherent, call).p)).toBe(Number(UNCACHED));
    const combining = typed({ ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, ARCH_HAS_DMA_WRITE_COMBINE: true });
    expect(typeOf(mapped(combining, call).p)).toBe(Number(COMBINED));
  });
});

describe('remap_vmalloc_range', () => {
  const call = { type: 'remap_vmalloc_range', frame: 'P0', pages: 4 };

  it('inserts the pages of the area, and keeps the VMA from growing', () => {
    const { p, out } = mapped(withBit, { ...call, pgoff: 2 });
    expect(out.ret).toBe(0);
    expect([p.pfn('m'), p.pfn('m[1]'), p.counts(P0 + 2)]).toEqual([P0 + 2, P0 + 3, [2, 1]]);
    const flags = VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTDUMP;
    expect(p.vma('m').vm_flags & flags).toBe(flags);
  });

  it('refuses an area that is too small, and one that is not for users', () => {
    expect(mapped(withBit, { ...call, pgoff: 3 }).out).toMatchObject({ ret: -EINVAL, reasons: ['vmalloc_range'] });
    const plain = mapped(withBit, { ...call, area: 'vmalloc' }).out;
    expect(plain).toMatchObject({ ret: -EINVAL, reasons: ['vmalloc_not_user'] });
    expect(mapped(withBit, { ...call, area: 'dma_alloc_coherent' }).out.ret).toBe(0);
  });

  it('of a part leaves what it inserted before an error', () => {
    const p = new Play();
    p.mmap('m', { pages: 4, file: 'dev', call: [{ type: 'vm_insert_page', at: '[2]', frame: 'P3' }] });
    const part = { frame: 'P0', pages: 4, at: 'm[1]', size: 2 };
    expect(p.run('remap_vmalloc_range_partial', part)).toMatchObject({ reasons: ['insert_busy'] });
    expect([p.pte('m'), p.pfn('m[1]'), p.pfn('m[2]')]).toEqual(['-', P0, P0 + 3]);
    expect(p.vma('m').vm_flags & VM_DONTEXPAND).toBe(0);
  });
});

describe('a memory type', () => {
  const after = (calls: string[], arch = typed({}), more = {}): Play => {
    const p = new Play(arch, more);
    const call = [...calls.map((type) => ({ type })), { type: 'remap_pfn_range', frame: 'D0', pages: 2 }];
    p.mmap('m', { pages: 2, file: 'dev', call });
    return p;
  };

  it('is in the entries that are made with vm_page_prot, and in those of a later fault', () => {
    expect(typeOf(after(['pgprot_noncached']))).toBe(Number(UNCACHED));
    expect(typeOf(after(['pgprot_writecombine']))).toBe(Number(COMBINED));
    // include/linux/pgtable.h: pgprot_device() is pgprot_noncached()
    expect(typeOf(after(['pgprot_device']))).toBe(Number(UNCACHED));
    expect(typeOf(after(['pgprot_noncached', 'vm_get_page_prot']))).toBe(0);
    expect(typeOf(after(['pgprot_noncached'], withBit))).toBe(0);
    const p = new Play(typed({}));
    const ops = { fault: { do: 'vmf_insert_pfn', frame: 'D0' } };
    const call = [{ type: 'vm_flags_mod', set: 'VM_PFNMAP' }, { type: 'pgprot_noncached' }];
    p.mmap('m', { file: 'dev', ops, call });
    p.run('read', { at: 'm' });
    expect([p.pfn('m'), typeOf(p)]).toEqual([D0, Number(UNCACHED)]);
  });

  it('outlives mprotect, in vm_page_prot and so in entries that come later', () => {
    const p = after(['pgprot_writecombine']);
    p.run('zap_vma_ptes', { at: 'm', pages: 2 });
    p.run('mprotect', { at: 'm', pages: 2, prot: 'r' });
    p.run('remap_pfn_range', { at: 'm', frame: 'D0', pages: 1 });
    expect([p.pte('m'), typeOf(p)]).toEqual([`${D0.toString(16)} ys`, Number(COMBINED)]);
  });

  it('of a kernel without PAT is another', () => {
    const pgprot = { ...PGPROT, writecombine_nopat: { or: UNCACHED } };
    const arch = defineArchitecture({ ...toySpec, layout: { ...toySpec.layout, pgprot } });
    expect(typeOf(after(['pgprot_writecombine'], arch))).toBe(Number(UNCACHED));
    const profile = defineProfile('6.12.117', { config: ['CONFIG_X86_PAT'] });
    expect(typeOf(after(['pgprot_writecombine'], arch, { profile }))).toBe(Number(COMBINED));
  });
});
