// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { count, MAIL_WIDTH, table, width, wrap } from './table.js';

const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;

describe('table', () => {
  it('lines columns up, numbers on the right, and leaves no blanks behind', () => {
    const rows = [
      ['arch', 'steps', 'what'],
      ['x86_64', '7', ''],
      ['arm', '1,234', 'short'],
    ];
    expect(table(rows, { align: 'lrl' })).toEqual([
      'arch    steps  what', //
      'x86_64      7',
      'arm     1,234  short',
    ]);
  });

  it('does not count colours', () => {
    expect(width(red('abc'))).toBe(3);
    expect(
      table([
        [red('a'), 'b'],
        ['ccc', 'd'],
      ]),
    ).toEqual([`${red('a')}    b`, 'ccc  d']);
  });

  it('goes on below with a last column that is too long', () => {
    const text = 'words '.repeat(30).trim();
    const lines = table([['name', text]], { indent: 2, wrapLast: true });
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(MAIL_WIDTH);
    expect(lines[1]).toMatch(/^ {8}words/);
    expect(lines.map((line) => line.replace('name', '').trim()).join(' ')).toBe(text);
  });
});

describe('wrap', () => {
  it('breaks between words only', () => {
    expect(wrap('one two three', 8, '  ')).toEqual(['  one', '  two', '  three']);
    expect(wrap('a-word-that-is-too-long x', 5)).toEqual(['a-word-that-is-too-long', 'x']);
    expect(wrap('')).toEqual([]);
  });
});

describe('count', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ])('%d', (n, text) => expect(count(n)).toBe(text));
});
