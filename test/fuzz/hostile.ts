// SPDX-License-Identifier: GPL-2.0-or-later
/** What somebody would write into an input who means no good, or whose program is broken. */

/** Texts that steer terminals, or are markup in Markdown, HTML and SVG. */
export const STEERING_TEXTS = [
  'x\u001b]0;PWN\u0007\u001b[31m\u202e\u009b2J',
  '\u001b]8;;javascript:pwn()\u0007link\u001b]8;;\u0007',
  '\r\u001b[2Kspecialbit: fine',
  '\u0000\u0001\u007f\u0085\u2028\u2066',
];
export const MARKUP_TEXTS = [
  '<img src=x onerror=pwn()>',
  '</text><script>pwn()</script>',
  '[x](javascript:pwn())',
  '![x](https://pwn.example/x.png)',
  '`` ` ``` | a | <b>pwn</b> **x** | \\| x',
  '\n\n# pwn\n\n```\n',
  '"onload="pwn()',
  ']]><![CDATA[&pwn;',
];
export const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '..',
  '/dev/zero',
  'a'.repeat(5000),
  'ä漢🙂\ud800',
];
/** As JSON has them. */
export const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1',
  '2',
  '63',
  '64',
  '4095',
  '4096',
  '65536',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '18446744073709551615',
  '1e308',
  '1e999',
  '-1e999',
  '0.5',
  '1e-7',
];
/** As texts in logs and recordings have them. */
export const HEX = [
  '0x0',
  '0x1',
  '0xfff',
  '0x1000',
  '0x1001',
  '0x7fffffffffff',
  '0x1fffffffffffff',
  '0xffffffffffffffff',
  '0xffffffffffffffffffff',
  '-0x1',
  '0x',
  'ffffffffffffffff',
  '99999999999999999999',
  'NaN',
  'Infinity',
];
