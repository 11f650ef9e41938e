// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { linesOf } from '../lines.js';
import { Problems } from '../problems.js';
import type { TraceRecord } from '../records.js';
import { PerfScriptParser } from './perf-script.js';

it('PerfScriptParser reads events, system calls, mappings and call chains', () => {
  const problems = new Problems('perf.txt');
  const parser = new PerfScriptParser(problems);
  const records: TraceRecord[] = [];
  const text = [
    '         setarch 15675/15675 [001]  2580.518714:    exceptions:page_fault_user: address=0x7f86a0aafb70 ip=0x7f86a0aafb70 error_code=0x14',
    '            7f86a0aafb70 _start+0x0 (/usr/lib/ld.so)',
    '',
    '         setarch 15675/15676 [001]  2580.519175:       syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000',
    '         setarch 15675/15676 [001]  2580.519181:        syscalls:sys_exit_mmap: 0x7f86a0a8b000',
    'setarch 15675 [001] 2580.519190: 1 kmem:rss_stat: mm_id=1188309906 curr=1 type=MM_FILEPAGES size=65536B',
    '         setarch 15675/15675 [001]  2580.519232: PERF_RECORD_MMAP2 15675/15675: [0x7f86a08c3000(0x156000) @ 0x26000 fe:00 339380 0]: r-xp /usr/lib/x86_64-linux-gnu/libc.so.6',
    '         setarch 15675/15675 [001]  2580.519300: PERF_RECORD_COMM exec: setarch:15675/15675',
  ].join('\n');
  for (const { text: line, line: number } of linesOf(text)) parser.parse(line, number, (r) => records.push(r));
  expect(problems.kinds()).toEqual([]);
  expect(records).toMatchObject([
    { type: 'fault', pid: 15675, op: 'exec', time: 2580.518714 },
    { type: 'syscall', pid: 15676, call: { name: 'mmap', len: 0x2000 }, ret: 0x7f86a0a8b000 },
    { type: 'rss', member: 'MM_FILEPAGES', pages: 16 },
    {
      type: 'mapped',
      addr: 0x7f86a08c3000,
      len: 0x156000,
      off: 0x26000,
      perms: 'r-xp',
      path: '/usr/lib/x86_64-linux-gnu/libc.so.6',
    },
  ]);
});
