// SPDX-License-Identifier: GPL-2.0-or-later
/** mlock() and munlock() (mm/mlock.c). */
import { describe, expect, it } from 'vitest';
import { PG } from '../../machine/frame-table.js';
import { VM_LOCKED } from '../../mm/vm-flags.js';
import { ENOMEM } from '../base/errno.js';
import { BOTH, Play } from '../play.testkit.js';

describe.each(BOTH)('mlock %s', (_, arch) => {
  it('faults pages in and marks them; munlock takes the mark away and leaves them', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 2 });
    expect(p.run('mlock', { at: 'heap', pages: 2 }).ret).toBe(0);
    const page = p.pfn('heap[1]');
    expect([p.rss()[1], p.flag(page, PG.mlocked), p.k.mms.get(0)!.locked_vm]).toEqual([2, true, 2]);
    p.run('munlock', { at: 'heap[1]', pages: 1 });
    expect([p.pfn('heap[1]'), p.flag(page, PG.mlocked), p.k.mms.get(0)!.locked_vm]).toEqual([page, false, 1]);
  });

  it('passes over VM_SPECIAL: no lock, no page', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('remap_pfn_range', { at: 'ring', frame: 'D0' });
    p.run('mlock', { at: 'ring', pages: 1 });
    expect([p.vma('ring').vm_flags & VM_LOCKED, p.k.mms.get(0)!.locked_vm]).toEqual([0, 0]);
  });

  it('says ENOMEM at a hole', () => {
    const p = new Play(arch);
    p.mmap('heap', { pages: 3 });
    p.run('munmap', { at: 'heap[1]', pages: 1 });
    expect(p.run('mlock', { at: 'heap', pages: 3 }).ret).toBe(-ENOMEM);
    expect([p.vma('heap').vm_flags & VM_LOCKED, p.vma('heap[2]').vm_flags & VM_LOCKED]).toEqual([VM_LOCKED, 0]);
  });
});
