// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { closingParenthesis, splitArgs, unquote, withoutComments } from './split-args.js';

describe('splitArgs', () => {
  it.each([
    ['NULL, 4096, PROT_READ|PROT_WRITE', ['NULL', '4096', 'PROT_READ|PROT_WRITE']],
    ['AT_FDCWD</tmp/a,b>, "x, y", O_RDONLY', ['AT_FDCWD</tmp/a,b>', '"x, y"', 'O_RDONLY']],
    ['3<socket:[100772]>, SOL_PACKET, {a=1, b=[2, 3]}', ['3<socket:[100772]>', 'SOL_PACKET', '{a=1, b=[2, 3]}']],
    ['5<TCP:[127.0.0.1:1->127.0.0.1:2]>, 0', ['5<TCP:[127.0.0.1:1->127.0.0.1:2]>', '0']],
    ['0</dev/pts/0<char 136:0>>, 1', ['0</dev/pts/0<char 136:0>>', '1']],
    ['{ioctls=1<<_UFFDIO_WAKE|1<<_UFFDIO_COPY}, 1', ['{ioctls=1<<_UFFDIO_WAKE|1<<_UFFDIO_COPY}', '1']],
    ['0x3 /* PROT_READ|PROT_WRITE, both */, 1', ['0x3 /* PROT_READ|PROT_WRITE, both */', '1']],
    ['"a\\"b, c", 2', ['"a\\"b, c"', '2']],
    ['', []],
  ])('%s', (text, args) => {
    expect(splitArgs(text)).toEqual(args);
  });
});

it('closingParenthesis() passes over strings and descriptors', () => {
  const text = 'openat(AT_FDCWD</tmp/)>, "a)", 0) = 3';
  expect(text.slice(closingParenthesis(text, 6))).toBe(') = 3');
  expect(closingParenthesis('mmap(NULL, 4096', 4)).toBe(-1);
});

it('withoutComments()', () => {
  expect(withoutComments('0x22 /* MAP_PRIVATE|MAP_ANONYMOUS */')).toBe('0x22');
  expect(withoutComments('0x8 /* MAP_??? */|MAP_ANONYMOUS')).toBe('0x8|MAP_ANONYMOUS');
});

it('unquote()', () => {
  expect(unquote('"a\\nb\\101\\x41\\"c"...')).toBe('a\nbAA"c');
  expect(unquote('0x7ffc0000')).toBeUndefined();
});
