// SPDX-License-Identifier: GPL-2.0-or-later
/** Inputs that want to hang the command, to fool its reader, or to have it read what it should not. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';
import { inProcess } from '../cli-time/in-process.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const log = (name: string, ...lines: readonly object[]): string =>
  file(name, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

const HEADER = { specialbit: 1, files: { dev: 'device' } };
const MAP = { type: 'mmap', label: 'a', pages: 4, prot: 'rw', file: 'dev' };
const HUGE = Number.MAX_SAFE_INTEGER;

describe('a compressed log', () => {
  const text = `${JSON.stringify(HEADER)}\n${JSON.stringify(MAP)}\n`;

  it.each([1, 7, 100_000])('is read to its end, whatever %i bytes stand behind', async (bytes) => {
    const path = file('tail.jsonl.gz', Buffer.concat([gzipSync(text), Buffer.alloc(bytes)]));
    const { code, out } = await specialbit(['replay', path, '--arch', 'x86_64']);
    expect(code).toBe(0);
    expect(out).toContain('mapped at');
  });
});

describe('a number of pages as large as numbers get', () => {
  it.each([
    [{ type: 'set_pte', at: 'a', frame: 'D0', pages: HUGE }],
    [{ type: 'clear_pte', at: 'a', pages: HUGE }],
    [{ type: 'remap_pfn_range', at: 'a', frame: 'D0', pages: HUGE }],
    [{ type: 'vm_insert_pages', at: 'a', frame: 'P0', pages: HUGE }],
    [{ type: 'pin_user_pages', at: 'a', pages: HUGE }],
  ])('%j is one error', async (event) => {
    const path = log('huge.jsonl', HEADER, MAP, event);
    const { code, err } = await specialbit(['replay', path, '--arch', 'x86_64']);
    expect(code).toBe(2);
    expect(err).toMatch(/huge\.jsonl:3: .*no such range: 9007199254740991 pages .*at most 16777216/);
  });

  it.each([
    [
      { type: 'mmap', label: 'b', pages: 30_000_000_000, prot: 'rw' },
      { type: 'mlock', at: 'b', pages: 30_000_000_000 },
    ],
    [
      { type: 'mmap', label: 'b', pages: 30_000_000_000, prot: 'r' },
      { type: 'madvise', at: 'b', pages: 30_000_000_000, advice: 'MADV_POPULATE_READ' },
    ],
  ])('what would fault all of a mapping in is one, too: %j, %j', async (mmap, event) => {
    const { code, err } = await specialbit(['replay', log('fault.jsonl', HEADER, mmap, event), '--arch', 'x86_64']);
    expect(code).toBe(2);
    expect(err).toContain('no such range: 30000000000 pages');
  });

  it('walks over nothing cost nothing', async () => {
    const events = [
      { type: 'munmap', at: 'a', pages: 4 },
      { type: 'unmap_mapping_range', file: 'dev', pages: HUGE, even_cows: true },
    ];
    expect((await specialbit(['replay', log('walk.jsonl', HEADER, MAP, ...events), '--arch', 'x86_64'])).code).toBe(0);
  });

  it('a machine has not as many zero pages', async () => {
    const machine = { default: { ram: [['0x0', '0x1fffffffffffff']], zero_pfn: '0x1', zero_pages: HUGE, frames: {} } };
    const { code, err } = await specialbit(['replay', log('zero.jsonl', { ...HEADER, machine }), '--arch', 'x86_64']);
    expect(code).toBe(2);
    expect(err).toContain('machine.default.zero_pages: expected at most 4096 zero pages');
  });
});

describe('a name that steers terminals', () => {
  const name = 'x\u001b]0;PWN\u0007\u001b[31m\u202e\u009b2J';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come out
  const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

  it.each([['replay'], ['compare'], ['diff'], ['table'], ['export --format svg'], ['export --format markdown']])(
    'is shown by %s, and does not',
    async (command) => {
      const path = log(
        'name.jsonl',
        { specialbit: 1, title: name, files: { [name]: 'device' } },
        { ...MAP, file: name },
      );
      const { code, out, err } = await specialbit([...command.split(' '), path, '--arch', 'x86_64,arm']);
      expect(code).not.toBe(2);
      expect(out + err).not.toMatch(steering);
    },
  );

  it('does not in errors, nor with colours', async () => {
    const path = log('error.jsonl', HEADER, { ...MAP, file: name });
    for (const env of [{}, { FORCE_COLOR: '1' }]) {
      const { code, err } = await specialbit(['replay', path, '--arch', 'x86_64'], { env });
      expect(code).toBe(2);
      expect(err).not.toMatch(steering);
      expect(err).toContain('\\u001b]0;PWN\\u0007\\u001b[31m\\u202e\\u009b2J');
    }
  });

  it('and one of any length leaves the message readable', async () => {
    const path = log('long.jsonl', HEADER, { ...MAP, file: 'f'.repeat(1_000_000) });
    const { code, err } = await specialbit(['replay', path, '--arch', 'x86_64']);
    expect(code).toBe(2);
    expect(err.length).toBeLessThan(1000);
    expect(err).toMatch(/long\.jsonl:2: .*the header has: dev/);
  });
});

describe('a recording', () => {
  const strace = (program: string): string =>
    `100 1700000000.000001 execve("${program}", ["x"], 0x7ffc0 /* 1 var */) = 0\n100 1700000000.000002 brk(NULL) = 0x5555000\n`;

  it.each([['/dev/zero'], ['FIFO']])('that names %s as a program has it not opened', async (named) => {
    const fifo = join(folder, 'fifo');
    if (named === 'FIFO') execFileSync('mkfifo', [fifo]);
    const path = file('strace.txt', strace(named === 'FIFO' ? fifo : named));
    for (const args of [
      ['replay', path],
      ['import', path],
      ['import', '--local', path],
    ]) {
      expect((await specialbit(args)).code, args.join(' ')).toBe(0);
    }
  });

  const recording = (name: string, meta: string): string => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'strace.txt'), strace('/bin/true'));
    writeFileSync(join(path, 'meta.json'), meta);
    return path;
  };
  const snap = (dir: string): string =>
    JSON.stringify({
      snaps: [{ n: 0, label: 'exit', trigger_pid: 1, strace_line: 1, procs: [{ pid: 1, state: 'T', dir }] }],
    });

  it.each([
    ['up', snap('../../../proc/self'), 'is not in the recording'],
    ['absolute', snap('/proc/self'), 'is not in the recording'],
    ['missing', snap('nowhere'), 'there is no folder "nowhere"'],
    ['text', '{"kernel": ', 'meta.json: expected a JSON object'],
    ['shape', '{"snaps":[{"n":0,"label":"x","trigger_pid":1,"strace_line":1}]}', 'snaps[0].procs: expected Array<'],
    ['list', '{"snaps":7}', 'meta.json: snaps: expected Array<'],
  ])('whose meta.json is wrong (%s) is one error', async (name, meta, message) => {
    const path = recording(name, meta);
    for (const command of ['import', 'verify']) {
      const { code, err } = await specialbit([command, path]);
      expect({ command, code }).toEqual({ command, code: 2 });
      expect(err).toContain(message);
      expect(err).not.toContain('internal');
    }
  });

  it('has no way out through a link', async () => {
    const path = recording('link', snap('inside'));
    symlinkSync('/proc/self', join(path, 'inside'));
    const { code, err } = await specialbit(['import', path]);
    expect(code).toBe(2);
    expect(err).toContain('is not in the recording');
  });

  it('and neither has a file of it', async () => {
    const path = recording('file-link', snap('inside'));
    mkdirSync(join(path, 'inside'));
    symlinkSync('/proc/self/maps', join(path, 'inside', 'maps'));
    const { code, out } = await specialbit(['import', path]);
    expect([code, out.includes('node')]).toEqual([0, false]);
  });

  it('leaves out what no log can have, and counts it', async () => {
    const path = file(
      'maps.txt',
      '00400000-00401000 r-xp 00000000 08:01 5 /bin/x\nffffffffff600000-ffffffffff601000 r-xp 00000000 00:00 0 [vsyscall]\n',
    );
    const out = join(folder, 'maps.jsonl');
    expect((await specialbit(['import', path, '-o', out])).code).toBe(0);
    expect((await specialbit(['replay', out])).code).toBe(0);
  });
});

describe('a transcript', () => {
  const lines = gunzipSync(readFileSync(join(root, 'test/cli/transcripts/arm.jsonl.gz')))
    .toString()
    .split('\n');
  const step = lines.findIndex((line) => line.startsWith('{"scenario"'));

  it.each([
    ['nested too deep', (line: string) => line.replace(/"ret":-?\d+/, `"ret":${'['.repeat(9000)}${']'.repeat(9000)}`)],
    ['with something behind a record', (line: string) => `${line}]`],
  ])('%s is one error at its line', async (name, spoil) => {
    const path = file(`${name.replaceAll(' ', '-')}.jsonl`, lines.with(step, spoil(lines[step]!)).join('\n'));
    const { code, err } = await specialbit(['verify', path]);
    expect(code).toBe(2);
    expect(err).toContain(`.jsonl:${step + 1}: expected a`);
    expect(err).not.toContain('internal');
  });
});

describe('a proof', () => {
  const proof = (log: string): object => ({
    header: 1,
    proof: {
      version: 1,
      log: { file: log, title: '', sha256: '' },
      lane: 'x86_64',
      kernel: { release: '6.12', image: '', config: '' },
      events: [],
      left: [],
    },
  });

  it.each(['/dev/zero', '/proc/self/environ', '../../../../etc/hostname'])(
    'that names %s as its log has it not opened',
    async (named) => {
      const { out, err } = await specialbit(['prove', '--from', log('proof.jsonl', proof(named))]);
      expect(err).not.toContain('internal');
      expect(out).toContain('its log is not here');
    },
  );

  it('with a record of another shape is one error at its line', async () => {
    const { code, err } = await specialbit(['prove', '--from', log('proof.jsonl', proof('a'), { op: 7 })]);
    expect(code).toBe(2);
    expect(err).toContain('proof.jsonl:2: op: expected ');
  });
});

describe('a state of a sweep', () => {
  it('whose jobs are as many as numbers get is one error', async () => {
    const settings = {
      ...{ lanes: ['x86_64', 'arm'], seed: 1, runs: 10, job: 10, length: 4, pages: 2, mappings: 1 },
      ...{ frames: ['P0'], events: null, start: '' },
    };
    const state = { specialbit_sweep: 1, settings, entries: 0, jobs: [['9007199254740991:0', 1]] };
    const { code, err } = await specialbit(['merge', log('huge.sweep', state)]);
    expect(code).toBe(2);
    expect(err).toContain('the sweep has no job 9007199254740991:0');
  });
});

it('an entry of a transcript that is no text is one error', async () => {
  const lines = gunzipSync(readFileSync(join(root, 'test/cli/transcripts/arm.jsonl.gz')))
    .toString()
    .split('\n');
  const at = lines.findIndex((line) => /"pt":\[\[\d+,"/.test(line));
  const path = file(
    'entry.jsonl',
    lines.with(at, lines[at]!.replace(/("pt":\[\[\d+,)"[0-9a-f]+"/, '$14294967295')).join('\n'),
  );
  const { code, err } = await specialbit(['verify', path]);
  expect(code).toBe(2);
  expect(err).toContain(`entry.jsonl:${at + 1}: dump.mms[0]`);
});

describe('a name that every object has', () => {
  it.each([
    ['maps', '0-d000 rw-p 0 0:0 0\nSize: 6 kB\nVmFlags: toString constructor\n'],
    ['strace', '1 1.0 mmap(NULL,0,PROT_READ,,,0)= 01\n'],
  ])('is one like any other in %s', async (_, text) => {
    const path = file('names.txt', text);
    const written = join(folder, 'names.jsonl');
    expect((await specialbit(['import', path, '-o', written])).code).toBe(0);
    expect((await specialbit(['replay', written])).code).toBe(0);
  });

  it('is no version of a link', async () => {
    expect((await specialbit(['open', '#v=toString&log=x'])).code).toBe(2);
  });
});

it('a title is no Markdown in what a reproducer says of itself', async () => {
  const title = 'a [b](javascript:alert(1)) <img src=x>\n# c `d`';
  const path = log('titled.jsonl', { ...HEADER, title, description: ['![e](http://f)\n\n- g'] }, MAP);
  const made = join(folder, 'made');
  expect((await inProcess(['reproduce', path, '-o', made])).code).toBe(0);
  expect(readFileSync(join(made, 'README.md'), 'utf8').split('\n').slice(0, 3)).toEqual([
    '# a [b]\\(javascript:alert(1)) \\<img src=x> # c \\`d\\`',
    '',
    '![e]\\(http://f) - g',
  ]);
});

describe('a recording of which nothing is one', () => {
  const garbage = file('garbage.txt', 'no line\n'.repeat(30));
  const nothing = file('nothing.txt', '');

  it.each(['maps', 'smaps', 'vmas', 'strace', 'ftrace', 'perf'])(
    'is no log of %s, whatever it is called',
    async (format) => {
      for (const [path, found] of [
        [garbage, ', and of 30 lines found none of it; line 1: '],
        [nothing, ', found an empty file\n'],
      ] as const) {
        const { code, out, err } = await inProcess(['import', format, path]);
        expect([code, out]).toEqual([2, '']);
        expect(err).toContain(`specialbit: ${path}: expected ${format}${found}`);
        expect(err.split('\n')).toHaveLength(2);
      }
    },
  );

  it('and what is not understood of one is told of by every command', async () => {
    const call = 'mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000';
    const path = file('half.strace', `1 ${call}\n1 garbage\n1 ${call.replace('70', '71')}\n-5 fork() = -7\n`);
    const { code, err } = await inProcess(['replay', path, '--no-events']);
    expect([code, err]).toEqual([
      0,
      `specialbit: warning: ${path}: 2 of 4 lines are not understood, and left out: "specialbit import" shows them\n`,
    ]);
  });
});

it('a page beyond all addresses is none', async () => {
  const path = log('page.jsonl', HEADER, MAP);
  const { code, err } = await inProcess(['explain', path, 'a[99999999999999999]']);
  expect([code, err]).toEqual([2, 'specialbit: no such page: a[100000000000000000] is beyond every address\n']);
});

describe('a source of a driver', () => {
  const handler = (body: string): string =>
    `static int f(struct file *file, struct vm_area_struct *vma) { ${body} }\nstatic const struct file_operations o = {.mmap = f};\n`;
  const nested = (open: string, close: string, n: number): string => `${open.repeat(n)}1${close.repeat(n)}`;
  const good = handler('return vm_insert_page(vma, vma->vm_start, page);');

  it('that cannot be read is one error, and beside others left out and told of', async () => {
    const deep = 'nested more than 1000 levels deep';
    const bad: readonly (readonly [string, string, string])[] = [
      ['blocks.c', handler(nested('{', ';}', 20_000)), deep],
      ['ifs.c', handler(`${'if (a) '.repeat(20_000)} return 0;`), deep],
      ['long.c', `${good}// ${'x'.repeat(4_000_000)}\n`, 'longer than 4000000 bytes'],
      ['none.c', '\0'.repeat(1000), 'no text: it has NUL bytes'],
      ['parentheses.c', handler(`return ${nested('(', ')', 20_000)};`), deep],
    ];
    const drivers = join(folder, 'drivers');
    mkdirSync(drivers);
    for (const [name, text] of bad) writeFileSync(join(drivers, name), text);
    const [[first, , why]] = bad as [(typeof bad)[number]];
    expect(await inProcess(['scan', join(drivers, first), '--lane', 'arm'])).toEqual({
      code: 2,
      out: '',
      err: `specialbit: ${join(drivers, first)}: ${why}\n`,
    });
    writeFileSync(join(drivers, 'good.c'), good);
    const { out, err } = await inProcess(['scan', drivers, '--lane', 'arm', '--json']);
    // the long one is not even opened
    const left = bad.map(([name, , because]) => ({ file: join(drivers, name), why: because }));
    expect(err.split('\n').sort()).toEqual(
      ['', ...left.map((one) => `specialbit: warning: ${one.file}: left out: ${one.why}`)].sort(),
    );
    expect(JSON.parse(out)).toMatchObject({ files: 1, read: 1, left_out: expect.arrayContaining(left) });
  });

  it('as deep as the deepest that is read is read', async () => {
    const deep = file('deep.c', handler(`int x = ${nested('(', ')', 980)}; return vm_insert_page(vma, 0, page);`));
    const { out } = await inProcess(['scan', deep, '--lane', 'arm', '--json']);
    expect(JSON.parse(out)).toMatchObject({ read: 1, left_out: [], mappings: [{ understood: 'yes' }] });
  });
});
