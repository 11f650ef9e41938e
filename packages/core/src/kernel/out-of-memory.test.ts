// SPDX-License-Identifier: GPL-2.0-or-later
/** RAM that is full: VM_FAULT_OOM and -ENOMEM, by the rules of who asked for a page. */
import { describe, expect, it } from 'vitest';
import { withBit } from '../toy-lanes.testkit.js';
import { EAGAIN, ENOMEM } from './base/errno.js';
import { BOTH, Play } from './play.testkit.js';

/** A labelled frame. */
const P0 = 0x1001;
/** Frames of RAM that no label uses. */
const RAM = 6;

function small(arch = withBit, more: object = {}): Play {
  const machine = {
    ram: [[0x1000, 0x1002 + RAM]] as const,
    highest_memmap_pfn: 0x1001 + RAM,
    zero_pfn: 0x1000,
    zero_pages: 1,
    frames: { Z: 0x1000, P0 },
  };
  return new Play(arch, { machine, files: {}, content: {}, ...more });
}

describe.each(BOTH)('out of memory %s', (_, arch) => {
  it('MAP_POPULATE takes what there is, and mmap succeeds (mm_populate ignores errors)', () => {
    const p = small(arch);
    expect(p.mmap('a', { pages: 10, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE' }).ret).toBe(0);
    expect(p.rss()[1]).toBe(RAM);
    expect(p.pte(`a[${RAM}]`)).toBe('-');
  });

  it('a write faults over and over until something is freed', () => {
    const p = small(arch);
    p.mmap('a', { pages: RAM, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE' });
    p.mmap('b', {});
    const { hang, signal, reasons } = p.run('access', { at: 'b', op: 'write' });
    expect([hang, signal]).toEqual([true, null]);
    expect(reasons).toEqual(['no_free_page', 'fault_oom']);
    expect(p.pte('b')).toBe('-');
    p.run('munmap', { at: 'a', pages: 1 });
    expect(p.run('access', { at: 'b', op: 'write' }).hang).toBe(false);
  });

  it('mlock answers -EAGAIN, MADV_POPULATE_WRITE and a pin -ENOMEM', () => {
    const p = small(arch);
    p.mmap('a', { pages: RAM, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE' });
    p.mmap('b', { pages: 2 });
    expect(p.run('mlock', { at: 'b', pages: 2 }).ret).toBe(-EAGAIN);
    expect(p.run('madvise', { at: 'b', pages: 2, advice: 'MADV_POPULATE_WRITE' }).ret).toBe(-ENOMEM);
    expect(p.run('pin_user_pages', { at: 'b', pages: 1, write: true }).ret).toBe(-ENOMEM);
    expect(p.run('access_process_vm', { at: 'b', write: true }).ret).toBe(0);
  });

  it('a copy on write leaves the old page as it was', () => {
    const p = small(arch);
    p.mmap('a', { pages: RAM, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE' });
    p.run('fork', { child: 1 });
    const [pfn, before] = [p.pfn('a'), p.pte('a', 1)];
    expect(p.run('access', { at: 'a', mm: 1, op: 'write' }).hang).toBe(true);
    expect([p.pte('a', 1), p.counts(pfn)]).toEqual([before, [2, 2]]);
  });

  it('a fork that must copy a pinned page fails, and the child is torn down', () => {
    const p = small(arch);
    p.mmap('a', { pages: RAM, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE' });
    p.run('pin_user_pages', { at: 'a[2]', pages: 1, write: true, hold: true });
    const { ret, messages } = p.run('fork', { child: 1 });
    expect([ret, messages]).toEqual([-ENOMEM, []]);
    expect([...p.k.mms.keys()]).toEqual([0]);
    expect([p.counts(p.pfn('a')), p.counts(p.pfn('a[2]'))[1]]).toEqual([[1, 1], 1]);
  });

  it('swapped pages wait for memory', () => {
    const p = small(arch, { swapPages: 64 });
    p.mmap('a', { pages: 2 });
    p.run('access', { at: 'a', op: 'write', value: 5 });
    p.run('access', { at: 'a[1]', op: 'write', value: 6 });
    p.run('madvise', { at: 'a', pages: 2, advice: 'MADV_PAGEOUT' });
    expect([p.pte('a'), p.pte('a[1]')]).toEqual(['swap', 'swap']);
    p.mmap('b', { pages: RAM, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE' });
    expect(p.run('access', { at: 'a', op: 'read' }).hang).toBe(true);
    expect(p.pte('a')).toBe('swap');
    p.run('munmap', { at: 'b', pages: RAM });
    expect(p.run('access', { at: 'a', op: 'read' }).value).toBe(5);
  });

  it('tmpfs has no page to give', () => {
    const p = small(arch, { files: { tmp: { kind: 'shmem', pages: 4 } } });
    p.mmap('a', { pages: RAM, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE' });
    p.mmap('t', { file: 'tmp', flags: 'MAP_SHARED' });
    expect(p.run('access', { at: 't', op: 'read' }).hang).toBe(true);
    expect(p.run('access', { at: 't', op: 'write' }).reasons).toEqual(['no_free_page', 'fault_oom']);
  });
});

it('a file whose content does not fit says which page', () => {
  expect(() => small(withBit, { files: { tmp: { kind: 'shmem', pages: 8, content: [1, 2, 3, 4, 5, 6, 7] } } })).toThrow(
    'no such frame: page 6 of file tmp (RAM is full)',
  );
});
