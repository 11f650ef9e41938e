// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { lookup } from './lookup.js';

it('has its rows and nothing that every object has', () => {
  const table = lookup({ a: 1, toString: 2 });
  expect([table.a, table.toString, table.constructor, Reflect.get(table, '__proto__'), table.valueOf]).toEqual([
    ...[1, 2, undefined, undefined, undefined],
  ]);
});
