// SPDX-License-Identifier: GPL-2.0-or-later
/** mseal() (mm/mseal.c), MAP_DROPPABLE (mm/mmap.c), and who respects their flags. */
import { describe, expect, it } from 'vitest';
import { defineArchitecture } from '../../arch/architecture.js';
import { VM_DONTDUMP, VM_DROPPABLE_HI, VM_NORESERVE, VM_SEALED_HI, VM_WIPEONFORK } from '../../mm/vm-flags.js';
import { defineProfile } from '../../profile/profile.js';
import { toySpec } from '../../toy-lanes.testkit.js';
import { EINVAL, ENOMEM, ENOSYS, ENOTSUPP, EOPNOTSUPP, EPERM } from '../base/errno.js';
import { Play } from '../play.testkit.js';

const wide = defineArchitecture({ ...toySpec, bits: 64 });
const narrow = defineArchitecture({ ...toySpec, bits: 32 });
const DROPPABLE = { flags: 'MAP_DROPPABLE|MAP_ANONYMOUS' };

function heap(fields: object = {}, more = {}, arch = wide): Play {
  const p = new Play(arch, more);
  p.mmap('heap', { pages: 4, flags: 'MAP_PRIVATE|MAP_ANONYMOUS', ...fields });
  return p;
}

describe('mseal', () => {
  it('splits off what it seals, and says so by a bit above 2^32', () => {
    const p = heap();
    expect(p.run('mseal', { at: 'heap[1]', pages: 2 }).ret).toBe(0);
    expect(p.k.mms.get(0)!.vmas.map(({ pages, vm_flags_hi }) => [pages, vm_flags_hi])).toEqual([
      [1, 0],
      [2, VM_SEALED_HI],
      [1, 0],
    ]);
    expect(p.run('mseal', { at: 'heap', pages: 4 }).ret).toBe(0);
    expect(p.k.mms.get(0)!.vmas.map(({ pages }) => pages)).toEqual([4]);
  });

  it.each([
    ['6.12.117', [6], []],
    ['6.18.15', [4, 1, 1], ['WARNING: mm/vma.c:834']],
    ['7.3.4', [6], []],
  ])('goes on behind what it merged with, but for 6.17 and 6.18: %s', (version, pages, messages) => {
    const p = heap({ pages: 6 }, { profile: defineProfile(version) });
    p.run('mseal', { at: 'heap[2]', pages: 2 });
    p.run('mseal', { at: 'heap[5]', pages: 1 });
    const out = p.run('mseal', { at: 'heap', pages: 6 });
    expect([out.ret, out.messages.map(({ text }) => text)]).toEqual([0, messages]);
    expect(p.k.mms.get(0)!.vmas.map((vma) => vma.pages)).toEqual(pages);
    expect(p.k.mms.get(0)!.vmas.every(({ vm_flags_hi }) => vm_flags_hi === VM_SEALED_HI)).toBe(true);
  });

  it('refuses a range with a hole, and is not there on older kernels and on 32 bits', () => {
    const p = heap();
    p.run('munmap', { at: 'heap[1]', pages: 1 });
    expect(p.run('mseal', { at: 'heap', pages: 4 }).ret).toBe(-ENOMEM);
    const seal = { at: 'heap', pages: 4 };
    expect(heap({}, { profile: defineProfile('6.9') }).run('mseal', seal).ret).toBe(-ENOSYS);
    expect(heap({}, {}, narrow).run('mseal', seal).ret).toBe(-ENOSYS);
  });

  it.each([['6.12.117'], ['6.18.15'], ['7.3.4']])('keeps a mapping as it is, on %s', (version) => {
    const p = heap({}, { profile: defineProfile(version) });
    p.run('access', { at: 'heap[2]', op: 'write' });
    p.run('mseal', { at: 'heap', pages: 4 });
    const rets = [
      p.run('munmap', { at: 'heap[1]', pages: 1 }).ret,
      p.run('mprotect', { at: 'heap', pages: 1, prot: 'r' }).ret,
      p.run('mremap', { at: 'heap', pages: 4, new_pages: 8, flags: 'MREMAP_MAYMOVE' }).ret,
      p.run('mremap', { at: 'heap', pages: 4, new_pages: 2 }).ret,
      p.mmap('over', { at: 'heap[3]', pages: 1, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' }).ret,
    ];
    expect(rets).toEqual(rets.map(() => -EPERM));
    expect(p.k.mms.get(0)!.vmas.map(({ pages }) => pages)).toEqual([4]);
    expect(p.run('mlock', { at: 'heap', pages: 4 }).ret).toBe(0);
  });

  it('forbids to discard what cannot be written, and nothing else', () => {
    const p = heap();
    p.run('mseal', { at: 'heap', pages: 4 });
    expect(p.run('madvise', { at: 'heap', pages: 4, advice: 'MADV_DONTNEED' }).ret).toBe(0);
    const q = heap({ prot: 'r' });
    q.run('mseal', { at: 'heap', pages: 4 });
    expect(q.run('madvise', { at: 'heap', pages: 4, advice: 'MADV_DONTNEED' }).ret).toBe(-EPERM);
    expect(q.run('madvise', { at: 'heap', pages: 4, advice: 'MADV_COLD' }).ret).toBe(0);
  });

  it('leaves a neighbour of the range split where munmap() had begun', () => {
    const p = heap();
    p.run('mseal', { at: 'heap[3]', pages: 1 });
    expect(p.run('munmap', { at: 'heap[1]', pages: 3 }).ret).toBe(-EPERM);
    expect(p.k.mms.get(0)!.vmas.map(({ pages }) => pages)).toEqual([1, 2, 1]);
  });
});

describe('MAP_DROPPABLE', () => {
  it('is not reserved, not dumped, wiped in a child, and never locked', () => {
    const p = heap(DROPPABLE);
    const flags = VM_NORESERVE | VM_WIPEONFORK | VM_DONTDUMP;
    expect([p.vma('heap').vm_flags & flags, p.vma('heap').vm_flags_hi]).toEqual([flags, VM_DROPPABLE_HI]);
    const before = p.vma('heap').vm_flags;
    expect(p.run('mlock', { at: 'heap', pages: 4 }).ret).toBe(0);
    expect(p.vma('heap').vm_flags).toBe(before);
    for (const advice of ['MADV_KEEPONFORK', 'MADV_DODUMP'])
      expect(p.run('madvise', { at: 'heap', pages: 4, advice }).ret, advice).toBe(-EINVAL);
  });

  it('does not merge with other memory', () => {
    const p = heap();
    p.mmap('next', { at: 'heap[4]', pages: 1, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    p.mmap('drop', { at: 'heap[5]', pages: 1, flags: 'MAP_DROPPABLE|MAP_ANONYMOUS|MAP_FIXED' });
    expect(p.k.mms.get(0)!.vmas.map(({ pages }) => pages)).toEqual([5, 1]);
  });

  it('is refused with a lock, without its bit, and by older kernels', () => {
    const ret = (fields: object, more = {}, arch = wide): number | null => {
      const p = new Play(arch, more);
      return p.mmap('heap', { pages: 4, ...fields }).ret;
    };
    expect(ret({ flags: 'MAP_DROPPABLE|MAP_ANONYMOUS|MAP_LOCKED' })).toBe(-EINVAL);
    expect(ret(DROPPABLE, {}, narrow)).toBe(-EOPNOTSUPP);
    expect(ret(DROPPABLE, { profile: defineProfile('6.18.15') }, narrow)).toBe(-ENOTSUPP);
    expect(ret(DROPPABLE, { profile: defineProfile('6.10') })).toBe(-EINVAL);
  });
});
