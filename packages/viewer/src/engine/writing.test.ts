// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { Session } from './session.js';
import { wordsOf } from './writing.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const LOG = `{"specialbit":1,"thp":true,"files":{"tmp":{"kind":"shmem","pages":8}},"blocks":{"C0":{"order":2,"compound":true}}}
{"type":"mmap","label":"a","pages":8,"prot":"rw"}
`;

it.each([
  ['tune', ['key', 'value']],
  ['split_folio', ['mm', 'at', 'order']],
  ['shrink', ['what', 'nr_to_scan']],
  ['fwrite', ['file', 'pgoff', 'pages', 'value']],
  ['fpunch', ['file', 'pgoff', 'pages']],
])('completes %s and its members', (type, members) => {
  const { types, members: all } = wordsOf(Session.open('log.jsonl', utf8(LOG), ['x86_64'], null), LOG);
  expect(types).toContain(type);
  expect(all[type]).toEqual(expect.arrayContaining(members));
});

it('names the first frames of blocks', () => {
  const { frames } = wordsOf(Session.open('log.jsonl', utf8(LOG), ['x86_64'], null), LOG);
  expect(frames.filter((label) => label.startsWith('C0'))).toEqual(['C0', 'C0+1', 'C0+2', 'C0+3']);
});

it.each([
  ['tune', 'key', 'khugepaged/defrag'],
  ['tune', 'key', 'hugepages-pmd/enabled'],
  ['madvise', 'advice', 'MADV_DONTNEED'],
  ['shrink', 'what', 'deferred'],
])('completes the values of %s %s', (type, member, value) => {
  const { values } = wordsOf(Session.open('log.jsonl', utf8(LOG), ['x86_64'], null), LOG);
  expect(values[type]![member]).toContain(value);
});
