// SPDX-License-Identifier: GPL-2.0-or-later
/** strace's output as people have it: with any option, in a mail, from the middle of a run. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, temporary } from '../cli/specialbit.testkit.js';
import { specialbit } from './in-process.testkit.js';

interface Event {
  readonly type: string;
  readonly mm?: number;
  readonly [field: string]: unknown;
}

const path = (file: string): string => join(root, `test/pasted/strace/${file}.txt`);

async function imported(file: string, ...options: string[]): Promise<{ events: Event[]; header: Event; err: string }> {
  const { code, out, err } = await specialbit('import', ...options, file);
  expect(code).toBe(0);
  const [header, ...events] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  return { header: header!, events, err };
}

const of = (events: readonly Event[], type: string): Event[] => events.filter((event) => event.type === type);

describe('strace in the wild', () => {
  it('a message of strace within the line of clone(), a thread of it', async () => {
    const { events, err } = await imported(path('b02-strace-pid-attached-midline'));
    expect(err).toContain('10 lines used, 4 not about memory, 0 not understood');
    expect(new Set(of(events, 'mmap').map(({ mm }) => mm))).toEqual(new Set([31542]));
    expect(of(events, 'munmap')).toMatchObject([{ mm: 31542, at: '0x7f2d85331000', pages: 4098 }]);
    expect(of(events, 'fork')).toEqual([]);
  });

  it('quoted and wrapped in a mail', async () => {
    const { events, err } = await imported(path('b03-strace-arm-mmap2-quoted'));
    expect(err).toContain('0 not understood');
    expect(of(events, 'mmap')).toMatchObject([
      { pages: 2, mapped_at: '0xb6f5e000' },
      { pages: 9, file: '/etc/ld.so.cache', mapped_at: '0xb6f55000' },
    ]);
  });

  it('mmap2, with its offset in bytes, of a process of 32 bits', async () => {
    const { events, header } = await imported(path('b04-strace-hppa-iouring-mmap2'), '--arch', 'parisc32');
    expect(header).toMatchObject({ arch: ['parisc32'] });
    expect(of(events, 'mmap')).toMatchObject([
      { file: 'anon_inode:[io_uring]', mapped_at: '0xf7522000' },
      { file: 'anon_inode:[io_uring]', pgoff: '0x10000', mapped_at: '0xf6922000' },
    ]);
    const unsaid = await imported(path('b04-strace-hppa-iouring-mmap2'));
    expect(unsaid.err).toContain('chosen: the architecture: nothing in the recording says it');
    expect(unsaid.err).toContain('chosen: the processes are of 32 bits');
  });

  it('-i, -k: instruction pointers and stacks are no part of it', async () => {
    const pointer = await imported(path('b05-strace-i'));
    expect(pointer.err).toContain('6 lines used, 0 not about memory, 0 not understood');
    expect(pointer.events.map(({ type }) => type)).toEqual([
      'execve',
      'execve',
      'brk',
      'mmap',
      'mprotect',
      'munmap',
      'exit',
    ]);
    const stack = await imported(path('b06-strace-k'));
    expect(stack.err).toContain('3 lines used, 4 not about memory, 0 not understood');
  });

  it('without -y: the file is what the descriptor was opened for', async () => {
    const { events } = await imported(path('b16-strace-no-y-two-libs-fd3'));
    expect(of(events, 'mmap').map(({ file }) => file)).toEqual([
      '/lib/x86_64-linux-gnu/libm.so.6',
      '/lib/x86_64-linux-gnu/libc.so.6',
    ]);
  });
});

describe('what was recorded wins', () => {
  it('an mprotect that failed changes nothing', async () => {
    const { events, err } = await imported(path('b17-strace-mprotect-growsdown-einval'));
    expect(of(events, 'mprotect')).toEqual([]);
    expect(err).toContain('recorded results that the model does not reach, 1: the log follows them');
    expect(err).toContain('mprotect failed with EINVAL, which the model would do: left out (line 2)');
  });

  it('an mremap that moved is moved', async () => {
    const log = await specialbit('import', path('b18-strace-p-mremap-moved'));
    expect(log.err).toContain('mremap moved, where the model has room to grow: moved as recorded (line 2)');
    const { out } = await specialbit('replay', temporary('log.jsonl', log.out));
    expect(out).not.toContain('ENOMEM');
    expect(out).toContain('mapped at 7f2d862f2000-7f2d86333000');
  });

  it('failures with times and durations', async () => {
    const { events } = await imported(path('b07-strace-T-tt-err'));
    expect(events.slice(1).map(({ type, advice }) => advice ?? type)).toEqual([
      'mmap',
      'mremap',
      'MADV_DONTNEED',
      'MADV_POPULATE_READ',
      'munmap',
    ]);
  });

  it('calls on memory that no event made find it', async () => {
    const text = `mprotect(0x7f0000001000, 8192, PROT_READ) = 0
mremap(0x7f0000010000, 4096, 8192, MREMAP_MAYMOVE) = 0x7f0000020000
mmap(0x7f0000030000, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000030000
`;
    const { events, err } = await imported(temporary('attached.txt', text));
    expect(of(events, 'map_vma')).toMatchObject([
      { at: '0x7f0000001000', pages: 2 },
      { at: '0x7f0000020000', pages: 2 },
    ]);
    expect(err).toContain('recorded results that the model does not reach, 2');
  });
});

const CALL = 'mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000';
describe('options of strace, alone and together', () => {
  it.each([
    ['plain', CALL],
    ['-f', `[pid  1234] ${CALL}`],
    ['-f -o', `1234 ${CALL}`],
    ['-f -o, aligned', `1234  ${CALL}`],
    ['-Y', `[pid  1234<a.out>] ${CALL}`],
    ['-Y -o', `1234<a.out> ${CALL}`],
    ['-t', `10:56:39 ${CALL}`],
    ['-tt -T', `10:56:39.125823 ${CALL} <0.000063>`],
    ['-ttt', `1700000000.123456 ${CALL}`],
    ['-r', `     0.000123 ${CALL}`],
    ['-r -tt', `10:56:39.125823 (+     0.000123) ${CALL}`],
    ['-i', `[00007f4560e2f8a6] ${CALL}`],
    ['-n', `[   9] ${CALL}`],
    ['-i -n', `[00007f4560e2f8a6] [   9] ${CALL}`],
    ['-f -tt -i -n', `1234  10:56:39.125823 [00007f4560e2f8a6] [   9] ${CALL}`],
    ['-X raw', 'mmap(NULL, 0x2000, 0x1, 0x22, 0xffffffff, 0) = 0x7f0000001000'],
    [
      '-X verbose',
      'mmap(NULL, 8192, 0x1 /* PROT_READ */, 0x22 /* MAP_PRIVATE|MAP_ANONYMOUS */, -1, 0) = 0x7f0000001000',
    ],
    ['quoted', `> ${CALL}`],
    ['quoted twice', `> > ${CALL}`],
    ['wrapped', 'mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS,\n-1, 0) = 0x7f0000001000'],
    ['wrapped before the result', 'mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)\n= 0x7f0000001000'],
    ['behind a prompt', `$ strace ./a.out\n${CALL}`],
    ['behind a long prompt', `user@host:~/src$ strace -f ./a.out\n${CALL}`],
    ['an error in German', `access("/x", R_OK) = -1 ENOENT (Datei oder Verzeichnis nicht gefunden)\n${CALL}`],
    [
      'resumed',
      `[pid 2] mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>\n[pid 2] <... mmap resumed>) = 0x7f0000001000`,
    ],
    [
      'resumed by an old strace',
      `[pid 2] mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>\n[pid 2] <... mmap resumed> )      = 0x7f0000001000`,
    ],
    ['old_mmap', CALL.replace('mmap', 'old_mmap')],
  ])('%s', async (_name, text) => {
    const { events, err } = await imported(temporary('strace.txt', `${text}\n`));
    expect(of(events, 'mmap')).toMatchObject([{ pages: 2, prot: 'r', mapped_at: '0x7f0000001000' }]);
    expect(err).toContain(', 0 not understood');
  });

  it('-r: times are since the call before', async () => {
    const text = `     0.000000 ${CALL}\n     0.500000 munmap(0x7f0000001000, 4096) = 0\n     0.000100 munmap(0x7f0000002000, 4096) = 0\n`;
    const { events } = await imported(temporary('strace.txt', text));
    expect(events.slice(1).map(({ at, type }) => at ?? type)).toEqual(['mmap', '0x7f0000001000', '0x7f0000002000']);
  });

  it('-t past midnight', async () => {
    const text = `23:59:59 ${CALL}\n00:00:00 munmap(0x7f0000001000, 8192) = 0\n`;
    const { events } = await imported(temporary('strace.txt', text));
    expect(events.slice(1).map(({ type }) => type)).toEqual(['mmap', 'munmap']);
  });

  it('-p of a process with threads: they share what it has', async () => {
    const text = `strace: Process 10 attached with 2 threads\n[pid 10] ${CALL}\n[pid 11] munmap(0x7f0000001000, 4096) = 0\n`;
    const { events } = await imported(temporary('strace.txt', text));
    expect(of(events, 'munmap')).toMatchObject([{ mm: 10 }]);
    expect(of(events, 'execve')).toHaveLength(1);
  });

  it('a child that runs before its clone() returns', async () => {
    const text = `1 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD <unfinished ...>
2 ${CALL}
1 <... clone resumed>, child_tidptr=0x7f0000000a10) = 2
`;
    const { events } = await imported(temporary('strace.txt', text));
    expect(events.map(({ type }) => type)).toEqual(['execve', 'fork', 'mmap']);
  });
});
