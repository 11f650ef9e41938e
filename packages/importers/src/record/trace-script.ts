// SPDX-License-Identifier: GPL-2.0-or-later
/** Shell scripts that record a program with tracefs itself, trace-cmd or perf: trace events, and probes on what drivers call. */
import { SYSCALLS, TRACEPOINTS } from './probes.js';
import { attachLines, type ProbeKind } from './shell-probes.js';

/** What a script records with. */
export type Front = 'tracefs' | 'trace-cmd' | 'perf';

const STRACE =
  'strace -f -ttt -yy -s 200 -o "$OUT/strace.txt" -e trace=%memory,%process,openat,open,close,dup,dup2,dup3,ftruncate,unlink,memfd_create,memfd_secret,io_uring_setup,io_uring_register,perf_event_open,socket,setsockopt,getsockopt,bpf,ioctl,userfaultfd,personality,shmget,shmat,shmdt,io_setup,process_vm_readv,process_vm_writev';

function head(release: string, kind: ProbeKind, front: Front): string[] {
  const what = front === 'tracefs' ? `${kind}s` : `${front} and ${kind}s`;
  return [
    '#!/bin/sh',
    `# Records a program for specialbit, on a kernel ${release}, with ${what}. Run as root: sh record.sh OUT COMMAND...`,
    `# Result: OUT/ftrace.txt${front === 'tracefs' ? ', and OUT/strace.txt where strace is installed' : ''}. Read it back with`,
    `#   specialbit import OUT/${front === 'tracefs' ? 'strace.txt OUT/' : ''}ftrace.txt -o run.jsonl`,
    'set -eu',
    '[ $# -ge 2 ] || { echo "usage: sh $0 OUT COMMAND..." >&2; exit 2; }',
    'OUT=$1; shift; mkdir -p "$OUT"',
    ...(front === 'tracefs'
      ? []
      : [`command -v ${front} > /dev/null || { echo "${front} is not installed" >&2; exit 1; }`]),
    ...attachLines(release, kind, front),
  ];
}

/** The script for a release; `kind`: which sort of probe. */
export function traceScript(release: string, kind: ProbeKind, front: Front = 'tracefs'): string {
  const lines = [...head(release, kind, front), ...BODIES[front]];
  return `${lines.join('\n')}\n`;
}

const EVENTS_OF_ALL = [
  '# those events that the kernel has, as the tool names them',
  'E=; has() { [ ! -e "$T/events/$1/$2" ] || E="$E -e $1:$2"; }',
  `for s in ${SYSCALLS.join(' ')}; do has syscalls sys_enter_$s; has syscalls sys_exit_$s; done`,
  `for e in ${TRACEPOINTS.join(' ')}; do has \${e%/*} \${e#*/}; done`,
  'for e in $(ls $T/events/specialbit); do [ ! -d $T/events/specialbit/$e ] || has specialbit $e; done',
];

const BODIES: Readonly<Record<Front, readonly string[]>> = {
  tracefs: [
    '# off before anything is chosen: a reader of trace_pipe that has read something ends where tracing is off',
    'I=$T/instances/specialbit; mkdir $I; echo 0 > $I/tracing_on',
    'cleanup() { echo 0 > $I/tracing_on; echo 0 > $I/events/enable; rmdir $I; detach; rm -f "$OUT/missing"; }',
    'trap cleanup EXIT',
    'on() { [ ! -e "$I/events/$1/enable" ] || echo 1 > "$I/events/$1/enable"; }',
    '# the clock of strace -ttt (but for leap seconds, which are taken off when both logs are read)',
    'echo tai > $I/trace_clock',
    `echo \${BUFFER_KB:-65536} > $I/buffer_size_kb`,
    'echo 1 > $I/options/event-fork; echo 0 > $I/options/hash-ptr 2>/dev/null || true',
    `for s in ${SYSCALLS.join(' ')}; do on syscalls/sys_enter_$s; on syscalls/sys_exit_$s; done`,
    `for e in ${TRACEPOINTS.join(' ')}; do on $e; done`,
    'on specialbit',
    'describe > "$OUT/ftrace.txt"',
    'cat $I/trace_pipe >> "$OUT/ftrace.txt" & CAT=$!',
    '# khugepaged as well, which makes huge pages of what the program has',
    "RUN='echo $$ $(pgrep -x khugepaged 2>/dev/null) > '$I'/set_event_pid; echo 1 > '$I'/tracing_on; exec \"$@\"'",
    'if command -v strace > /dev/null; then',
    `  ${STRACE} sh -c "$RUN" sh "$@" || true`,
    'else',
    '  sh -c "$RUN" sh "$@" || true',
    'fi',
    'sleep 1; kill $CAT 2>/dev/null || true',
    'echo "$(grep -vc "^#" "$OUT/ftrace.txt") lines" >&2',
  ],
  'trace-cmd': [
    'trap \'detach; rm -f "$OUT/missing"\' EXIT',
    ...EVENTS_OF_ALL,
    '# -F: only the command, -c: and its children',
    `trace-cmd record -q -C tai -b \${BUFFER_KB:-65536} -o "$OUT/trace.dat" $E -F -c "$@" || true`,
    '{ describe; trace-cmd report -q -t -i "$OUT/trace.dat"; } > "$OUT/ftrace.txt"',
    'echo "$(grep -vc "^#" "$OUT/ftrace.txt") lines" >&2',
  ],
  perf: [
    'trap \'detach; rm -f "$OUT/missing"\' EXIT',
    ...EVENTS_OF_ALL,
    '# trace events take no clock that an NMI could not read (perf_event_set_clock in kernel/events/core.c): not that of strace',
    'perf record -q -k CLOCK_MONOTONIC -m 16M -o "$OUT/perf.data" $E -- "$@" || true',
    '{ describe; perf script --ns -F trace:comm,pid,tid,cpu,time,event,trace --show-mmap-events --show-task-events -i "$OUT/perf.data"; } > "$OUT/ftrace.txt"',
    'echo "$(grep -vc "^#" "$OUT/ftrace.txt") lines" >&2',
  ],
};
