// SPDX-License-Identifier: GPL-2.0-or-later
/** A user's access: what the MMU lets through, and what the fault handler makes of the rest (arch/<arch>/mm/fault.c). */
import { describe, expect, it } from 'vitest';
import { BOTH, P0, Play } from '../play.testkit.js';

const SEGV_MAPERR = 1;
const SEGV_ACCERR = 2;
const BUS_ADRERR = 2;

describe.each(BOTH)('an access %s', (_, arch) => {
  const answer = (p: Play, type: string, at: string): unknown[] => {
    const { signal, si_code, reasons } = p.run(type, { at });
    return [signal, si_code, ...reasons.slice(0, 1)];
  };

  it('where nothing is mapped: SEGV_MAPERR', () => {
    const p = new Play(arch);
    expect(answer(p, 'read', '0x1000')).toEqual(['SIGSEGV', SEGV_MAPERR, 'access_unmapped']);
  });

  it('that the VMA does not allow: SEGV_ACCERR, also where an entry is present', () => {
    const p = new Play(arch);
    p.mmap('text', { prot: 'r' });
    expect(answer(p, 'write', 'text')).toEqual(['SIGSEGV', SEGV_ACCERR, 'access_error']);
    p.run('read', { at: 'text' });
    expect(answer(p, 'write', 'text')).toEqual(['SIGSEGV', SEGV_ACCERR, 'access_error']);
    p.mmap('none', { prot: 'none' });
    expect(answer(p, 'read', 'none')).toEqual(['SIGSEGV', SEGV_ACCERR, 'access_error']);
  });

  it('that a handler refuses: BUS_ADRERR', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ops: { fault: { do: 'sigbus' } } });
    expect(answer(p, 'read', 'ring').slice(0, 2)).toEqual(['SIGBUS', BUS_ADRERR]);
  });

  it('sees the content of the frame that the entry names, and writes there', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    expect(p.run('read', { at: 'ring' }).value).toBe(0x10);
    p.run('write', { at: 'ring', value: 0x99 });
    p.mmap('again', { file: 'dev' });
    p.run('vm_insert_page', { at: 'again', frame: 'P0' });
    expect([p.run('read', { at: 'again' }).value, p.counts(P0)]).toEqual([0x99, [3, 2]]);
  });

  it('marks the entry: young for a read, dirty only for a write', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev' });
    p.run('vm_insert_page', { at: 'ring', frame: 'P0' });
    p.run('read', { at: 'ring' });
    expect([p.k.pte.young(p.raw('ring')), p.k.pte.dirty(p.raw('ring'))]).toEqual([true, false]);
    p.run('write', { at: 'ring' });
    expect(p.k.pte.dirty(p.raw('ring'))).toBe(true);
  });

  it('needs no fault for an entry that allows it', () => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', ops: { fault: { do: 'page', frame: 'P0' } } });
    expect([p.run('read', { at: 'ring' }).calls, p.run('read', { at: 'ring' }).calls]).toEqual([
      [1, 0, 0],
      [0, 0, 0],
    ]);
  });
});
