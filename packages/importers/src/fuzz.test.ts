// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Every reader, given what people make of its input: no exception, no hang, and no line lost. What was used, what is
 * about something else and what was not understood add up to the lines of the input.
 *
 * SPECIALBIT_FUZZ=100000 runs as many mutations of every format (default: 200).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Converter } from './convert/convert.js';
import { readListing } from './entries/listed.js';
import { type Line, linesOf } from './lines.js';
import { mutation } from './mutate.testkit.js';
import { type TraceFormat, traceParser } from './parse.js';
import { Problems } from './problems.js';
import { parseMaps } from './proc/maps.js';
import { parseSmaps } from './proc/smaps.js';
import { parsePacked, parsePagemap, parseVmas } from './proc/snapshot.js';
import { readReports } from './report/assemble.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const RUNS = Number(process.env.SPECIALBIT_FUZZ ?? 200);
/** A text of some lines takes no reader longer. */
const MOST_MS = 2000;

const pasted = (folder: string, like: RegExp): string[] =>
  readdirSync(join(root, 'test/pasted', folder))
    .filter((name) => like.test(name))
    .map((name) => readFileSync(join(root, 'test/pasted', folder, name), 'utf8'));
const recorded = (path: string, from: number, lines: number): string =>
  gunzipSync(readFileSync(join(root, 'test/traces/recordings', path)))
    .toString()
    .split('\n')
    .slice(from, from + lines)
    .join('\n');

const PERF = `true  7589/7589  [001]  2580.519175: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000
true  7589/7589  [001]  2580.519181: syscalls:sys_exit_mmap: 0x7f86a0a8b000
            7f86a0aad581 mmap64+0x21 (/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)
true  7589/7589  [001]  2580.519182: exceptions:page_fault_user: address=0x7f86a0a8b000 ip=0x7f86a0aad581 error_code=0x6
true  7589/7589  [001]  2580.519190: PERF_RECORD_MMAP2 7589/7589: [0x7f86a0a00000(0x1000) @ 0 fe:00 9 1]: r-xp /usr/lib/libc.so.6
true  7589/7589  [001]  2580.519195: PERF_RECORD_EXIT(7589:7589):(7588:7588)
`;
const JSON_VMAS = `{"mm":"1","start_brk":"4ae000","brk":"4d0000","start_stack":"7fffffffedb0","mmap_base":"7ffff7fff000"}
{"start":"400000","end":"401000","vm_flags":"71","pgoff":"0","anon_vma":"0","file":"1828b9780"}
{"start":"401000","end":"402000","vm_flags":"73","pgoff":"1","anon_vma":"1f","file":"0"}
`;
const JSON_PAGES = `{"va":"400000","pfn":2075693,"pm":["present","file_shared"],"kc":1,"lvl":1,"pte":"80000001fac2d025","sp":{"ref":3,"mapc":0}}
{"va":"401000","pfn":5,"pm":["present"],"kc":1}
`;
const VTOP = `crash> vtop 7f0000001000
   PGD: 105f2d7f0 => 8000000106a3b067
   PTE: 108123008 => 8000000012345227
0xffff888000000000-0xffff888000200000           2M     RW         PSE     GLB NX pmd
00007f0000001000: 0000000012345000 X---A-U-W
`;

interface Reader {
  readonly name: string;
  readonly texts: readonly string[];
  readonly read: (lines: readonly Line[], problems: Problems) => unknown;
}

/** A trace through its parser and into a log. */
const trace = (format: TraceFormat) => (lines: readonly Line[], problems: Problems) => {
  const parser = traceParser(format, problems);
  const converter = new Converter({ page: 4096 });
  for (const { text, line } of lines) parser.parse(text, line, (record) => converter.push(record));
  parser.end((record) => converter.push(record));
};

const READERS: readonly Reader[] = [
  { name: 'kernel-log', texts: pasted('splats', /\.txt$/), read: readReports },
  {
    name: 'strace',
    texts: [...pasted('strace', /^b(?:0\d|1[678])/), recorded('true/strace.txt.gz', 0, 40)],
    read: trace('strace'),
  },
  {
    name: 'ftrace',
    texts: [...pasted('ftrace', /^c0[489]/), recorded('true/ftrace.txt.gz', 20, 60)],
    read: trace('ftrace'),
  },
  { name: 'perf', texts: [PERF], read: trace('perf') },
  { name: 'maps', texts: pasted('strace', /^b10/), read: parseMaps },
  { name: 'smaps', texts: pasted('strace', /^b14/), read: parseSmaps },
  { name: 'vmas', texts: [JSON_VMAS], read: parseVmas },
  { name: 'pagemap', texts: [JSON_PAGES], read: parsePagemap },
  {
    name: 'snapshots',
    texts: [
      JSON.stringify({ snap: 2, label: 'end', pid: 5, maps: '00400000-00401000 r--p 00000000 fe:00 9 /bin/x\n' }),
    ],
    read: (lines, problems) => lines.map(({ text, line }) => parsePacked(text, line, problems)),
  },
  { name: 'listed entries', texts: [VTOP], read: readListing },
];

describe.each(READERS)('$name', ({ texts, read }) => {
  it(`${RUNS} mutations: nothing thrown, nothing lost`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(mutation, { maxLength: 5 }), (text, mutations) => {
        const mutated = mutations.reduce<readonly string[]>(
          (lines, mutate) => mutate(lines),
          text.trimEnd().split('\n'),
        );
        const lines = linesOf(mutated.slice(0, 400).join('\n'));
        const problems = new Problems('input');
        const started = performance.now();
        read(lines, problems);
        expect(performance.now() - started).toBeLessThan(MOST_MS);
        expect(problems.read + problems.skipped + problems.count).toBe(lines.length);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 3_600_000);
});
