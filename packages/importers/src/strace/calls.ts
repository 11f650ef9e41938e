// SPDX-License-Identifier: GPL-2.0-or-later
/** From a call's name and its printed arguments to what the call asks for. */
import { MAP_FLAGS, MREMAP_FLAGS, PROT_FLAGS } from '@specialbit/events';
import {
  adviceOf,
  CLONE_FLAGS,
  MCL_FLAGS,
  MLOCK_FLAGS,
  OPEN_FLAGS,
  PERSONALITY_FLAGS,
  parseBits,
  parseNumber,
  SHM_FLAGS,
} from '../names.js';
import type { Call, Fd } from '../records.js';
import { unquote, withoutComments } from './split-args.js';

/** An argument is not what the call's grammar has there. */
export class ArgumentError extends Error {}
/** The call is one of a kind that says nothing about memory. */
export class NotAboutMemory extends Error {}

function at(args: readonly string[], i: number): string {
  const arg = args[i];
  if (arg === undefined) throw new ArgumentError(`argument ${i + 1} is missing`);
  return withoutComments(arg);
}

function number(args: readonly string[], i: number): number {
  const value = parseNumber(at(args, i));
  if (value === undefined) throw new ArgumentError(`argument ${i + 1} is no number`);
  return value;
}

function bits(args: readonly string[], i: number, table: Readonly<Record<string, number>>, lenient = false): number {
  const value = parseBits(at(args, i), table, lenient);
  if (value === undefined) throw new ArgumentError(`argument ${i + 1} has a flag that is not known`);
  return value;
}

/** `3</path>`, `4</memfd:x>(deleted)`, `1</dev/null<char 1:3>>`, `3`. */
export function parseFd(text: string): Fd | null {
  const match = /^(-?\d+|AT_FDCWD)(?:<(.*?)(?:<(char|block) [^>]*>)?>(\(deleted\))?)?$/s.exec(text);
  if (match === null) return null;
  const fd = match[1] === 'AT_FDCWD' ? -100 : Number(match[1]);
  // -X raw prints -1 as the word that it is
  if (fd === -1 || fd === 0xffffffff || fd > 2 ** 32) return null;
  return {
    fd,
    ...(match[2] === undefined ? {} : { path: unescapePath(match[2]) }),
    ...(match[3] === undefined ? {} : { device: match[3] }),
    ...(match[4] === undefined && match[2]?.endsWith(' (deleted)') !== true ? {} : { deleted: true }),
  };
}

/** Paths of -y have octal escapes for what a terminal would not like. */
function unescapePath(path: string): string {
  return path.includes('\\') ? (unquote(`"${path}"`) ?? path) : path;
}

function fd(args: readonly string[], i: number): Fd {
  const found = parseFd(at(args, i));
  if (found === null) throw new ArgumentError(`argument ${i + 1} is no file descriptor`);
  return found;
}

/** A path argument, absolute where the directory is known. */
function path(args: readonly string[], i: number, dir?: number): string | undefined {
  const text = unquote(at(args, i));
  if (text === undefined || text.startsWith('/') || dir === undefined) return text;
  const base = parseFd(at(args, dir))?.path;
  return base === undefined ? text : `${base}/${text.replace(/^\.\//, '')}`;
}

/** `tail`: what stands behind the `=`. */
type Reader = (args: readonly string[], tail: string) => Call;

const opened = (tail: string): { opened?: Fd } => {
  const fd = parseFd(tail);
  return fd === null ? {} : { opened: fd };
};
/** Everything as printed, for calls whose details are looked at later. */
const detail = (args: readonly string[]): string => args.join(', ');

const open =
  (pathAt: number, flagsAt: number, dir?: number): Reader =>
  (args, tail) => ({
    name: 'openat',
    path: path(args, pathAt, dir),
    flags: bits(args, flagsAt, OPEN_FLAGS, true),
    ...opened(tail),
  });
const mlock =
  (name: 'mlock' | 'munlock'): Reader =>
  (args) => ({ name, addr: number(args, 0), len: number(args, 1) });
const makesSocket: Reader = (args, tail) => ({ name: 'socket', detail: detail(args), ...opened(tail) });
const mseal: Reader = (args) => ({ name: 'mseal', addr: number(args, 0), len: number(args, 1) });
const makesFd =
  (name: 'socket' | 'perf_event_open' | 'userfaultfd' | 'io_uring_setup'): Reader =>
  (args, tail) => ({ name, detail: detail(args), ...opened(tail) });
const cloneFlags = (args: readonly string[]): Call => {
  const text = /flags=([^,}]*)/.exec(args.join(', '))?.[1];
  return { name: 'clone', flags: text === undefined ? 0 : (parseBits(withoutComments(text), CLONE_FLAGS, true) ?? 0) };
};
const vmReadWrite =
  (name: 'process_vm_readv' | 'process_vm_writev'): Reader =>
  (args) => ({ name, pid: number(args, 0), addrs: iovec(at(args, 3)) });

/** `[{iov_base=0x7f.., iov_len=64}]`; bases that are printed as strings have no address. */
function iovec(text: string): { addr: number; len: number }[] {
  const found: { addr: number; len: number }[] = [];
  for (const [, base, len] of text.matchAll(/iov_base=(0x[0-9a-f]+), iov_len=(\d+)/g)) {
    found.push({ addr: Number(base), len: Number(len) });
  }
  return found;
}

/** mmap2() and its like count the offset in pages for the kernel; strace prints it in bytes (print_mmap). */
const mmap: Reader = (args) => ({
  name: 'mmap',
  addr: number(args, 0),
  len: number(args, 1),
  prot: bits(args, 2, { PROT_NONE: 0, ...PROT_FLAGS }),
  flags: bits(args, 3, { MAP_FILE: 0, MAP_ANON: 0x20, ...MAP_FLAGS }, true),
  fd: parseFd(at(args, 4)),
  off: number(args, 5),
});
/** fcntl() that makes a descriptor. */
const fcntl: Reader = (args, tail) => {
  const command = at(args, 1);
  const dup = /^F_DUPFD(?:_CLOEXEC)?$/.test(command) || command === '0' || command === '0x406';
  if (!dup) throw new NotAboutMemory();
  return { name: 'dup', from: fd(args, 0), to: undefined, ...opened(tail) };
};

export const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['mmap', mmap],
  ['mmap2', mmap],
  ['old_mmap', mmap],
  ['mmap_pgoff', mmap],
  ['fcntl', fcntl],
  ['fcntl64', fcntl],
  ['close_range', (args) => ({ name: 'close_range', first: number(args, 0), last: number(args, 1) })],
  [
    'openat2',
    (args, tail) => ({
      name: 'openat',
      path: path(args, 1, 0),
      flags: parseBits(/flags=([^,}]*)/.exec(at(args, 2))?.[1] ?? '0', OPEN_FLAGS, true) ?? 0,
      ...opened(tail),
    }),
  ],
  ['ftruncate64', (args) => ({ name: 'ftruncate', fd: fd(args, 0), len: number(args, 1) })],
  ['accept', makesSocket],
  ['accept4', makesSocket],
  ['munmap', (args) => ({ name: 'munmap', addr: number(args, 0), len: number(args, 1) })],
  ['mprotect', mprotect],
  ['pkey_mprotect', mprotect],
  [
    'mremap',
    (args) => ({
      name: 'mremap',
      addr: number(args, 0),
      old_len: number(args, 1),
      new_len: number(args, 2),
      flags: bits(args, 3, MREMAP_FLAGS),
      new_addr: args.length > 4 ? number(args, 4) : 0,
    }),
  ],
  [
    'madvise',
    (args) => ({ name: 'madvise', addr: number(args, 0), len: number(args, 1), advice: adviceOf(at(args, 2)) }),
  ],
  ['mlock', mlock('mlock')],
  ['mseal', mseal],
  // as an strace that does not know the call prints it: number 462 everywhere
  ['syscall_0x1ce', mseal],
  ['munlock', mlock('munlock')],
  [
    'mlock2',
    (args) => ({ name: 'mlock2', addr: number(args, 0), len: number(args, 1), flags: bits(args, 2, MLOCK_FLAGS) }),
  ],
  ['mlockall', (args) => ({ name: 'mlockall', flags: bits(args, 0, MCL_FLAGS) })],
  ['munlockall', () => ({ name: 'munlockall' })],
  ['brk', (args) => ({ name: 'brk', brk: number(args, 0) })],
  ['clone', cloneFlags],
  ['clone3', cloneFlags],
  ['fork', () => ({ name: 'clone', flags: 0 })],
  ['vfork', () => ({ name: 'clone', flags: CLONE_FLAGS.CLONE_VM | CLONE_FLAGS.CLONE_VFORK })],
  ['execve', (args) => ({ name: 'execve', path: path(args, 0) })],
  ['execveat', (args) => ({ name: 'execve', path: path(args, 1, 0) })],
  ['exit', () => ({ name: 'exit' })],
  ['exit_group', () => ({ name: 'exit_group' })],
  ['open', open(0, 1)],
  ['creat', (args, tail) => ({ name: 'openat', path: path(args, 0), flags: 0o1101, ...opened(tail) })],
  ['openat', open(1, 2, 0)],
  ['close', (args) => ({ name: 'close', fd: fd(args, 0) })],
  ['dup', (args, tail) => ({ name: 'dup', from: fd(args, 0), to: undefined, ...opened(tail) })],
  ['dup2', dup],
  ['dup3', dup],
  [
    'memfd_create',
    (args, tail) => ({ name: 'memfd_create', path: path(args, 0), detail: detail(args.slice(1)), ...opened(tail) }),
  ],
  ['memfd_secret', (_args, tail) => ({ name: 'memfd_create', path: undefined, detail: '', ...opened(tail) })],
  ['socket', makesFd('socket')],
  ['perf_event_open', makesFd('perf_event_open')],
  ['userfaultfd', makesFd('userfaultfd')],
  ['io_uring_setup', makesFd('io_uring_setup')],
  ['bpf', (args, tail) => ({ name: 'bpf', detail: detail(args), ...opened(tail) })],
  ['setsockopt', (args) => ({ name: 'setsockopt', fd: fd(args, 0), option: at(args, 2), detail: at(args, 3) })],
  ['getsockopt', (args) => ({ name: 'getsockopt', fd: fd(args, 0), option: at(args, 2), detail: at(args, 3) })],
  [
    'ioctl',
    (args, tail) => ({
      name: 'ioctl',
      fd: fd(args, 0),
      request: at(args, 1),
      detail: detail(args.slice(2)),
      ...opened(tail),
    }),
  ],
  [
    'io_uring_register',
    (args) => ({ name: 'io_uring_register', fd: fd(args, 0), op: at(args, 1), detail: detail(args.slice(2)) }),
  ],
  ['ftruncate', (args) => ({ name: 'ftruncate', fd: fd(args, 0), len: number(args, 1) })],
  ['unlink', (args) => ({ name: 'unlink', path: path(args, 0) })],
  ['unlinkat', (args) => ({ name: 'unlink', path: path(args, 1, 0) })],
  ['personality', (args) => ({ name: 'personality', flags: bits(args, 0, PERSONALITY_FLAGS, true) })],
  ['shmget', (args) => ({ name: 'shmget', size: number(args, 1) })],
  [
    'shmat',
    (args) => ({ name: 'shmat', id: number(args, 0), addr: number(args, 1), flags: bits(args, 2, SHM_FLAGS, true) }),
  ],
  ['shmdt', (args) => ({ name: 'shmdt', addr: number(args, 0) })],
  ['io_setup', (args) => ({ name: 'io_setup', detail: detail(args) })],
  ['io_destroy', (args) => ({ name: 'io_destroy', detail: detail(args) })],
  ['process_vm_readv', vmReadWrite('process_vm_readv')],
  ['process_vm_writev', vmReadWrite('process_vm_writev')],
]);

function mprotect(args: readonly string[]): Call {
  const prot = bits(args, 2, { PROT_NONE: 0, ...PROT_FLAGS });
  return { name: 'mprotect', addr: number(args, 0), len: number(args, 1), prot };
}

function dup(args: readonly string[], tail: string): Call {
  return { name: 'dup', from: fd(args, 0), to: fd(args, 1).fd, ...opened(tail) };
}
