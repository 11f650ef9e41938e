// SPDX-License-Identifier: GPL-2.0-or-later
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { fromBase85, toBase85 } from './base85.js';

it('gives back what it was given, whatever the length', () => {
  for (const length of [0, 1, 2, 3, 4, 5, 1001]) {
    const bytes = new Uint8Array(randomBytes(length));
    expect(fromBase85(toBase85(bytes))).toEqual(bytes);
  }
  const most = new Uint8Array(8).fill(255);
  expect(fromBase85(toBase85(most))).toEqual(most);
});

it('takes five characters for four bytes, and none that could end an element', () => {
  const text = toBase85(new Uint8Array(randomBytes(40_000)));
  expect(text.length).toBe('40000 '.length + 50_000);
  expect(text).not.toMatch(/[<"'`\\]/);
});
