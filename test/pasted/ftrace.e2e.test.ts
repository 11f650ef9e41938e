// SPDX-License-Identifier: GPL-2.0-or-later
/** Traces of ftrace and perf as they are found: of several kernels, from several tools. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, temporary } from '../cli/specialbit.testkit.js';
import { specialbit } from './in-process.testkit.js';

const path = (file: string): string => join(root, `test/pasted/ftrace/${file}.txt`);

async function imported(file: string): Promise<{ events: string[]; header: string; err: string }> {
  const { code, out, err } = await specialbit('import', file);
  expect(code).toBe(0);
  const [header = '', ...events] = out.trimEnd().split('\n');
  return { header, events, err };
}

describe('ftrace', () => {
  it('up to 6.17 prints arguments in hexadecimal without 0x', async () => {
    const { events, err } = await imported(path('c09-ftrace-6.12-hex-no-0x'));
    expect(events.slice(1)).toEqual([
      '{"type":"mmap","mm":1200,"pages":33,"prot":"rw","mapped_at":"0x7f3c00000000"}',
      '{"type":"mprotect","mm":1200,"at":"0x7f3c00000000","pages":1,"prot":"r"}',
      '{"type":"access","mm":1200,"op":"write","at":"0x7f3c00001000"}',
      '{"type":"madvise","mm":1200,"at":"0x7f3c00001000","pages":16,"advice":"MADV_DONTNEED"}',
      '{"type":"munmap","mm":1200,"at":"0x7f3c00000000","pages":33}',
    ]);
    expect(err).toContain('9 lines used, 12 not about memory, 0 not understood');
  });

  it('from 6.18 on prints 0x before those of two digits: the same calls give the same events', async () => {
    const calls = (of: (n: string) => string): string =>
      `x-1 [000] ..... 1.000001: sys_mmap(addr: 0, len: ${of('21000')}, prot: 3, flags: ${of('22')}, fd: ${of('ffffffffffffffff')}, off: 0)
x-1 [000] ..... 1.000002: sys_mmap -> 0x7f3c00000000
x-1 [000] ..... 1.000003: sys_munmap(addr: ${of('7f3c00000000')}, len: ${of('10')})
x-1 [000] ..... 1.000004: sys_munmap -> 0x0
`;
    const bare = await imported(
      temporary(
        'a.txt',
        calls((n) => n),
      ),
    );
    const marked = await imported(
      temporary(
        'b.txt',
        calls((n) => `0x${n}`),
      ),
    );
    expect(bare.events).toEqual(marked.events);
    expect(bare.events[1]).toContain('"pages":33');
  });

  it('ftrace_dump_on_oops: microseconds, and stamps of the log', async () => {
    const { events, err } = await imported(path('c04-ftrace-dump-on-oops-us'));
    expect(events[1]).toBe('{"type":"access","mm":1,"op":"write","at":"0x7ffd52fd0000"}');
    expect(err).toContain('1 lines used, 2 not about memory, 0 not understood');
  });

  it('without page faults, says what follows', async () => {
    const { events, header, err } = await imported(path('c08-arm64-no-pagefault-event'));
    expect(events[1]).toBe('{"type":"mmap","mm":1200,"pages":2,"prot":"rw","mapped_at":"0xffff8000b000"}');
    expect(header).toContain('"arch":["arm64-4k-48"]');
    expect(err).toContain('chosen: no page faults are in the trace');
  });

  it.each([
    ['a TGID column', 'a.out-7  (      5) [000] d.... 1.000001: EVENT'],
    ['an unknown TGID', 'a.out-7  (-----) [000] d.... 1.000001: EVENT'],
    ['four flags', 'a.out-7 [000] d... 1.000001: EVENT'],
    ['eight flags', 'a.out-7 [000] d.N1.2.. 1.000001: EVENT'],
    ['no flags', 'a.out-7 [000] 1.000001: EVENT'],
    ['nanoseconds', 'a.out-7 [000] ..... 1.000001123: EVENT'],
    ['a counter', 'a.out-7 [000] ..... 123456789: EVENT'],
    ['the latency format', 'a.out-7 0d..1. 12us+: EVENT'],
    ['function_graph with tasks', ' 0)  a.out-7  |               |  /* EVENT */'],
    ['function_graph with switches', ' 0)  idle-0  =>  a.out-7\n 0)               |  /* EVENT */'],
    ['a name with blanks', 'Web Content-7 [000] ..... 1.000001: EVENT'],
  ])('%s', async (_name, form) => {
    const text = `# tracer: nop\n${form.replace('EVENT', 'page_fault_user: address=0x7f0000001000 ip=0x40 error_code=0x6')}\n`;
    const { events, err } = await imported(temporary('trace.txt', text));
    expect(events[1]).toBe('{"type":"access","mm":7,"op":"write","at":"0x7f0000001000"}');
    expect(err).toContain(', 0 not understood');
  });

  it('raw_syscalls, lost events and calls without their end are said', async () => {
    const { err } = await imported(
      temporary(
        'trace.txt',
        `a-7 [000] ..... 1.0: sys_enter: NR 9 (0, 2000, 3, 22, ffffffffffffffff, 0)
CPU:1 [LOST 17 EVENTS]
a-7 [000] ..... 1.1: sys_munmap(addr: 7f0000001000, len: 1000)
a-7 [000] ..... 1.2: sys_munmap(addr: 7f0000002000, len: 1000)
a-7 [000] ..... 1.3: sys_munmap -> 0x0
`,
      ),
    );
    expect(err).toContain('2 lines used, 0 not about memory, 3 not understood');
    expect(err).toContain('raw_syscalls, which names no call');
    expect(err).toContain('a system call that is not seen to end');
  });
});

describe('what is no text, or not enough', () => {
  it.each([
    [
      'perf trace',
      path('c05-perf-trace'),
      'the output of perf trace: it leaves out what a replay needs; give the output of `perf script`',
    ],
  ])('%s', async (_name, file, message) => {
    const { code, err } = await specialbit('import', file);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it.each([
    ['trace-cmd', '\u0017\u0008Dtracing6'],
    ['perf', 'PERFILE2........'],
  ])('a file of %s: its tool makes text of it, or the message says so', async (tool, content) => {
    const { code, err } = await specialbit('import', temporary('trace.dat', content));
    expect(code).toBe(2);
    expect(err).toContain(`makes text of it, and ${tool === 'perf' ? '' : ''}`);
    expect(err).toContain('Give its output instead');
  });
});
