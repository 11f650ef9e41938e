// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { Play } from '../kernel/play.testkit.js';
import { explainOutcome } from './explain-outcome.js';

it('calls a mapping that failed by its address, and not after a neighbour or a label from before', () => {
  const p = new Play();
  p.mmap('before', { at: '0x20000000' });
  const call = [
    { type: 'vm_insert_page', frame: 'P0' },
    { type: 'vm_insert_page', frame: 'P1' },
  ];
  const out = p.mmap('ring', { at: '0x20001000', flags: 'MAP_SHARED|MAP_FIXED', file: 'dev', call });
  expect(out.ret).toBeLessThan(0);
  const { changes } = explainOutcome(p.k, out);
  expect(changes.map(({ at, start }) => [at, start])).toEqual([['0x20001000', '0x20001000']]);
});
