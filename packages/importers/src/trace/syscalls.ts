// SPDX-License-Identifier: GPL-2.0-or-later
/** System calls of a trace: entry and exit put together, arguments by the kernel's names. */
import { errnoName } from '@specialbit/core';
import { ADVICE_BY_NUMBER, CLONE_FLAGS } from '../names.js';
import type { Problems } from '../problems.js';
import type { Call, Fd, TraceRecord } from '../records.js';
import type { At } from './fields.js';

type Args = Readonly<Record<string, number>>;
type Emit = (record: TraceRecord) => void;

interface Entered {
  readonly at: At;
  readonly name: string;
  readonly args: Args;
  /** Of a file that it opens, where a probe told it. */
  path?: string;
}

/** -1 as a trace prints it: 32 or 64 bits, in two's complement. */
function descriptor(value: number | undefined): Fd | null {
  if (value === undefined || value >= 2 ** 31) return null;
  return { fd: value };
}

/** What a call asks for; undefined for one that says nothing about memory. */
function callOf(name: string, a: Args): Call | undefined {
  const addr = a.addr ?? a.start ?? 0;
  const len = a.len ?? a.len_in ?? 0;
  switch (name) {
    case 'mmap':
      return { name, addr, len, prot: a.prot ?? 0, flags: a.flags ?? 0, fd: descriptor(a.fd), off: a.off ?? 0 };
    case 'mmap_pgoff':
    case 'mmap2':
    case 'mips_mmap2':
      // 32-bit kernels: the offset is a number of pages, of 4096 bytes for mmap2() whatever the page size
      return {
        name: 'mmap',
        addr,
        len,
        prot: a.prot ?? 0,
        flags: a.flags ?? 0,
        fd: descriptor(a.fd),
        off: (a.pgoff ?? a.off ?? 0) * 4096,
      };
    case 'munmap':
      return { name, addr, len };
    case 'mprotect':
    case 'pkey_mprotect':
      return { name: 'mprotect', addr, len, prot: a.prot ?? 0 };
    case 'mremap':
      return {
        name,
        addr,
        old_len: a.old_len ?? 0,
        new_len: a.new_len ?? 0,
        flags: a.flags ?? 0,
        new_addr: a.new_addr ?? 0,
      };
    case 'madvise':
      return { name, addr, len, advice: ADVICE_BY_NUMBER[a.behavior ?? -1] ?? 'unknown' };
    case 'mlock':
    case 'munlock':
    case 'mseal':
      return { name, addr, len };
    case 'mlock2':
      return { name, addr, len, flags: a.flags ?? 0 };
    case 'brk':
      return { name, brk: a.brk ?? 0 };
    case 'clone':
      return { name, flags: a.clone_flags ?? 0 };
    case 'clone3':
      // the flags are in memory that the event does not show; task_newtask has them
      return { name: 'clone', flags: 0 };
    case 'fork':
      return { name: 'clone', flags: 0 };
    case 'vfork':
      return { name: 'clone', flags: CLONE_FLAGS.CLONE_VM | CLONE_FLAGS.CLONE_VFORK };
    case 'execve':
    case 'execveat':
      return { name: 'execve', path: undefined };
    case 'exit':
    case 'exit_group':
      return { name };
    case 'openat':
    case 'open':
      return { name: 'openat', path: undefined, flags: a.flags ?? 0 };
    case 'close':
      return { name, fd: { fd: a.fd ?? -1 } };
    case 'dup2':
      return { name: 'dup', from: { fd: a.oldfd ?? -1 }, to: a.newfd };
    case 'memfd_create':
      return { name, path: undefined, detail: '' };
    case 'socket':
    case 'perf_event_open':
    case 'userfaultfd':
    case 'io_uring_setup':
      return { name, detail: '' };
    case 'bpf':
      return { name, detail: '' };
    case 'ftruncate':
      return { name, fd: { fd: a.fd ?? -1 }, len: a.length ?? 0 };
    case 'shmget':
      return { name, size: a.size ?? 0 };
    case 'shmat':
      return { name, id: a.shmid ?? 0, addr: a.shmaddr ?? 0, flags: a.shmflg ?? 0 };
    case 'shmdt':
      return { name, addr: a.shmaddr ?? 0 };
    default:
      return undefined;
  }
}

/** Calls whose result is a new descriptor. */
const OPENS = new Set([
  'openat',
  'memfd_create',
  'socket',
  'perf_event_open',
  'userfaultfd',
  'io_uring_setup',
  'bpf',
  'dup',
]);
/** Negative results down to this are errnos (include/linux/err.h). */
const MAX_ERRNO = 4095;

export class SyscallPairs {
  private readonly entered = new Map<number, Entered>();

  constructor(private readonly problems: Problems) {}

  enter(at: At, name: string, args: Args, text: string): void {
    if (name === 'old_mmap') {
      this.problems.add(at.line, 'old_mmap, whose arguments are in memory that the event does not show', text);
      return;
    }
    if (/mmap/.test(name) && args.len === undefined) {
      this.problems.add(at.line, 'mmap without a length', text);
      return;
    }
    const before = this.entered.get(at.pid);
    if (before !== undefined) this.problems.add(before.at.line, 'a system call that is not seen to end', before.name);
    this.entered.set(at.pid, { at, name, args });
  }

  /** The line of the mmap call that a thread is in. */
  mmapOf(pid: number): number | undefined {
    const begun = this.entered.get(pid);
    return begun !== undefined && /mmap/.test(begun.name) ? begun.at.line : undefined;
  }

  /** The file that the thread's openat or open names. */
  path(pid: number, path: string): void {
    const begun = this.entered.get(pid);
    if (begun !== undefined && /^open/.test(begun.name)) begun.path = path;
  }

  exit(at: At, name: string, value: number, emit: Emit): void {
    const begun = this.entered.get(at.pid);
    this.entered.delete(at.pid);
    if (begun?.name !== name) {
      // the trace began within the call, or the call started this task
      this.problems.skipped += begun === undefined ? 1 : 2;
      return;
    }
    this.emit(begun, value, at.time, 2, emit);
  }

  end(emit: Emit): void {
    for (const begun of this.entered.values()) this.emit(begun, null, undefined, 1, emit);
    this.entered.clear();
  }

  /** `lines`: how many the call took. */
  private emit(begun: Entered, value: number | null, end: number | undefined, lines: number, emit: Emit): void {
    const call = callOf(begun.name, begun.args);
    if (call === undefined) {
      this.problems.skipped += lines;
      return;
    }
    this.problems.read += lines;
    const ret = value;
    const failed = ret !== null && ret < 0 && ret >= -MAX_ERRNO;
    const errno = failed ? errnoName(ret) : undefined;
    const opened = !failed && ret !== null && OPENS.has(call.name) ? { opened: { fd: ret } } : {};
    const path = begun.path === undefined ? {} : { path: begun.path };
    emit({
      type: 'syscall',
      ...begun.at,
      traced: begun.at.line,
      call: { ...call, ...path, ...opened } as Call,
      ret: failed ? -1 : ret,
      ...(errno === undefined ? {} : { errno }),
      ...(end === undefined ? {} : { end }),
    });
  }
}
