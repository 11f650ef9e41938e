// SPDX-License-Identifier: GPL-2.0-or-later
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CellMemory } from './cell-memory.js';
import { momentLanes } from './moment.js';
import { Session } from './session.js';

const EXAMPLES = new URL('../../../../examples/', import.meta.url);
const GALLERY = new URL('gallery/', EXAMPLES);
const LANES = ['x86_64', 'arm', 'arm64@6.1'];

/** Mappings that are large enough to be remembered, and what happens to them and to frames that others share. */
const LARGE = `{"specialbit":1,"files":{"dev":"device"}}
{"type":"mmap","label":"m","pages":200,"prot":"rw"}
{"type":"write","at":"m[3]","value":1}
{"type":"read","at":"m[4]"}
{"type":"madvise","at":"m[10]","pages":40,"advice":"MADV_POPULATE_WRITE"}
{"type":"fork","child":1}
{"type":"write","at":"m[12]","value":2}
{"type":"write","at":"m[12]","value":2,"mm":1}
{"type":"mprotect","at":"m[20]","pages":70,"prot":"r"}
{"type":"madvise","at":"m[11]","pages":3,"advice":"MADV_DONTNEED"}
{"type":"mmap","label":"dev","pages":100,"prot":"rw","file":"dev","call":[{"type":"remap_pfn_range","frame":"D0","pages":2}]}
{"type":"exit","mm":1}
{"type":"munmap","at":"m[100]","pages":20}
{"type":"write","at":"m[199]","value":7}
`;

const logs: [string, string][] = [
  ['large', LARGE],
  ...readdirSync(EXAMPLES)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name): [string, string] => [name, readFileSync(new URL(name, EXAMPLES), 'utf8')]),
  ...readdirSync(GALLERY)
    .map((name): [string, URL] => [name, new URL(`${name}/events.jsonl`, GALLERY)])
    .filter(([, url]) => existsSync(url))
    .map(([name, url]): [string, string] => [name, readFileSync(url, 'utf8')]),
];

test.each(logs)('cells that are carried from moment to moment are those that are read: %s', (name, text) => {
  const { lanes, length, problems } = Session.open(name, new TextEncoder().encode(text), LANES, null);
  const memories = lanes.map(() => new CellMemory(1));
  if (name === 'large') expect(problems).toEqual([]);
  const moments = Array.from({ length: Math.min(length, 60) + 1 }, (_, n) => n);
  const middle = moments.length >> 1;
  for (const n of [...moments, ...moments.toReversed(), middle, middle, 0, ...moments]) {
    const anew = lanes.map(() => new CellMemory(Number.POSITIVE_INFINITY));
    expect(momentLanes(lanes, memories, n, false, null), `moment ${n}`).toEqual(
      momentLanes(lanes, anew, n, false, null),
    );
  }
});

test('lanes are drawn as one where what is drawn of them is the same, whatever of it was carried', () => {
  const names = ['x86_64', 'arm64', 'riscv64', 'arm', 'm68k-030', 'x86_64@6.1', 'alpha'];
  const { lanes, length } = Session.open('large', new TextEncoder().encode(LARGE), names, null);
  const memories = lanes.map(() => new CellMemory(1));
  const anew = lanes.map(() => new CellMemory(Number.POSITIVE_INFINITY));
  for (const n of [...Array.from({ length: length + 1 }, (_, i) => i), 9, 8, 3, 4]) {
    const groups = momentLanes(lanes, memories, n, true, null).map((lane) => lane.lanes);
    expect(groups, `moment ${n}`).toEqual(momentLanes(lanes, anew, n, true, null).map((lane) => lane.lanes));
    const each = momentLanes(lanes, anew, n, false, null).map(({ vmas, counters }) =>
      JSON.stringify([
        vmas.map(({ cells: { page, kind, count, bits } }) => [page, kind, count, bits.map((b) => b & 1)].map(String)),
        counters.map(({ value }) => value),
      ]),
    );
    for (const group of groups) expect(new Set(group.map((i) => each[i])).size, `moment ${n}: ${group}`).toBe(1);
    expect(groups.length).toBeGreaterThanOrEqual(new Set(each).size);
  }
});
