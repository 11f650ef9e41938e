// SPDX-License-Identifier: GPL-2.0-or-later
/** do_mprotect_pkey() and change_pte_range() (mm/mprotect.c). */
import { describe, expect, it } from 'vitest';
import { VM_ACCOUNT, VM_READ, VM_WRITE } from '../../mm/vm-flags.js';
import { withBit } from '../../toy-lanes.testkit.js';
import { EACCES, EINVAL, ENOMEM } from '../base/errno.js';
import { BOTH, D0, Play } from '../play.testkit.js';

describe.each(BOTH)('mprotect %s', (_, arch) => {
  it('splits a VMA, and merges it again when its parts are alike', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 4 });
    expect(p.run('mprotect', { at: 'heap[1]', pages: 2, prot: 'r' }).ret).toBe(0);
    expect(p.layout().map(([pages]) => pages)).toEqual([1, 2, 1]);
    expect(p.vma('heap[1]').vm_flags & (VM_READ | VM_WRITE)).toBe(VM_READ);
    p.run('mprotect', { at: 'heap[1]', pages: 2, prot: 'rw' });
    expect(p.layout().map(([pages]) => pages)).toEqual([4]);
  });

  it('changes what lies before a hole, and then says ENOMEM', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 3 });
    p.run('munmap', { at: 'heap[1]', pages: 1 });
    expect(p.run('mprotect', { at: 'heap', pages: 3, prot: 'r' }).ret).toBe(-ENOMEM);
    expect([p.vma('heap').vm_flags & VM_WRITE, p.vma('heap[2]').vm_flags & VM_WRITE]).toEqual([0, VM_WRITE]);
    expect(p.run('mprotect', { at: 'heap[1]', pages: 1, prot: 'r' }).ret).toBe(-ENOMEM);
  });

  it('gives no right that was not to be had when the mapping was made', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', prot: 'r', file_readonly: true });
    expect(p.run('mprotect', { at: 'ring', pages: 1, prot: 'rw' }).ret).toBe(-EACCES);
    p.mmap('own', { file: 'dev', prot: 'r', file_readonly: true, flags: 'MAP_PRIVATE' });
    expect(p.run('mprotect', { at: 'own', pages: 1, prot: 'rw' }).ret).toBe(0);
  });

  it('splits no mapping whose driver refuses, and takes it as a whole', () => {
    const p = new Play(arch);
    p.mmap('ring', { pages: 2, file: 'dev', ops: { may_split: 'EINVAL' } });
    expect(p.run('mprotect', { at: 'ring', pages: 1, prot: 'r' }).ret).toBe(-EINVAL);
    expect(p.run('mprotect', { at: 'ring', pages: 2, prot: 'r' }).ret).toBe(0);
  });

  it('takes the write permission out of entries, and the next write is a SIGSEGV', () => {
    const p = new Play(arch);
    p.mmap('heap');
    p.run('write', { at: 'heap' });
    p.run('mprotect', { at: 'heap', pages: 1, prot: 'r' });
    expect(p.k.pte.write(p.raw('heap'))).toBe(false);
    expect(p.run('write', { at: 'heap' })).toMatchObject({ signal: 'SIGSEGV', si_code: 2 });
  });

  it('makes an exclusive page writable at once, and one that is shared with a child not', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 2 });
    p.run('write', { at: 'heap' });
    p.run('fork', { child: 1 });
    p.run('write', { at: 'heap[1]' });
    p.run('mprotect', { at: 'heap', pages: 2, prot: 'r' });
    p.run('mprotect', { at: 'heap', pages: 2, prot: 'rw' });
    expect(['heap', 'heap[1]'].map((at) => p.k.pte.write(p.raw(at)))).toEqual([false, true]);
  });

  it('keeps pfn and special bit of a bare frame', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    const before = p.pte('ring');
    p.run('mprotect', { at: 'ring', pages: 1, prot: 'r' });
    expect([p.pfn('ring'), p.pte('ring')]).toEqual([D0, before.replace('w', '')]);
  });
});

it('mprotect_fixup charges private memory once it is writable, and gives back what was never touched', () => {
  const p = new Play();
  const account = (): boolean => (p.vma('heap').vm_flags & VM_ACCOUNT) !== 0;
  p.mmap('heap', { prot: 'r' });
  expect(account()).toBe(false);
  p.run('mprotect', { at: 'heap', pages: 1, prot: 'rw' });
  expect(account()).toBe(true);
  p.run('mprotect', { at: 'heap', pages: 1, prot: 'r' });
  expect(account()).toBe(false);
  p.run('mprotect', { at: 'heap', pages: 1, prot: 'rw' });
  p.run('write', { at: 'heap' });
  p.run('mprotect', { at: 'heap', pages: 1, prot: 'r' });
  expect(account()).toBe(true);
});

it('calc_vm_prot_bits lets what can be written be read, where the architecture has it so', () => {
  for (const gives of [false, true]) {
    const facts = { ...withBit.facts, PROT_WRITE_gives_VM_READ: gives };
    const arch: typeof withBit = { ...withBit, facts, at: () => arch };
    const p = new Play(arch);
    p.mmap('m', { prot: 'w' });
    const flags = (): number => p.vma('m').vm_flags & 7;
    expect(flags()).toBe(gives ? 3 : 2);
    p.run('mprotect', { at: 'm', pages: 1, prot: 'none' });
    p.run('mprotect', { at: 'm', pages: 1, prot: 'w' });
    expect(flags()).toBe(gives ? 3 : 2);
  }
});
