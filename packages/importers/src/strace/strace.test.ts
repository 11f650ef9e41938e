// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { linesOf } from '../lines.js';
import { Problems } from '../problems.js';
import type { TraceRecord } from '../records.js';
import { StraceParser } from './strace.js';

function parse(text: string): { records: TraceRecord[]; problems: Problems } {
  const problems = new Problems('strace.txt');
  const parser = new StraceParser(problems);
  const records: TraceRecord[] = [];
  for (const { text: line, line: number } of linesOf(text)) parser.parse(line, number, (r) => records.push(r));
  parser.end((r) => records.push(r));
  return { records, problems };
}

describe('StraceParser', () => {
  it.each([
    [
      'plain',
      'mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000',
      1,
      undefined,
    ],
    [
      '-f',
      '42 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000',
      42,
      undefined,
    ],
    [
      '-f to a terminal',
      '[pid    42] mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000',
      42,
      undefined,
    ],
    [
      '-f -ttt -T',
      '42  1795337109.25 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000 <0.000012>',
      42,
      1795337109.25,
    ],
    [
      '-tt',
      '10:00:01.500000 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000',
      1,
      36001.5,
    ],
    [
      '-X verbose',
      '42 1.5 mmap(NULL, 8192, 0x3 /* PROT_READ|PROT_WRITE */, 0x22 /* MAP_PRIVATE|MAP_ANONYMOUS */, -1, 0) = 0x7f0000001000',
      42,
      1.5,
    ],
    ['-X raw', '42 1.5 mmap(0, 0x2000, 0x3, 0x22, -1, 0) = 0x7f0000001000', 42, 1.5],
  ])('%s', (_name, line, pid, time) => {
    const { records, problems } = parse(line);
    expect(problems.kinds()).toEqual([]);
    expect(records).toEqual([
      {
        type: 'syscall',
        line: 1,
        time,
        pid,
        call: { name: 'mmap', addr: 0, len: 8192, prot: 3, flags: 0x22, fd: null, off: 0 },
        ret: 0x7f0000001000,
      },
    ]);
  });

  it('puts unfinished and resumed calls of threads together, at the line where they began', () => {
    const { records } = parse(
      [
        '1 1.0 mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>',
        '2 1.1 munmap(0x1000, 4096) = 0',
        '1 1.2 <... mmap resumed>) = 0x5000',
      ].join('\n'),
    );
    expect(records.map((r) => [r.line, r.pid, r.time])).toEqual([
      [2, 2, 1.1],
      [1, 1, 1.0],
    ]);
    expect(records[1]).toMatchObject({ ret: 0x5000, end: 1.2 });
  });

  it('reads clone flags, also behind an arrow, and execve', () => {
    const { records } = parse(
      [
        '1 1.0 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD, exit_signal=0} => {parent_tid=[7]}, 88) = 7',
        '1 1.1 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x1) = 8',
        '1 1.2 vfork() = 9',
        '9 1.3 execve("/bin/true", ["true"], 0x7ffc /* 4 vars */) = 0',
      ].join('\n'),
    );
    expect(records.map((r) => r.type === 'syscall' && r.call)).toEqual([
      { name: 'clone', flags: 0x10700 },
      { name: 'clone', flags: 0 },
      { name: 'clone', flags: 0x4100 },
      { name: 'execve', path: '/bin/true' },
    ]);
  });

  it('knows which file a descriptor is, that it was deleted, and sockets', () => {
    const fd = (text: string): unknown => {
      const [record] = parse(`1 1.0 mmap(NULL, 4096, PROT_READ, MAP_SHARED, ${text}, 0) = 0x1000`).records;
      return record?.type === 'syscall' && record.call.name === 'mmap' ? record.call.fd : undefined;
    };
    expect(fd('3</usr/lib/libc.so.6>')).toEqual({ fd: 3, path: '/usr/lib/libc.so.6' });
    expect(fd('4</memfd:x>(deleted)')).toEqual({ fd: 4, path: '/memfd:x', deleted: true });
    expect(fd('3<socket:[100772]>')).toEqual({ fd: 3, path: 'socket:[100772]' });
    expect(fd('3</dev/zero<char 1:5>>')).toEqual({ fd: 3, path: '/dev/zero', device: 'char' });
    expect(fd('7')).toEqual({ fd: 7 });
  });

  it('has the errno of a call that failed, and signals and ends', () => {
    const { records } = parse(
      [
        '1 1.0 mprotect(0x1000, 4096, PROT_READ) = -1 ENOMEM (Cannot allocate memory)',
        '1 1.1 --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10} ---',
        '1 1.2 exit_group(0) = ?',
        '1 1.3 +++ exited with 0 +++',
      ].join('\n'),
    );
    expect(records).toMatchObject([
      { type: 'syscall', ret: -1, errno: 'ENOMEM' },
      { type: 'signal', signal: 'SIGSEGV', code: 'SEGV_MAPERR', addr: 0x10 },
      { type: 'syscall', call: { name: 'exit_group' }, ret: null },
      { type: 'exit', pid: 1 },
    ]);
  });

  it('gives numbers to advice that strace does not know', () => {
    const { records } = parse(
      '1 1.0 madvise(0x1000, 4096, 0x66 /* MADV_??? */) = 0\n1 1.1 madvise(0x1000, 4096, MADV_FREE) = 0',
    );
    expect(records.map((r) => r.type === 'syscall' && r.call)).toMatchObject([
      { advice: 'MADV_GUARD_INSTALL' },
      { advice: 'MADV_FREE' },
    ]);
  });

  it('counts what it cannot read and goes on', () => {
    const { records, problems } = parse(
      [
        '1 1.0 munmap(0x1000, 4096) = 0',
        '1 1.1 munmap(0x1000, bogus) = 0',
        'what is this',
        '1 1.2 <... mmap resumed>) = 0x1000',
        '1 1.3 munmap(0x2000, 4096',
        '1 1.4 getpid() = 1',
        '1 1.5 munmap(0x3000, 4096) = 0',
      ].join('\n'),
    );
    expect(records.map((r) => r.line)).toEqual([1, 7]);
    expect(problems.count).toBe(4);
    expect(problems.skipped).toBe(1);
    expect(problems.kinds().map(({ what }) => what)).toContain('munmap: argument 2 is no number');
    expect(problems.kinds()[0]!.examples[0]).toMatchObject({ file: 'strace.txt' });
  });
});
