// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, test } from 'vitest';
import { fit, rule, window } from './screen-text.js';

test('A line is cut to the columns, and says so', () => {
  expect(fit('abcdef', 6)).toBe('abcdef');
  expect(fit('abcdefg', 6)).toBe('abcde~');
  expect(fit('ab', 4, true)).toBe('ab  ');
  expect(fit('ab', 0)).toBe('');
});

test('Colours take no columns, and end with the line', () => {
  expect(fit('\u001b[31mabcdef\u001b[39m', 6)).toBe('\u001b[31mabcdef\u001b[39m');
  expect(fit('\u001b[31mabcdefg\u001b[39m', 6)).toBe('\u001b[31mabcde\u001b[39m~\u001b[0m');
});

test('What a log says cannot steer the terminal', () => {
  expect(fit('a\u001b]0;title\u0007b\u001b[2Jc\u009bd', 40)).toBe('a?]0;title?b?[2Jc?d');
});

test('Windows and rules have the size that was asked for', () => {
  expect(window(['a', 'b', 'c'], 1, 3)).toEqual(['b', 'c', '']);
  expect(rule('event', 14)).toBe('-- event -----');
  expect(rule('event', 5)).toBe('-- ev');
});
