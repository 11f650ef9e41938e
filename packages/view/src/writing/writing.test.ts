// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { cursorIn } from './cursor.js';
import { lineNodes, memberRange } from './line-nodes.js';

const at = (text: string): [string, number] => [text.replace('^', ''), text.indexOf('^')];
const cut = (line: string, path: string): string => {
  const { from, to } = memberRange(line, path);
  return line.slice(from, to);
};

describe('where a member stands', () => {
  const line = ' {"type":"mmap","label":"at","call":[{"type":"zap_vma_ptes","at":"[0]"},{"at":"[1]"}],"pages":3} ';

  it.each([
    ['type', '"mmap"'],
    ['label', '"at"'],
    ['call[1].at', '"[1]"'],
    ['call[0]', '{"type":"zap_vma_ptes","at":"[0]"}'],
    ['pages', '3'],
    // what is missing would stand here
    ['call[1].frame', '{"at":"[1]"}'],
    ['prot', line.trim()],
    ['', line.trim()],
  ])('%j', (path, text) => expect(cut(line, path)).toBe(text));

  it.each(['{"type":"mm', '{"type"', '{"a":[1,{"b":', '{,,"a"::1}', '"', '', '{"a\\', '[[[{', 'x'])(
    'reads %j as far as it goes',
    (text) => {
      for (const { from, to } of lineNodes(text)) expect(from <= to && to <= text.length).toBe(true);
      expect(cut(text, 'a.b')).toBeDefined();
    },
  );

  it('does not follow what is nested deeper than any record is', () => {
    expect(lineNodes('['.repeat(1_000_000)).length).toBeLessThan(50);
    expect(lineNodes('{"a":'.repeat(200_000)).length).toBeLessThan(50);
  });
});

describe('the cursor', () => {
  it.each([
    ['{^', { member: undefined, quoted: false, path: [], type: undefined }],
    ['{"ty^', { member: undefined, quoted: true, from: 2 }],
    ['{"type":^', { member: 'type', quoted: false }],
    ['{"type":"mm^ap"}', { member: 'type', quoted: true, from: 9 }],
    ['{"type":"mmap","^"}', { member: undefined, type: 'mmap', members: ['type'] }],
    ['{"^","type":"mmap","pages":1}', { type: 'mmap', members: ['type', 'pages'] }],
    ['{"type":"mmap","ops":{"fault":{"do":"^', { path: ['ops', 'fault'], member: 'do', type: undefined }],
    ['{"type":"mmap","call":[{"type":"set_pte"},{"^', { path: ['call', 1], member: undefined, type: undefined }],
    ['{"type":"mmap","call":[{"type":"set_pte","^', { path: ['call', 0], type: 'set_pte' }],
    ['{"type":"vm_flags_mod","set":["VM_IO","^', { path: [], member: 'set', type: 'vm_flags_mod', quoted: true }],
    [
      '{"type":"tune","value":"^","key":"a\\"b"}',
      {
        texts: new Map([
          ['type', 'tune'],
          ['key', 'a\\"b'],
        ]),
      },
    ],
    ['{"__proto__":"a","b":{"c":"d"},"b":"^', { texts: new Map([['__proto__', 'a']]), member: 'b' }],
    ['{"type":"mmap","pages":1^', { member: 'pages', quoted: false, from: 23 }],
  ])('%s', (text, expected) => expect(cursorIn(...at(text))).toMatchObject(expected));

  it.each(['^', '# "^', '{"type":"mmap"^', '{"type":"mmap" ^', '"^', '{"a"^', '{}^', '[^'])(
    'nothing can be written at %s',
    (text) => expect(cursorIn(...at(text))).toBeUndefined(),
  );
});
