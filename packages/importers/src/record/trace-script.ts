// SPDX-License-Identifier: GPL-2.0-or-later
/** A shell script that records a program with ftrace: trace events, and probes on what drivers call. */
import { type Probe, probesOf, SYSCALLS, TRACEPOINTS } from './probes.js';

/** What the probe writes down: `$argN` is the N-th argument on architectures that know it. */
function fetchArguments(probe: Probe): string[] {
  const fetch = probe.args
    .filter(({ type }) => type !== 'pointer')
    .map(({ name, position, deref }) => `${name}=${deref === true ? `+0($arg${position})` : `$arg${position}`}:x64`);
  // the array of struct page, for the pfn of a page
  if (probe.args.some(({ type }) => type === 'page')) fetch.push('vmemmap=@vmemmap_base:x64');
  return fetch;
}

/** A probe's definition for kprobe_events. */
export function kprobeDefinition(probe: Probe): string {
  const fetch = fetchArguments(probe);
  return `p:specialbit/sb_${probe.name} ${probe.name} ${fetch.join(' ')}`;
}

/** The same for dynamic_events of kernels from 6.6 on, whose probes know types: with the VMA's range and flags. */
export function fprobeDefinition(probe: Probe): string {
  const fetch = fetchArguments(probe);
  if (probe.args[0]?.name === 'vma') fetch.push('vm_start=vma->vm_start:x64', 'vm_flags=vma->vm_flags:x64');
  return `f:specialbit/sb_${probe.name} ${probe.name} ${fetch.join(' ')}`;
}

/** The script for a release; `kind`: which sort of probe. */
export function traceScript(release: string, kind: 'kprobe' | 'fprobe'): string {
  const probes = probesOf(release);
  const file = kind === 'kprobe' ? 'kprobe_events' : 'dynamic_events';
  const define = kind === 'kprobe' ? kprobeDefinition : fprobeDefinition;
  const lines = [
    '#!/bin/sh',
    `# Records a program for specialbit, on a kernel ${release}, with ${kind}s. Run as root: sh record.sh OUT COMMAND...`,
    '# Result: OUT/ftrace.txt, and OUT/strace.txt where strace is installed. Read it back with',
    '#   specialbit import OUT/strace.txt OUT/ftrace.txt -o run.jsonl',
    'set -eu',
    '[ $# -ge 2 ] || { echo "usage: sh $0 OUT COMMAND..." >&2; exit 2; }',
    'OUT=$1; shift; mkdir -p "$OUT"',
    'T=/sys/kernel/tracing; [ -d $T/events ] || mount -t tracefs nodev $T',
    'I=$T/instances/specialbit; rmdir $I 2>/dev/null || true; mkdir $I',
    'cleanup() {',
    '  echo 0 > $I/tracing_on; echo 0 > $I/events/enable; rmdir $I',
    `  for p in ${[...new Set(probes.map(({ name }) => name))].join(' ')}; do echo "-:specialbit/sb_$p" >> $T/${file} 2>/dev/null || true; done`,
    '}',
    'trap cleanup EXIT',
    `probe() { echo "$1" >> $T/${file} || echo "no probe: $1" >&2; }`,
    ...probes.map((probe) => `probe '${define(probe)}'`),
    'on() { [ ! -e "$I/events/$1/enable" ] || echo 1 > "$I/events/$1/enable"; }',
    '# the clock of strace -ttt (but for leap seconds, which are taken off when both logs are read)',
    'echo tai > $I/trace_clock',
    'echo 65536 > $I/buffer_size_kb',
    'echo 1 > $I/options/event-fork; echo 0 > $I/options/hash-ptr 2>/dev/null || true',
    `for s in ${SYSCALLS.join(' ')}; do on syscalls/sys_enter_$s; on syscalls/sys_exit_$s; done`,
    `for e in ${TRACEPOINTS.join(' ')}; do on $e; done`,
    'on specialbit',
    'echo 0 > $I/tracing_on',
    'cat $I/trace_pipe > "$OUT/ftrace.txt" & CAT=$!',
    '# khugepaged as well, which makes huge pages of what the program has',
    "RUN='echo $$ $(pgrep -x khugepaged) > '$I'/set_event_pid; echo 1 > '$I'/tracing_on; exec \"$@\"'",
    'if command -v strace > /dev/null; then',
    '  strace -f -ttt -yy -s 200 -o "$OUT/strace.txt" -e trace=%memory,%process,openat,open,close,dup,dup2,dup3,ftruncate,unlink,memfd_create,memfd_secret,io_uring_setup,io_uring_register,perf_event_open,socket,setsockopt,getsockopt,bpf,ioctl,userfaultfd,personality,shmget,shmat,shmdt,io_setup,process_vm_readv,process_vm_writev sh -c "$RUN" sh "$@" || true',
    'else',
    '  sh -c "$RUN" sh "$@" || true',
    'fi',
    'sleep 1; kill $CAT',
    'grep -c . "$OUT/ftrace.txt" >&2',
  ];
  return `${lines.join('\n')}\n`;
}
