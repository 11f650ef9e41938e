// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { namedValue } from './field-values.js';
import type { NamedBits } from './layout.js';

const row = (name: string, mask: bigint): NamedBits => ({ name, mask, meaning: '', kind: 'page' });
const ALL = [
  row('L_PTE_YOUNG', 0x2n),
  row('L_PTE_MT_MASK', 0x3cn),
  row('L_PTE_MT_BUFFERABLE', 0x04n),
  row('L_PTE_MT_DEV_SHARED', 0x10n),
  row('L_PTE_MT_WRITEBACK', 0x0cn),
  row('L_PTE_MT_WRITEALLOC', 0x1cn),
];
const set = (value: bigint): string[] =>
  ALL.filter((bits) => namedValue(bits, ALL, value).set).map(({ name }) => name.replace('L_PTE_', ''));

it.each([
  [0x0en, ['YOUNG', 'MT_MASK', 'MT_WRITEBACK']],
  [0x1cn, ['MT_MASK', 'MT_WRITEALLOC']],
  [0x04n, ['MT_MASK', 'MT_BUFFERABLE']],
  [0x14n, ['MT_MASK']],
  [0x02n, ['YOUNG']],
])('of %i the field has one value, and no flags', (value, names) => {
  expect(set(value)).toEqual(names);
});

it('what is no value of the field stands for nothing', () => {
  expect(namedValue(ALL[2]!, ALL, 0x0cn)).toEqual({ value: 0n, set: false });
  expect(namedValue(ALL[1]!, ALL, 0x0cn)).toEqual({ value: 0x0cn, set: true });
});
