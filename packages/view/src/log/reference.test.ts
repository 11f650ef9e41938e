// SPDX-License-Identifier: GPL-2.0-or-later
import { LogReferenceError } from '@specialbit/core';
import { decodeEvent } from '@specialbit/events';
import { expect, it } from 'vitest';
import { referenceError } from './reference.js';

const mmap = { type: 'mmap', label: 'P9', pages: 1, prot: 'r', file: 'dev' };

it.each([
  [
    'the place',
    { type: 'write', at: 'ring2[3]' },
    new LogReferenceError('mapping', 'ring2', 'known: ring'),
    'at: no such mapping: ring2 (known: ring)',
  ],
  [
    'the other place',
    { type: 'mremap', at: 'ring', pages: 1, new_pages: 1, to: 'there' },
    new LogReferenceError('mapping', 'there'),
    'to: no such mapping: there',
  ],
  [
    'a frame in a call',
    { ...mmap, call: [{ type: 'vm_insert_page', frame: 'P9' }] },
    new LogReferenceError('frame', 'P9'),
    'call[0].frame: no such frame: P9',
  ],
  ['a file', mmap, new LogReferenceError('file', 'dev'), 'file: no such file: dev'],
  ['a process', { type: 'exit', mm: 4 }, new LogReferenceError('mm', '4', 'live: 0'), 'mm: no such mm: 4 (live: 0)'],
])('names %s', (_, json, error, text) => {
  const numbered = { number: 1, line: 7, event: decodeEvent(json) };
  expect(referenceError('a.jsonl', numbered, error).message).toBe(`a.jsonl:7: ${text}`);
});
