// SPDX-License-Identifier: GPL-2.0-or-later
/** What is wrong with a log, or with the command line: one line that says where, never a stack trace. */
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { following, headOf, specialbit, temporary } from './specialbit.testkit.js';

const HEADER = '{"specialbit":1,"files":{"dev":"device"}}';
const MMAP = '{"type":"mmap","label":"ring","pages":4,"prot":"rw","file":"dev"}';
const log = (...lines: string[]): string => `${[HEADER, ...lines].join('\n')}\n`;

const CASES: readonly (readonly [string, string | Uint8Array, string])[] = [
  [
    'a bad hex number',
    log(MMAP, '{"type":"vm_insert_page","at":"ring","frame":"0xzz"}'),
    ':3: frame: expected a frame: a label ("P3") or a pfn ("0x260"), found "0xzz"',
  ],
  [
    'an unknown event',
    log('{"type":"mumap","at":"ring","pages":1}'),
    ':2: type: expected the type of an event (did you mean "munmap"?), found "mumap"',
  ],
  [
    'a wrong type deep inside',
    log('{"type":"mmap","pages":1,"prot":"r","file":"dev","ops":{"fault":{"do":"page","frame":[]}}}'),
    ':2: ops.fault.frame: expected a frame: a label ("P3") or a pfn ("0x260"), found an empty array',
  ],
  [
    'an event before its mmap',
    log('{"type":"write","at":"ring[1]"}', MMAP),
    ':2: at: no such mapping: ring (known: none)',
  ],
  [
    'a mapping that does not exist',
    log(MMAP, '{"type":"write","at":"ring2[1]"}'),
    ':3: at: no such mapping: ring2 (known: ring)',
  ],
  [
    'a frame label that does not exist',
    log(MMAP, '{"type":"vm_insert_page","at":"ring","frame":"P99"}'),
    ':3: frame: no such frame: P99',
  ],
  [
    'a file that the header does not have',
    log('{"type":"mmap","pages":1,"prot":"r","file":"deb"}'),
    ':2: file: no such file: deb (the header has: dev)',
  ],
  ['a process that does not exist', log('{"type":"exit","mm":3}'), ':2: mm: no such mm: 3 (live: 0)'],
  [
    'an architecture that does not exist',
    '{"specialbit":1,"arch":"x86_46"}\n',
    ':1: arch: no such architecture: x86_46 (did you mean "x86_64"?); `specialbit arch` lists them',
  ],
  [
    'a profile that does not exist',
    '{"specialbit":1,"profile":"linux-2.4"}\n',
    ':1: profile: no such kernel: linux-2.4',
  ],
  ['no header', `${MMAP}\n`, ':1: expected a header line such as {"specialbit":1}, found an event of type "mmap"'],
  ['an empty file', '', ':'],
  ['a binary file', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0]), ':'],
  ['no JSON', 'Hello.\n', ':1: '],
];

describe.each(['replay', 'compare', 'explain'])('specialbit %s', (command) => {
  const args = (path: string): string[] =>
    command === 'explain' ? [command, path, 'ring'] : [command, path, '--arch', 'x86_64,arm'];

  it.each(CASES)('%s', async (_, content, message) => {
    const path = temporary('bad.jsonl', content);
    const given = message.startsWith(':1: arch')
      ? args(path).filter((arg) => !arg.includes('arm') && arg !== '--arch')
      : args(path);
    const { code, err } = await specialbit(given);
    expect(code).toBe(2);
    expect(err).toContain(`specialbit: ${path}${message}`);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('a log that breaks off in its last line is used up to there', async () => {
    const path = temporary('cut.jsonl', log(MMAP, '{"type":"write","at":"ri').trimEnd());
    const { code, out, err } = await specialbit(args(path));
    expect(code).toBe(0);
    expect(err).toMatch(/^specialbit: warning: .*cut\.jsonl:3: expected .*\n$/);
    expect(out).not.toBe('');
  });

  it('a gzip file that breaks off is used up to there', async () => {
    const events = Array.from(
      { length: 4000 },
      (_, i) => `{"type":"read","at":"0x${(0x1000 * (i * 7919 + 1)).toString(16)}"}`,
    );
    const whole = gzipSync(log(MMAP, ...events));
    const path = temporary('cut.jsonl.gz', whole.subarray(0, whole.length - 1000));
    const { code, err } = await specialbit(args(path));
    expect(code).toBe(0);
    expect(err).toMatch(/^specialbit: warning: .*cut\.jsonl\.gz:\d+: expected .*\n$/);
  });

  it('reads standard input', async () => {
    const { code, err } = await specialbit(args('-'), { input: log(MMAP) });
    expect([code, err]).toEqual([0, '']);
  });

  it('a file that is not there', async () => {
    const { code, err } = await specialbit(args('no/such.jsonl'));
    expect([code, err]).toEqual([
      2,
      'specialbit: no/such.jsonl: expected a file that can be read, found no such file\n',
    ]);
  });

  it('more events than there are', async () => {
    const path = temporary('short.jsonl', log(MMAP));
    const { code, out, err } = await specialbit([...args(path), '--at', '7']);
    expect([code, out, err]).toEqual([2, '', `specialbit: --at 7: ${path} has 1 event\n`]);
  });

  it('an unknown architecture on the command line', async () => {
    const { code, err } = await specialbit([
      command,
      'x.jsonl',
      ...(command === 'explain' ? ['ring'] : []),
      '--arch',
      'armm',
    ]);
    expect(code).toBe(2);
    expect(err).toMatch(/^specialbit: (no such architecture: armm \(did you mean "arm"\?\)|x\.jsonl: ).*\n$/);
  });

  it('prints JSON', async () => {
    const path = temporary('log.jsonl', log(MMAP));
    const { code, out } = await specialbit([...args(path), '--json']);
    expect(code).toBe(0);
    const lines = command === 'replay' ? out.trimEnd().split('\n') : [out];
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  });
});

describe('specialbit explain', () => {
  const path = (): string => temporary('log.jsonl', log(MMAP, '{"type":"vm_insert_page","at":"ring[2]","frame":"P1"}'));

  it.each([
    ['ring2', 'no such mapping: ring2 (known: ring)'],
    ['ring[x]', 'expected a page ("ring[2]", "ring" or an address such as 0x20001000), found "ring[x]"'],
    [
      '0xffffffffffffffffffff',
      'expected a page ("ring[2]", "ring" or an address such as 0x20001000), found "0xffffffffffffffffffff"',
    ],
  ])('%s', async (target, message) => {
    const { code, err } = await specialbit(['explain', path(), target]);
    expect([code, err]).toEqual([2, `specialbit: ${message}\n`]);
  });

  it('an address space that does not exist', async () => {
    const { code, err } = await specialbit(['explain', path(), 'ring', '--mm', '5']);
    expect([code, err]).toEqual([2, 'specialbit: --mm 5: no such address space after 2 events (live: 0)\n']);
  });

  it('a page that nothing maps', async () => {
    const { code, out } = await specialbit(['explain', path(), '0x1000']);
    expect(code).toBe(0);
    expect(out).toContain('nothing is mapped here, and no VMA covers it');
  });

  it('asks what vm_normal_page asks, and tells who holds the page', async () => {
    const { out } = await specialbit(['explain', path(), 'ring[2]', '--arch', 'x86_64,arm']);
    expect(out).toContain('CONFIG_ARCH_HAS_PTE_SPECIAL?  yes');
    expect(out).toContain('CONFIG_ARCH_HAS_PTE_SPECIAL?  no');
    expect(out).toMatch(/9 {2}_PAGE_SPECIAL +0 {2}/);
    expect(out).toContain('who holds P1 (refcount 2, mapcount 1)');
    expect(out.split('\n').every((line) => line.length <= 78)).toBe(true);
  });
});

describe('the command line', () => {
  it('has colour only where it is wanted', async () => {
    const start = String.fromCharCode(27);
    const args = ['replay', 'examples/s10-binder.jsonl'];
    expect((await specialbit(args)).out).not.toContain(start);
    expect((await specialbit(args, { env: { FORCE_COLOR: '1' } })).out).toContain(start);
    expect((await specialbit(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).out).not.toContain(start);
  });

  it.each([
    [['verfy'], "specialbit: unknown command 'verfy' (Did you mean verify?)\n"],
    [['replay', '--att', '1', 'x'], "specialbit: unknown option '--att' (Did you mean --at?)\n"],
    [['replay', '--at', '-1', 'x'], /^specialbit: option '--at <n>' argument/],
    [
      ['compare', '--arch', 'x86_64', 'examples/s10-binder.jsonl'],
      /^specialbit: compare needs two architectures or more/,
    ],
  ])('%j is a usage error', async (args, message) => {
    const { code, err } = await specialbit(args);
    expect(code).toBe(2);
    if (typeof message === 'string') expect(err).toBe(message);
    else expect(err).toMatch(message);
  });

  it.each(['replay', 'compare', 'explain', 'verify', 'transcribe', 'arch'])(
    '%s has help with examples',
    async (command) => {
      const { code, out } = await specialbit([command, '--help']);
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
      expect(out).toContain('Exit codes:');
      expect(out.split('\n').every((line) => line.length <= 78)).toBe(true);
    },
  );

  it('lists the architectures', async () => {
    const { code, out } = await specialbit(['arch']);
    expect(code).toBe(0);
    for (const name of ['x86_64', 'arm', 'arm-lpae', 'm68k', 's390x'])
      expect(out).toMatch(new RegExp(`^${name} `, 'm'));
  });
});

describe('pipes', () => {
  it('a reader that goes away is no error', async () => {
    const events = Array.from({ length: 20_000 }, () => '{"type":"read","at":"ring"}');
    const path = temporary(
      'long.jsonl',
      log(MMAP.replace('"prot"', '"ops":{"fault":{"do":"sigbus"}},"prot"'), ...events),
    );
    const { code, err } = await headOf(['replay', path]);
    expect([code, err]).toEqual([0, '']);
  });

  it.each([
    ['truncated', (path: string) => truncateSync(path, 5), /: was truncated to 5 bytes, of which \d+ had been read; /],
    ['removed', (path: string) => rmSync(path), /: was removed; /],
    [
      'put in place of',
      (path: string) => {
        writeFileSync(`${path}.new`, log(MMAP));
        renameSync(`${path}.new`, path);
      },
      /: another file has its name now; /,
    ],
  ])('--follow ends where the file is %s, with what was read', async (_, change, why) => {
    const path = temporary('rotated.jsonl', log(MMAP));
    const { out, code, err } = await following(
      ['replay', '--follow', path],
      /1 {2}mmap ring/,
      () => change(path),
      /never/,
    );
    expect(code).toBe(2);
    expect(err).toMatch(why);
    expect(out).toContain('after 1 event');
  });

  it('--follow reads on while the log grows, and shows the state when it is interrupted', async () => {
    const path = temporary('growing.jsonl', log(MMAP));
    const { out, code, err } = await following(
      ['replay', '--follow', path],
      /1 {2}mmap ring/,
      () => appendFileSync(path, '{"type":"munmap","at":"ring","pages":4}\n'),
      /2 {2}munmap ring/,
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('after 2 events');
  });
});
