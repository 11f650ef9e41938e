// SPDX-License-Identifier: GPL-2.0-or-later
/** prctl(PR_SET_MEMORY_MERGE) (kernel/sys.c, mm/ksm.c). */
import { expect, it } from 'vitest';
import { VM_MERGEABLE } from '../../mm/vm-flags.js';
import { defineProfile } from '../../profile/profile.js';
import { withBit } from '../../toy-lanes.testkit.js';
import { EINVAL } from '../base/errno.js';
import { Play } from '../play.testkit.js';

const PRCTL = { option: 'PR_SET_MEMORY_MERGE' };
const play = (version: string, config: readonly 'CONFIG_KSM'[] = ['CONFIG_KSM']): Play =>
  new Play(withBit, { profile: defineProfile(version, { config }) });
const mergeable = (p: Play, at: string, mm = 0): boolean => (p.vma(at, mm).vm_flags & VM_MERGEABLE) !== 0;

it('marks what there is and what comes, but nothing shared and nothing of a driver', () => {
  const p = play('6.12.117');
  p.mmap('old', { at: '0x20000000', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
  p.mmap('shared', { file: 'tmp' });
  expect(p.run('prctl', PRCTL).ret).toBe(0);
  p.mmap('new', { at: '0x30000000', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
  p.mmap('bar', { file: 'dev', flags: 'MAP_PRIVATE', call: [{ type: 'vm_flags_mod', set: 'VM_IO' }] });
  expect(['old', 'shared', 'new', 'bar'].map((at) => mergeable(p, at))).toEqual([true, false, true, false]);
  p.run('fork', { child: 1 });
  p.run('prctl', { ...PRCTL, value: false });
  expect(['old', 'new'].map((at) => mergeable(p, at))).toEqual([false, false]);
  p.run('mmap', { mm: 1, label: 'c', pages: 1, prot: 'rw' });
  expect([mergeable(p, 'old', 1), mergeable(p, 'c', 1)]).toEqual([true, true]);
});

it('keeps new mappings from merging with old ones, until 6.17', () => {
  const vmas = (version: string): number => {
    const p = play(version);
    p.run('prctl', PRCTL);
    const flags = 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED';
    p.mmap('a', { at: '0x20000000', flags });
    p.mmap('b', { at: '0x20001000', flags });
    return p.layout().length;
  };
  expect([vmas('6.12.117'), vmas('6.18.15')]).toEqual([2, 1]);
});

it('is EINVAL without KSM, and before 6.4', () => {
  expect(play('6.12.117', []).mmap('m').ret).toBe(0);
  const without = play('6.12.117', []);
  without.mmap('m');
  expect(without.run('prctl', PRCTL)).toMatchObject({ ret: -EINVAL, reasons: ['prctl_no_ksm'] });
  const old = play('6.1.176');
  old.mmap('m');
  expect(old.run('prctl', PRCTL)).toMatchObject({ ret: -EINVAL, reasons: ['prctl_unknown'] });
});
