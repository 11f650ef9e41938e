// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, test } from 'vitest';
import { ownColors, shown } from '../untrusted.js';
import { fit, rule, window } from './screen-text.js';

test('A line is cut to the columns, and says so', () => {
  expect(fit('abcdef', 6)).toBe('abcdef');
  expect(fit('abcdefg', 6)).toBe('abcde~');
  expect(fit('ab', 4, true)).toBe('ab  ');
  expect(fit('ab', 0)).toBe('');
});

test('Colours take no columns, and end with the line', () => {
  const red = ownColors(true).red('abcdef');
  expect(shown(fit(red, 6))).toBe('\u001b[31mabcdef\u001b[39m');
  expect(shown(fit(red, 5))).toBe('\u001b[31mabcd\u001b[39m~\u001b[0m');
});

test('What a log says cannot steer the terminal', () => {
  const title = 'a\u001b]0;t\u0007b\u001b[31mc\u009bd\ne';
  expect(shown(fit(title, 60))).toBe('a\\u001b]0;t\\u0007b\\u001b[31mc\\u009bd e');
});

test('Windows and rules have the size that was asked for', () => {
  expect(window(['a', 'b', 'c'], 1, 3)).toEqual(['b', 'c', '']);
  expect(rule('event', 14)).toBe('-- event -----');
  expect(rule('event', 5)).toBe('-- ev');
});
