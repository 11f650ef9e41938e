// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { linesOf } from '../lines.js';
import { Problems } from '../problems.js';
import type { TraceRecord } from '../records.js';
import { FtraceParser } from './ftrace.js';

function parse(text: string): { records: TraceRecord[]; problems: Problems } {
  const problems = new Problems('ftrace.txt');
  const parser = new FtraceParser(problems);
  const records: TraceRecord[] = [];
  for (const { text: line, line: number } of linesOf(text)) parser.parse(line, number, (r) => records.push(r));
  parser.end((r) => records.push(r));
  return { records, problems };
}

const one = (event: string, comm = 'true'): TraceRecord | undefined =>
  parse(`            ${comm}-7589    [001] ..... 1795337109.308094: ${event}`).records[0];

describe('FtraceParser', () => {
  it('puts the entry and exit of a system call together', () => {
    const { records, problems } = parse(
      [
        '# tracer: nop',
        'a-1 [000] ..... 1.000001: sys_mmap(addr: 0, len: 2000, prot: 3, flags: 22, fd: ffffffffffffffff, off: 0)'.replace(
          /: (2000|22|f+)/g,
          ': 0x$1',
        ),
        'a-1 [000] ..... 1.000003: sys_mmap -> 0x7ffff7fc0000',
        'a-1 [000] ..... 1.000004: sys_munmap(addr: 0x1000, len: 0x1000)',
        'a-1 [000] ..... 1.000005: sys_munmap -> 0xffffffffffffffea',
        'a-1 [000] ..... 1.000006: sys_exit_group(error_code: 0)',
      ].join('\n'),
    );
    expect(problems.kinds()).toEqual([]);
    expect(records).toMatchObject([
      {
        call: { name: 'mmap', addr: 0, len: 0x2000, prot: 3, flags: 0x22, fd: null },
        ret: 0x7ffff7fc0000,
        time: 1.000001,
        end: 1.000003,
      },
      { call: { name: 'munmap' }, ret: -1, errno: 'EINVAL' },
      { call: { name: 'exit_group' }, ret: null },
    ]);
  });

  it('reads what trace-cmd report prints', () => {
    const { records } = parse(
      [
        'cpus=2',
        '            true-7589  [001]  2580.519175: sys_enter_mmap:       addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000',
        '            true-7589  [001]  2580.519181: sys_exit_mmap:        0x7f86a0a8b000',
        '            true-7589  [001]  2580.519182: page_fault_user:      address=0x7f86a0a8b000 ip=0x7f86a0aad581 error_code=0x6',
      ].join('\n'),
    );
    expect(records).toMatchObject([
      { type: 'syscall', call: { name: 'mmap', len: 0x2000, fd: null }, ret: 0x7f86a0a8b000 },
      { type: 'fault', addr: 0x7f86a0a8b000, op: 'write', user: true },
    ]);
  });

  it.each([
    [
      'page_fault_user: address=0x1000 ip=0x2000 error_code=0x4',
      { type: 'fault', addr: 0x1000, op: 'read', user: true },
    ],
    ['page_fault_user: address=0x1000 ip=0x2000 error_code=0x14', { type: 'fault', op: 'exec' }],
    [
      'page_fault_kernel: address=0x1000 ip=elf_load error_code=0x2',
      { type: 'fault', op: 'write', user: false, ip: 'elf_load' },
    ],
    [
      'rss_stat: mm_id=450711065 curr=1 type=MM_ANONPAGES size=49152B',
      { type: 'rss', mm_id: 450711065, curr: true, member: 'MM_ANONPAGES', pages: 12 },
    ],
    [
      'mm_page_alloc: page=00000000a0dbe793 pfn=0x176f81 order=0 migratetype=1 gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_COMP',
      { type: 'page_alloc', pfn: 0x176f81, order: 0, user: true },
    ],
    [
      'mm_page_alloc: page=00000000a0dbe793 pfn=0x176f81 order=0 migratetype=0 gfp_flags=GFP_KERNEL_ACCOUNT|__GFP_ZERO',
      { user: false },
    ],
    [
      'vm_unmapped_area: addr=0x7f86a0a8b000 err=0 total_vm=0x65 flags=0x1 len=0x2000 lo=0x1000 hi=0x7f86a0aca000 mask=0x0 ofs=0x0',
      { type: 'unmapped_area', addr: 0x7f86a0a8b000, len: 0x2000 },
    ],
    [
      'task_newtask: pid=17060 comm=threads clone_flags=3d0f00 oom_score_adj=0',
      { type: 'newtask', child: 17060, flags: 0x3d0f00 },
    ],
    ['sched_process_fork: comm=sh pid=5 child_comm=sh child_pid=6', { type: 'newtask', child: 6, flags: undefined }],
    ['sched_process_exec: filename=/usr/bin/true pid=7589 old_pid=7589', { type: 'exec', path: '/usr/bin/true' }],
    ['sched_process_exit: comm=true pid=7589 prio=120', { type: 'exit', pid: 7589 }],
    ['tracing_mark_write: SNAP_BEGIN 3', { type: 'mark', text: 'SNAP_BEGIN 3' }],
    [
      'sb_remap_pfn_range: (remap_pfn_range+0x0/0x40) addr=0x7f0000000000 pfn=0xfe000 size=0x4000',
      { type: 'driver_call', name: 'remap_pfn_range', args: { addr: 0x7f0000000000, pfn: 0xfe000, size: 0x4000 } },
    ],
    [
      'sb_vm_insert_page: (vm_insert_page+0x0/0x40) addr=0x7f0000000000 page=0xffffea0000004080 vmemmap=0xffffea0000000000',
      { type: 'driver_call', args: { pfn: 0x102 } },
    ],
    [
      'sb_vmf_insert_mixed: (vmf_insert_mixed+0x0/0x40) addr=0x7f0000000000 pfn=0x20000000000fe000',
      { type: 'driver_call', args: { pfn: 0xfe000 } },
    ],
  ])('%s', (event, expected) => {
    expect(one(event)).toMatchObject(expected);
  });

  it('knows faults by handle_mm_fault(): not those of others, and once what is tried again', () => {
    const fault = (flags: number, regs = 'c1004000'): string =>
      `a-1 [000] ..... 1.000001: sbf_fault: (handle_mm_fault+0x0/0x40) addr=0x10901010 flags=0x${flags.toString(16)} regs=0x${regs}`;
    const [user, write, locked, tried] = [0x40, 0x1, 0x1000, 0x20];
    const { records, problems } = parse(
      [
        fault(user + locked),
        fault(user),
        fault(user + tried),
        fault(write, '0'),
        fault(user + write + locked),
        'a-1 [000] ..... 1.000002: sb_vmf_insert_pfn: () addr=0x10901000 pfn=0x60005 vm_flags=0x44fb page_prot=0x71f',
        'a-1 [000] ..... 1.000002: sbr_vmf_insert_pfn: () ret=256',
      ].join('\n'),
    );
    expect(problems.kinds()).toEqual([]);
    expect(records).toMatchObject([
      { type: 'fault', addr: 0x10901010, op: 'read', user: true },
      { type: 'fault', op: 'write' },
      { type: 'driver_call', fault: true },
    ]);
  });

  it('knows RAM by /proc/iomem as bpftrace prints it', () => {
    const { records, problems } = parse(
      '# specialbit: iomem\n00001000-0009fbff : System RAM\n  00002000-00002fff : Kernel code\n# specialbit: end\n00001000-0009fbff : System RAM\n',
    );
    expect(records).toMatchObject([{ type: 'machine', ram: [0x1000, 0x9fbff] }]);
    expect(problems.kinds().map(({ what }) => what)).toEqual(['no trace event']);
  });

  it('takes names of tasks with blanks and dashes', () => {
    expect(one('page_fault_user: address=0x1000 ip=0x2000 error_code=0x4', 'my prog-2')).toMatchObject({ pid: 7589 });
  });

  it('counts lost events and lines it does not know', () => {
    const { problems } = parse('CPU:1 [LOST 17 EVENTS]\nnonsense\n');
    expect(problems.kinds().map(({ what }) => what)).toEqual(['the tracer lost events', 'no trace event']);
  });
});
