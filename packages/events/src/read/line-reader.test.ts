// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logEvent } from '../codecs/arbitrary.testkit.js';
import { decodeEvent } from '../codecs/event.js';
import { formatEvent } from '../format.js';
import type { LogEvent } from '../types.js';
import { LineReader } from './line-reader.js';
import { utf8Bytes } from './utf8.js';

/** What the codecs make of the line; undefined where they refuse it. */
function byCodecs(line: string): LogEvent | undefined {
  try {
    return decodeEvent(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Reads the line, and checks that it is read as the codecs do or left to them; true: it was read. */
function agrees(reader: LineReader, line: string): boolean {
  const bytes = utf8Bytes(`${line}\n`);
  const event = reader.event(bytes, 0);
  if (event === undefined) return false;
  const expected = byCodecs(line);
  expect(event).toEqual(expected);
  // the same order of members, and nothing that is there and undefined
  expect(JSON.stringify(event)).toBe(JSON.stringify(expected));
  expect(Object.keys(event)).toEqual(Object.keys(expected!));
  expect(reader.next).toBe(bytes.length);
  return true;
}

interface Change {
  readonly at: number;
  readonly length: number;
  readonly text: string;
  readonly move: boolean;
}

/** Another line, by some characters that are other ones, gone, doubled or moved. */
const mutation: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    at: fc.nat(400),
    length: fc.constantFrom(0, 1, 1, 1, 2, 12),
    text: fc.constantFrom(
      ...[
        'a',
        '7',
        'P0',
        '1',
        '',
        '"',
        ',',
        ':',
        '{',
        '}',
        '[',
        ']',
        '\\',
        ' ',
        '0',
        '1',
        '-',
        '.',
        'e',
        'x',
        'é',
        '\u0000',
        '\u0001',
      ],
      ...['null', 'true', 'false', '"mm":0', ',"mm":1', '"0x10"', '99999999999999999999', '\\u0041', '"type":"read"'],
    ),
    move: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 1, maxLength: 2 },
);

function mutated(line: string, changes: readonly Change[]): string {
  let text = line;
  for (const { at, length, text: put, move } of changes) {
    const from = at % (text.length + 1);
    const cut = text.slice(from, from + length);
    const rest = text.slice(0, from) + put + text.slice(from + length);
    text = move ? rest.slice(0, -1) + cut + rest.slice(-1) : rest;
  }
  return text.replaceAll('\n', ' ');
}

describe('LineReader', () => {
  it('reads every line that formatEvent writes of plain texts and small numbers', () => {
    const reader = new LineReader();
    const plain = /^[\x20-\x5b\x5d-\x7e]*$/;
    let [read, lines] = [0, 0];
    fc.assert(
      fc.property(logEvent, (event) => {
        const line = formatEvent(event);
        const was = agrees(reader, line);
        if (!plain.test(line)) return;
        lines++;
        if (was) read++;
      }),
      { numRuns: 4000 },
    );
    // what is left: numbers beyond 15 digits, and below 0
    expect(read / lines).toBeGreaterThan(0.6);
  });

  it('reads lines that were changed as the codecs do, or not at all', () => {
    // one reader for all: what one line left must not be found by another
    const reader = new LineReader();
    let [read, refused] = [0, 0];
    fc.assert(
      fc.property(logEvent, mutation, fc.constantFrom(true, true, true, false), (event, changes, canonical) => {
        const line = mutated(canonical ? formatEvent(event) : JSON.stringify(event), changes);
        if (agrees(reader, line)) read++;
        else if (byCodecs(line) === undefined) refused++;
      }),
      { numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(1000);
  });

  it.each([
    '{"type":"read","at":"ring[0]"}',
    '{"type":"read","mm":1,"at":"0x20001000","alloc":["0x260","0x261"]}',
    '{"type":"write","at":"ring[2]","value":255}',
    '{"type":"mmap","label":"ring","pages":4,"prot":"rw","file":"/dev/x","ops":{"fault":{"do":"page","frame":"P0"}}}',
    '{"type":"mmap","label":"a","pages":4,"prot":"rw","call":[{"type":"remap_pfn_range","frame":"D0","pages":4}]}',
    '{"type":"set_pte","at":"ring[0]","frame":"P0","special":true,"write":false}',
    '{"type":"dma_mmap_coherent","at":"r[0]","frame":"P0","pages":1,"coherent":false}',
    '{"type":"unpin_user_pages"}',
  ])('reads %s', (line) => {
    expect(agrees(new LineReader(), line)).toBe(true);
  });

  it.each([
    ['the members in another order', '{"type":"read","at":"ring[0]","mm":1}'],
    ['a member twice', '{"type":"read","mm":1,"mm":2,"at":"ring[0]"}'],
    ['a blank', '{"type":"read", "at":"ring[0]"}'],
    ['an escape', '{"type":"read","at":"\\u0072ing[0]"}'],
    ['a text beyond ASCII', '{"type":"truncate","file":"é","pages":1}'],
    ['a number with a leading zero', '{"type":"read","mm":01,"at":"ring[0]"}'],
    ['a fraction', '{"type":"read","mm":1.0,"at":"ring[0]"}'],
    ['a number of 16 digits', '{"type":"read","mm":1000000000000000,"at":"ring[0]"}'],
    ['a number that is too large for its field', '{"type":"write","at":"ring[0]","value":256}'],
    ['a line without what must be there', '{"type":"read"}'],
    ['a line that a check refuses', '{"type":"access","op":"read","at":"ring[0]","value":1}'],
    ['a type that is none', '{"type":"reed","at":"ring[0]"}'],
    ['more behind the end', '{"type":"unpin_user_pages"}}'],
    ['a carriage return', '{"type":"unpin_user_pages"}\r'],
  ])('leaves %s to the codecs', (_, line) => {
    expect(new LineReader().event(utf8Bytes(`${line}\n`), 0)).toBeUndefined();
  });

  it('tells a text from the array of the same letters', () => {
    const reader = new LineReader();
    expect(agrees(reader, '{"type":"expect","messages":"[]"}')).toBe(true);
    expect(agrees(reader, '{"type":"expect","messages":[]}')).toBe(true);
  });

  it('finds texts again among so many that they take turns', () => {
    const reader = new LineReader();
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 20_000; i++)
        expect(reader.event(utf8Bytes(`{"type":"read","at":"r${i % 9999}[${i}]"}\n`), 0)).toEqual({
          type: 'access',
          op: 'read',
          mm: 0,
          at: { label: `r${i % 9999}`, page: i },
        });
  });
});
