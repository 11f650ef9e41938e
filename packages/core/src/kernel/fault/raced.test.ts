// SPDX-License-Identifier: GPL-2.0-or-later
/** Faults that found no entry before others made one, and drivers that call without the lock. */
import { describe, expect, it } from 'vitest';
import { BOTH, Play } from '../play.testkit.js';

const dev = { file: 'dev' };
const handler = (what: string): object => ({ ...dev, ops: { fault: { do: what, frame: 'P0' } } });
const MIXED = { call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP' }] };

describe.each(BOTH)('a fault that found no entry, %s', (_, arch) => {
  it('calls the handler for a page that is there by now, and leaves the page as it is', () => {
    const play = new Play(arch);
    play.mmap('a', handler('page'));
    play.run('read', { at: 'a' });
    const before = play.pte('a');
    const count = play.k.page_count(play.pfn('a'));
    const out = play.run('read', { at: 'a', raced: true });
    expect(out).toMatchObject({ signal: null, calls: [1, 0, 0] });
    expect([play.pte('a'), play.k.page_count(play.pfn('a'))]).toEqual([before, count]);
  });

  it('lets the handler insert a page that is there: vm_insert_page says -EBUSY, and the access goes on', () => {
    const play = new Play(arch);
    play.mmap('a', { ...handler('vm_insert_page'), ...MIXED });
    expect(play.run('write', { at: 'a' }).signal).toBeNull();
    expect(play.run('write', { at: 'a' }).calls[0]).toBe(0);
    const count = play.k.page_count(play.pfn('a'));
    expect(play.run('write', { at: 'a', raced: true })).toMatchObject({ signal: null, calls: [1, 0, 0] });
    expect(play.k.page_count(play.pfn('a'))).toBe(count);
  });

  it('allocates nothing that stays, in memory of its own', () => {
    const play = new Play(arch);
    play.mmap('a');
    play.run('write', { at: 'a', value: 7 });
    const before = [play.pte('a'), [...play.k.mms.get(0)!.rss]];
    expect(play.run('write', { at: 'a', value: 8, raced: true }).signal).toBeNull();
    expect([play.pte('a'), [...play.k.mms.get(0)!.rss]]).toEqual(before);
  });

  it('is any fault where there is still none', () => {
    const play = new Play(arch);
    play.mmap('a', handler('page'));
    expect(play.run('read', { at: 'a', raced: true })).toMatchObject({ signal: null, calls: [1, 0, 0] });
  });
});

describe('a driver that calls outside of ->mmap', () => {
  it.each(['read', 'none'])(
    'with the mmap_lock held for %s dies of vm_insert_page without VM_MIXEDMAP',
    (mmap_lock) => {
      const play = new Play();
      play.mmap('a', dev);
      const insert = { at: 'a', frame: 'P0', mmap_lock };
      expect(play.run('vm_insert_page', insert).crash).toMatchObject({ kind: 'BUG', where: 'vm_insert_page' });
      play.mmap('b', { ...dev, ...MIXED });
      expect(play.run('vm_insert_page', { ...insert, at: 'b' }).ret).toBe(0);
    },
  );

  it('is not caught without the lock while another mapping is made', () => {
    const play = new Play();
    play.mmap('a', dev);
    play.run('mmap.begin', { label: 'b', pages: 1, prot: 'rw', ...dev });
    expect(play.run('vm_insert_page', { at: 'a', frame: 'P0', mmap_lock: 'none' })).toMatchObject({
      crash: null,
      ret: 0,
    });
  });
});
