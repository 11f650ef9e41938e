// SPDX-License-Identifier: GPL-2.0-or-later
/** The same recording with bpftrace, which prints lines as the trace file has them. */
import { type Probe, probesOf, SYSCALLS } from './probes.js';

const LINE = 'printf("%s-%d [%03d] ..... %llu.%06llu: ';
const WHO = 'comm, tid, cpu, nsecs / 1000000000, (nsecs % 1000000000) / 1000';

/** Only the program and its children: pids are put into @in when they are born. */
const FILTER = '/@in[tid]/';

function kprobe(probe: Probe): string {
  const args = probe.args.filter(({ type }) => type !== 'pointer');
  const format = args.map(({ name }) => `${name}=0x%llx`).join(' ');
  const values = args
    .map(({ position, deref }) => (deref === true ? `*(uint64*)arg${position - 1}` : `arg${position - 1}`))
    .join(', ');
  const page = probe.args.some(({ type }) => type === 'page');
  const more = page ? ' vmemmap=0x%llx' : '';
  const base = page ? ', *(uint64*)kaddr("vmemmap_base")' : '';
  return `kprobe:${probe.name} ${FILTER} { ${LINE}sb_${probe.name}: () ${format}${more}\\n", ${WHO}, ${values}${base}); }`;
}

/** Arguments of system calls by name, as the trace file prints them. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  mmap: ['addr', 'len', 'prot', 'flags', 'fd', 'off'],
  munmap: ['addr', 'len'],
  mprotect: ['start', 'len', 'prot'],
  mremap: ['addr', 'old_len', 'new_len', 'flags', 'new_addr'],
  madvise: ['start', 'len_in', 'behavior'],
  mlock: ['start', 'len'],
  munlock: ['start', 'len'],
  brk: ['brk'],
  ftruncate: ['fd', 'length'],
  close: ['fd'],
  shmat: ['shmid', 'shmaddr', 'shmflg'],
};

function syscall(name: string): string[] {
  const args = ARGUMENTS[name] ?? [];
  const format = args.map((arg) => `${arg}: 0x%llx`).join(', ');
  const values = args.map((arg) => `, args.${arg}`).join('');
  return [
    `tracepoint:syscalls:sys_enter_${name} ${FILTER} { ${LINE}sys_${name}(${format})\\n", ${WHO}${values}); }`,
    `tracepoint:syscalls:sys_exit_${name} ${FILTER} { ${LINE}sys_${name} -> 0x%llx\\n", ${WHO}, args.ret); }`,
  ];
}

/** The program for a release. */
export function bpftraceScript(release: string): string {
  const lines = [
    '#!/usr/bin/env bpftrace',
    `/* Records a program for specialbit, on a kernel ${release}. Run as root:`,
    ' *   bpftrace record.bt -c "COMMAND" -o ftrace.txt; specialbit import ftrace ftrace.txt -o run.jsonl',
    ' * Start strace -f -ttt -yy beside it where names of files matter. */',
    'BEGIN { @in[cpid] = 1; }',
    `tracepoint:task:task_newtask ${FILTER} { @in[args.pid] = 1; ${LINE}task_newtask: pid=%d comm=%s clone_flags=%llx\\n", ${WHO}, args.pid, args.comm, args.clone_flags); }`,
    `tracepoint:sched:sched_process_exec ${FILTER} { ${LINE}sched_process_exec: filename=%s pid=%d\\n", ${WHO}, str(args.filename), args.pid); }`,
    `tracepoint:sched:sched_process_exit ${FILTER} { ${LINE}sched_process_exit: comm=%s pid=%d\\n", ${WHO}, args.comm, args.pid); }`,
    `tracepoint:exceptions:page_fault_user ${FILTER} { ${LINE}page_fault_user: address=0x%llx ip=0x%llx error_code=0x%llx\\n", ${WHO}, args.address, args.ip, args.error_code); }`,
    `tracepoint:exceptions:page_fault_kernel ${FILTER} { ${LINE}page_fault_kernel: address=0x%llx ip=0x%llx error_code=0x%llx\\n", ${WHO}, args.address, args.ip, args.error_code); }`,
    ...SYSCALLS.filter((name) => name in ARGUMENTS || name === 'execve' || name === 'exit_group').flatMap(syscall),
    ...probesOf(release).map(kprobe),
    'END { clear(@in); }',
  ];
  return `${lines.join('\n')}\n`;
}
