// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { parseLog } from '../read/parse-log.js';
import { utf8Bytes } from '../read/utf8.js';
import { parsePacked } from './parse-packed.js';

const LINE = '{"type":"read","at":"heap[7]"}\n';

/** Longer than the pieces in which it is read. */
const LONG = `{"specialbit":1,"title":"long"}
{"type":"mmap","label":"heap","pages":16,"prot":"rw"}

# a comment
${LINE.repeat(40_000)}{"type":"raed"}
${LINE}{"type":"wri`;

it('reads what parseLog reads, with lines and what cannot be read', () => {
  const options = { file: 'long.jsonl', badLines: 'collect' } as const;
  const plain = parseLog(LONG, options);
  const told: number[] = [];
  const { log, diagnostics } = parsePacked(utf8Bytes(LONG), options, (_, line) => told.push(line));
  expect(log.header).toEqual(plain.header);
  expect(log.length).toBe(plain.events.length);
  expect([...log].map((event) => JSON.stringify(event)).join('\n')).toBe(
    plain.events.map((event) => JSON.stringify(event)).join('\n'),
  );
  expect(plain.lines.map((_, i) => log.line(i)).join()).toBe(plain.lines.join());
  expect(told.join()).toBe(plain.lines.join());
  expect(diagnostics.map(String)).toEqual(plain.diagnostics.map(String));
  expect(diagnostics).toHaveLength(2);
});

it('refuses what is no log', () => {
  expect(() => parsePacked(utf8Bytes('once upon a time\n'))).toThrow(/header/);
  expect(() => parsePacked(utf8Bytes(''))).toThrow(/empty file/);
});
