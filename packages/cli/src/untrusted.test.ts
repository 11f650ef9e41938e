// SPDX-License-Identifier: GPL-2.0-or-later
import { width } from '@specialbit/view';
import { expect, it } from 'vitest';
import { harmless, ownColors, shown } from './untrusted.js';

const color = ownColors(true);

it.each([
  ['a title \u001b]0;PWN\u0007', 'a title \\u001b]0;PWN\\u0007'],
  ['\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
  ['\u009b31m', '\\u009b31m'],
  ['over\rwritten', 'over\\u000dwritten'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['tab\tand\nline', 'tab\tand\nline'],
  ['ring[2] ä 漢 🙂', 'ring[2] ä 漢 🙂'],
])('%j is shown as %j', (text, expected) => {
  expect(shown(text)).toBe(expected);
  expect(shown(color.red(text))).toBe(`\u001b[31m${expected}\u001b[39m`);
});

it('colours stay colours, one in another, and take no columns', () => {
  const text = color.red(`a ${color.bold('b')} ${color.green('c')} d`);
  expect(width(text)).toBe('a b c d'.length);
  expect(shown(text)).toBe('\u001b[31ma \u001b[1mb\u001b[22m \u001b[32mc\u001b[31m d\u001b[39m');
  expect(shown(harmless(text))).toBe(shown(text));
});

it('a sequence that looks like ours is not one', () => {
  expect(shown('\u001b[1234567890;31m')).toContain('\\u001b');
  expect(shown(color.red('\u001b[1234567890;31m'))).toBe('\u001b[31m\\u001b[1234567890;31m\u001b[39m');
});

it('JSON stays JSON', () => {
  const value = { name: '\u009b\u202e\u0007\n' };
  expect(JSON.parse(shown(JSON.stringify(value)))).toEqual(value);
});

it('without colours every sequence is an input of somebody', () => {
  const plain = ownColors(false);
  expect(shown(plain.red('\u001b[1mx'))).toBe('\\u001b[1mx');
});
