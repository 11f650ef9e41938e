// SPDX-License-Identifier: GPL-2.0-or-later
/** brk() (mm/mmap.c), exec_mmap() (fs/exec.c) and expand_downwards() (mm/mmap.c). */
import { describe, expect, it } from 'vitest';
import { Play } from '../play.testkit.js';

const START = 0x10000000;
const STACK = 'VM_READ|VM_WRITE|VM_MAYREAD|VM_MAYWRITE|VM_GROWSDOWN|VM_ACCOUNT';

function program(): Play {
  const p = new Play();
  p.run('execve', { mm: 1, start_brk: START, start_stack: 0xb0000000, comm: 'a' });
  p.run('map_vma', { mm: 1, label: 'stack', at: '0xaffff000', pages: 1, vm_flags: STACK });
  return p;
}

describe('brk', () => {
  const brk = (p: Play, to: number): number => p.run('brk', { mm: 1, brk: to }).ret;

  it('tells where the data segment ends when it is asked for less than its start', () => {
    const p = program();
    expect([brk(p, 0), brk(p, START - 1)]).toEqual([START, START]);
  });

  it('maps whole pages, and remembers bytes', () => {
    const p = program();
    expect(brk(p, START + 0x1001)).toBe(START + 0x1001);
    expect(p.layout(1)[0]).toEqual([2, START / 0x1000]);
    expect(brk(p, START + 0x2000)).toBe(START + 0x2000);
    expect(p.layout(1)[0]![0]).toBe(2);
  });

  it('grows the VMA that is there, and unmaps when it shrinks', () => {
    const p = program();
    brk(p, START + 0x1000);
    brk(p, START + 0x4000);
    expect(p.layout(1).map(([pages]) => pages)).toEqual([4, 1]);
    p.run('write', { mm: 1, at: '0x10003000' });
    expect(p.rss(1)[1]).toBe(1);
    expect(brk(p, START + 0x1000)).toBe(START + 0x1000);
    expect([p.layout(1)[0]![0], p.rss(1)[1]]).toEqual([1, 0]);
  });

  it('refuses to reach another mapping or the page before it, and stays', () => {
    const p = program();
    p.run('map_vma', { mm: 1, at: '0x10003000', pages: 1, vm_flags: 'VM_READ|VM_MAYREAD' });
    expect(brk(p, START + 0x3000)).toBe(START);
    expect(brk(p, START + 0x2000)).toBe(START + 0x2000);
  });
});

describe('exec_mmap', () => {
  it('takes the old address space down, and begins with an empty one', () => {
    const p = program();
    p.run('write', { mm: 1, at: 'stack' });
    const page = p.pfn('stack', 1);
    const out = p.run('execve', { mm: 1, start_brk: START, start_stack: 0xb0000000, comm: 'b' });
    expect([out.messages, p.counts(page), p.layout(1), p.rss(1)]).toEqual([[], [0, 0], [], [0, 0, 0, 0]]);
    expect([p.k.mms.get(1)!.comm, p.k.mms.get(1)!.brk]).toEqual(['b', START]);
  });
});

describe('expand_stack', () => {
  it('grows a stack down to the page that is touched, its vm_pgoff with it', () => {
    const p = program();
    expect(p.run('write', { mm: 1, at: '0xafffc000' }).signal).toBeNull();
    expect(p.layout(1)).toEqual([[4, 0xafffc]]);
    expect(p.rss(1)[1]).toBe(1);
  });

  it('grows no further than the limit of 8 MiB', () => {
    const p = program();
    expect(p.run('write', { mm: 1, at: '0xaf7ff000' }).signal).toBe('SIGSEGV');
    expect(p.run('write', { mm: 1, at: '0xaf800000' }).signal).toBeNull();
  });

  it('keeps 256 pages away from an accessible mapping below', () => {
    const p = program();
    p.run('map_vma', { mm: 1, at: '0xafe00000', pages: 1, vm_flags: 'VM_READ|VM_MAYREAD' });
    expect(p.run('write', { mm: 1, at: '0xaff00000' })).toMatchObject({ signal: 'SIGSEGV', si_code: 1 });
    expect(p.run('write', { mm: 1, at: '0xaff01000' }).signal).toBeNull();
  });

  it('grows nothing else', () => {
    const p = new Play();
    p.mmap('heap');
    const below = `0x${(p.vpn('heap') - 1).toString(16)}000`;
    expect(p.run('write', { at: below })).toMatchObject({ signal: 'SIGSEGV', si_code: 1 });
  });
});
