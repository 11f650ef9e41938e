// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, test } from 'vitest';
import { specialbit, temporary } from '../cli/specialbit.testkit.js';

const LOG = 'examples/s13-cow-linear-rule.jsonl';
const error = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await specialbit(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^specialbit: [^\n]+\n$/);
  return err.slice('specialbit: '.length, -1);
};

describe('diff --from --to', () => {
  test('back is forth the other way round', async () => {
    const lanes = async (from: string, to: string) => {
      const { code, out } = await specialbit(['diff', LOG, '--arch', 'arm', '--from', from, '--to', to, '--json']);
      expect(code).toBe(0);
      return JSON.parse(out).lanes.arm;
    };
    const forth = await lanes('1', '2');
    const back = await lanes('2', '1');
    const [a, b] = [forth.processes[0].ptes[0], back.processes[0].ptes[0]];
    expect(a.at).toBe('map[1]');
    expect([b.before, b.after]).toEqual([a.after, a.before]);
    expect(forth.processes[0].rss).toEqual([{ mm: 0, counter: 'MM_ANONPAGES', before: 0, after: 1 }]);
    expect(back.frames[0].before).toEqual(forth.frames[0].after);
  });

  test('a moment and itself', async () => {
    const { code, out } = await specialbit(['diff', LOG, '--arch', 'arm', '--from', '2', '--to', '2']);
    expect([code, out]).toEqual([0, 'arm, from event 2 to event 2: nothing changed\n']);
  });

  test('processes come and go', async () => {
    const log = temporary(
      'fork.jsonl',
      `{"specialbit":1}
{"type":"mmap","label":"heap","pages":100,"prot":"rw"}
{"type":"madvise","at":"heap","pages":100,"advice":"MADV_POPULATE_WRITE"}
{"type":"fork","child":1}
{"type":"exit","mm":1}
`,
    );
    const fork = await specialbit(['diff', log, '--from', '2', '--to', '3']);
    expect(fork.out).toMatch(/^x86_64, from event 2 to event 3: 1 process, 1 VMA, 200 PTEs, 100 frames and 1/);
    expect(fork.out).toMatch(/^mm 1: new$/m);
    expect(fork.out).toMatch(/^ {2}and 68 more PTEs$/m);
    const all = await specialbit(['diff', log, '--from', '2', '--to', '3', '--all']);
    expect(all.out.match(/heap\[\d+\]/g)).toHaveLength(200);
    for (const line of all.out.split('\n')) expect(line.length).toBeLessThanOrEqual(78);
    const exit = await specialbit(['diff', log, '--from', '3']);
    expect(exit.out).toMatch(/^mm 1: gone$/m);
  });

  test('what cannot be meant is one line', async () => {
    expect(await error('diff', LOG, '--from', '1', '--to', '10')).toBe(`--to 10: ${LOG} has 9 events`);
    expect(await error('diff', LOG, '--to', '1')).toBe('--to needs --from');
    expect(await error('diff', LOG, '--from', '1', '--at', '2')).toMatch(/^--at compares lanes at one moment/);
    expect(await error('diff', LOG, '--arch', 'arm')).toMatch(/^expected two architectures/);
    expect(await error('diff', LOG, '--from', '-1')).toMatch(/^option '--from <n>' argument '-1' is invalid/);
    expect(await error('diff', 'none.jsonl', '--from', '1')).toMatch(/^none\.jsonl: /);
  });
});

describe('diff --arch --at', () => {
  test('exits with 1 when they part, and with 0 when they do not', async () => {
    expect((await specialbit(['diff', LOG, '--arch', 'x86_64,arm', '--at', '2'])).code).toBe(0);
    expect((await specialbit(['diff', LOG, '--arch', 'x86_64,arm', '--at', '3'])).code).toBe(1);
    // the architectures of the log, at its end
    const { code, out } = await specialbit(['diff', LOG]);
    expect(code).toBe(1);
    expect(out).toMatch(/^x86_64, arm after 9 events: they part in 1 frame\n/);
  });

  test('as data', async () => {
    const { out } = await specialbit(['diff', LOG, '--arch', 'x86_64,arm', '--at', '3', '--json']);
    const { lanes, at, rows } = JSON.parse(out);
    expect({ lanes, at }).toEqual({ lanes: ['x86_64', 'arm'], at: 3 });
    expect(rows).toContainEqual({
      kind: 'pte',
      mm: 0,
      what: 'map[1]',
      values: ['PWDY- A1 page', 'PWDY- A1 NULL pfnmap_linear'],
      difference: 'parts',
    });
  });

  test('five of them fit 78 columns', async () => {
    const { out } = await specialbit(['diff', LOG, '--arch', 'x86_64,arm,m68k,i386,arm-lpae', '--at', '3', '--all']);
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(78);
  });

  test('an event may name what only one of them has', async () => {
    const log = temporary(
      'lost.jsonl',
      `{"specialbit":1,"files":{"dev":"device"}}
{"type":"mmap","label":"heap","pages":1,"prot":"rw"}
{"type":"write","at":"heap"}
`,
    );
    const wrong = temporary('wrong.jsonl', '{"specialbit":1}\n{"type":"write","at":"heap"}\n');
    expect((await specialbit(['diff', log, '--arch', 'x86_64,arm'])).code).toBe(0);
    expect(await error('diff', wrong, '--from', '0', '--to', '1')).toMatch(/wrong\.jsonl:2: at: no such mapping: heap/);
  });
});

describe('blame', () => {
  test('as data', async () => {
    const { code, out } = await specialbit(['blame', LOG, 'map[1]', '--arch', 'arm', '--json', '--all', '--at', '3']);
    expect(code).toBe(0);
    const { what, value, changes } = JSON.parse(out).lanes.arm;
    expect([what, value]).toEqual(['mm 0 map[1]', '200034f PWDY- A1 NULL']);
    expect(changes).toEqual([
      {
        number: 2,
        line: 3,
        event: { type: 'access', at: 'map[1]', op: 'write', value: 9 },
        returned: '0',
        before: '800138f P--Y- D1 NULL',
        after: '200034f PWDY- A1 page',
      },
      expect.objectContaining({ number: 1, before: 'none', after: '800138f P--Y- D1 NULL' }),
    ]);
  });

  test('a frame that leaked has a last writer too', async () => {
    const { out } = await specialbit(['blame', LOG, 'A1', '--arch', 'arm']);
    expect(out).toBe('arm, after event 9: A1 refcount = 1\n  event 2 (line 3): write map[1] value=9 = 0\n    0 -> 1\n');
  });

  test('what nobody changed', async () => {
    const { out } = await specialbit(['blame', LOG, 'P0.mapcount', '--arch', 'arm']);
    expect(out).toBe('arm, after event 9: P0 mapcount = 0\n  no event changed it\n');
  });

  test('the flags of a VMA', async () => {
    const { out } = await specialbit(['blame', LOG, 'map.vm_pgoff', '--arch', 'arm', '--at', '3']);
    expect(out).toContain('event 3 (line 4): set_vm_pgoff map[1] self = 0\n    0x8000 -> 0x1fff');
  });

  test('what is not there is one line', async () => {
    expect(await error('blame', LOG, 'mpa[1]', '--at', '2', '--arch', 'arm')).toBe(
      'arm, after event 2: no such mapping, frame or counter at this moment: mpa (did you mean "map"?) (mappings: map)',
    );
    expect(await error('blame', LOG, '[1]')).toMatch(/^expected one of "ring\[2\]"/);
    expect(await error('blame', LOG, 'map', '--mm', '3', '--at', '2')).toBe(
      'x86_64, after event 2: no such process: mm 3 (there are: 0), and no such frame: map',
    );
  });
});
