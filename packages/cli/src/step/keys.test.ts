// SPDX-License-Identifier: GPL-2.0-or-later

import type { Key } from '@specialbit/view';
import { expect, test } from 'vitest';
import { KeyDecoder } from './keys.js';

const names = (keys: readonly Key[]): string[] => keys.map((key) => (key.name === 'char' ? key.char : key.name));

test('Characters, control characters and sequences are told apart', () => {
  const decoder = new KeyDecoder();
  expect(names(decoder.push(' q\r\t\u007f\u0003ä😀'))).toEqual([
    ' ',
    'q',
    'enter',
    'tab',
    'backspace',
    'interrupt',
    'ä',
    '😀',
  ]);
  expect(names(decoder.push('\u001b[A\u001bOB\u001b[5~\u001b[1~\u001b[Z\u001b[1;5C'))).toEqual([
    'up',
    'down',
    'pageup',
    'home',
    'backtab',
    'right',
  ]);
});

test('A sequence may arrive in pieces', () => {
  const decoder = new KeyDecoder();
  expect(decoder.push('\u001b')).toEqual([]);
  expect(decoder.waiting).toBe(true);
  expect(decoder.push('[')).toEqual([]);
  expect(names(decoder.push('6~x'))).toEqual(['pagedown', 'x']);
  expect(decoder.waiting).toBe(false);
});

test('An ESC behind which nothing comes is the key', () => {
  const decoder = new KeyDecoder();
  decoder.push('\u001b');
  expect(names(decoder.flush())).toEqual(['escape']);
  expect(names(decoder.push('\u001bq'))).toEqual(['escape', 'q']);
});

test('What no terminal sends is a key that says nothing', () => {
  const decoder = new KeyDecoder();
  expect(names(decoder.push('\u001b[999~'))).toEqual(['unknown']);
  expect(names(decoder.push(`\u001b[${'1'.repeat(40)}`))).toEqual(['unknown']);
  expect(names(decoder.push('\u0001'))).toEqual(['unknown']);
});
