// SPDX-License-Identifier: GPL-2.0-or-later
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatLog } from '@specialbit/events';
import { workload } from '@specialbit/workloads';
import { describe, expect, test } from 'vitest';
import { root, specialbit, temporary } from '../cli/specialbit.testkit.js';
import { inProcess } from './in-process.testkit.js';
import { checkTrace, type Trace, type TraceEvent } from './trace-format.testkit.js';

const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.jsonl'));

async function traceOf(log: string, ...args: string[]): Promise<Trace> {
  const { code, out, err } = await inProcess(['export', log, '--format', 'chrome-trace', ...args]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

const slices = ({ traceEvents }: Trace, pid: number): TraceEvent[] =>
  traceEvents.filter((event) => event.ph === 'X' && event.pid === pid);

describe('chrome-trace', () => {
  test.each(examples)('examples/%s', async (name) => {
    const log = join(root, `examples/${name}`);
    const trace = await traceOf(log, '--arch', 'x86_64,arm');
    checkTrace(trace);
    const events = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('{"type"'));
    for (const pid of [1, 2]) {
      const times = slices(trace, pid).map(({ ts }) => ts);
      expect(times).toEqual(events.map((_, i) => i));
    }
  });

  test('a mix of everything, over several processes', async () => {
    const { header, events } = workload('driver-mix', { events: 3000 });
    const log = temporary('mix.jsonl', [...formatLog(header, events)].join(''));
    const trace = await traceOf(log, '--arch', 'x86_64,arm');
    checkTrace(trace);
    const tids = new Set(slices(trace, 1).map(({ tid }) => tid));
    expect(tids.size).toBeGreaterThan(2);
  });

  test('a mapping whose ->mmap runs is a slice around it; one that never ends, and one whose process ends, too', async () => {
    const log = temporary(
      'open.jsonl',
      `{"specialbit":1,"files":{"dev":"device"}}
{"type":"fork","child":1}
{"type":"mmap.begin","label":"a","pages":1,"prot":"rw","file":"dev"}
{"type":"remap_pfn_range","at":"a","frame":"D0"}
{"type":"mmap.end"}
{"type":"mmap.begin","mm":1,"label":"b","pages":1,"prot":"rw","file":"dev"}
{"type":"read","at":"a"}
`,
    );
    const trace = await traceOf(log);
    checkTrace(trace);
    const spans = trace.traceEvents.filter(({ ph }) => ph === 'B' || ph === 'E');
    expect(spans.map(({ ph, name, ts, tid }) => [ph, name, ts, tid])).toEqual([
      ['B', '->mmap a', 1, 1],
      ['E', '->mmap', 4, 1],
      ['B', '->mmap b', 4, 2],
      ['E', '->mmap', 6, 2],
    ]);
  });

  test('partings, messages, counters and what an event changed are in it', async () => {
    const { traceEvents } = await traceOf(join(root, 'examples/s13-cow-linear-rule.jsonl'));
    const named = (ph: string): string[] => traceEvents.filter((e) => e.ph === ph).map(({ name }) => name);
    expect(named('i')).toContain('lanes part: set_vm_pgoff: map[0] is NULL on x86_64, bad page map on arm');
    expect(named('i')).toContain('bad page map');
    expect(named('C')).toContain('mm 0 rss');
    const write = traceEvents.find((e) => e.name === 'write' && e.pid === 1);
    expect(write?.args).toMatchObject({
      number: 2,
      line: 3,
      event: 'write map[1] value=9',
      returned: '0',
      ptes: ['mm 0 map[1]: 8000000008001225 P--YS D1 -> 8000000002000067 PWDY- A1 page'],
    });
  });
});

describe('markdown', () => {
  test.each(examples)('examples/%s fits 78 columns', async (name) => {
    const args = ['--format', 'markdown', '--arch', 'x86_64,arm,m68k,i386,arm-lpae'];
    const { code, out, err } = await inProcess(['export', join(root, `examples/${name}`), ...args]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(78);
    expect(out).toMatch(/^# Divergence report: /);
    expect(out.match(/^```$/gm)?.length ?? 0).toSatisfy((n: number) => n % 2 === 0);
  });

  test('lanes that agree are said to', async () => {
    const log = temporary('one.jsonl', '{"specialbit":1}\n{"type":"mmap","label":"a","pages":1,"prot":"r"}\n');
    const { out } = await specialbit(['export', log, '--format', 'markdown', '--arch', 'x86_64,arm']);
    expect(out).toContain('**lanes agree over 1 event**');
  });

  test('it needs two architectures', async () => {
    const args = ['export', 'examples/s13-cow-linear-rule.jsonl', '--format', 'markdown', '--arch', 'arm'];
    const { code, err } = await specialbit(args);
    expect([code, err]).toEqual([2, 'specialbit: a report compares two architectures or more: --arch x86_64,arm\n']);
  });
});

describe('-o', () => {
  test('the file is there as a whole, and nothing else is', async () => {
    const file = temporary('trace.json', 'old');
    const args = ['export', 'examples/s10-binder.jsonl', '--format', 'chrome-trace', '-o', file];
    expect(await specialbit(args)).toEqual({ code: 0, out: '', err: '' });
    checkTrace(JSON.parse(readFileSync(file, 'utf8')));
    expect(readdirSync(dirname(file))).toEqual(['trace.json']);
  });

  test('a log that cannot be played to its end leaves the old file', async () => {
    const file = temporary('trace.json', 'old');
    const log = temporary('bad.jsonl', '{"specialbit":1}\n{"type":"read","at":"nothing"}\n');
    const { code, err } = await specialbit(['export', log, '--format', 'chrome-trace', '--output', file]);
    expect(code).toBe(2);
    expect(err).toMatch(/bad\.jsonl:2: at: no such mapping: nothing/);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(dirname(file))).toEqual(['trace.json']);
  });

  test('a folder that is not there is one line', async () => {
    const file = join(dirname(temporary('x', '')), 'none', 'trace.json');
    const { code, err } = await specialbit([
      'export',
      'examples/s10-binder.jsonl',
      '--format',
      'chrome-trace',
      '-o',
      file,
    ]);
    expect([code, err]).toEqual([2, `specialbit: ${file}: cannot be written: ENOENT\n`]);
    expect(existsSync(file)).toBe(false);
  });
});

describe('pictures', () => {
  const log = join(root, 'examples/s13-cow-linear-rule.jsonl');
  test.each([
    ['svg', /^<svg [\s\S]*<\/svg>\n$/],
    ['dot', /^digraph pagetable \{[\s\S]*\}\n$/],
    ['mermaid', /^---\ntitle: [\s\S]*flowchart LR/],
  ])('%s: a panel for each lane and moment', async (format, whole) => {
    const { code, out } = await inProcess(['export', log, '--format', format, '--lane', 'x86_64,arm', '--at', '1,3']);
    expect(code).toBe(0);
    expect(out).toMatch(whole);
    for (const panel of ['x86_64, after event 1', 'x86_64, after event 3', 'arm, after event 1', 'arm, after event 3'])
      expect(out).toContain(panel);
  });

  test('--at is of pictures, and of moments that the log has', async () => {
    expect((await inProcess(['export', log, '--format', 'markdown', '--at', '1'])).code).toBe(2);
    expect((await inProcess(['export', log, '--format', 'svg', '--at', '99'])).code).toBe(2);
    expect((await inProcess(['export', log, '--format', 'svg', '--at', 'x'])).code).toBe(2);
  });
});
