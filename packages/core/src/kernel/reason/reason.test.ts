// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { withBit, withoutBit } from '../../toy-lanes.testkit.js';
import { Play } from '../play.testkit.js';
import { REASONS } from './index.js';

const files = { dev: { kind: 'device', pages: 0 } } as const;
const dev = { label: 'm', pages: 1, prot: 'rw', file: 'dev' };

describe('the reason of a failure', () => {
  it('is the condition at which a function failed, and what was made of it above', () => {
    const play = new Play(withBit, { files });
    play.mmap('m', dev);
    expect(play.run('write', { at: 'm' }).reasons).toEqual(['no_fault_handler', 'fault_sigbus']);
    expect(play.run('vm_insert_page', { at: 'm', frame: 'D0' }).reasons).toEqual(['insert_no_struct_page']);
    expect(play.run('read', { at: '0x1000' }).reasons).toEqual(['access_unmapped']);
    expect(play.run('follow_pfnmap', { at: 'm' }).reasons).toEqual(['follow_not_pfnmap']);
  });

  it('tells an insertion refused from one that another was faster at', () => {
    const play = new Play(withoutBit, { files });
    play.mmap('m', { ...dev, call: [{ type: 'vm_insert_page', frame: 'P0' }] });
    expect(play.run('vm_insert_page', { at: 'm', frame: 'P1' }).reasons).toEqual(['insert_busy']);
    expect(play.run('vmf_insert_mixed', { at: 'm', frame: 'P1' }).reasons).toEqual([]);
  });

  it('is not there after a success, whatever failed on the way', () => {
    const play = new Play(withBit, { files });
    play.mmap('a', { flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE', prot: 'none' });
    expect(play.run('pin_user_pages', { at: 'a', pages: 1 }).reasons).toEqual(['gup_not_readable']);
    expect(play.run('mprotect', { at: 'a', pages: 1, prot: 'rw' }).reasons).toEqual([]);
    expect(play.run('pin_user_pages', { at: 'a', pages: 9 })).toMatchObject({ ret: 1, reasons: ['gup_unmapped'] });
    expect(play.run('pin_user_pages', { at: 'a', pages: 1 })).toMatchObject({ ret: 1, reasons: [] });
  });

  it('names a kernel function and its file, in words without a full stop', () => {
    for (const reason of Object.values(REASONS)) {
      expect(reason.where).toMatch(/^[a-z_0-9>-]+$/);
      expect(reason.condition).not.toMatch(/\.$/);
    }
  });
});
