// SPDX-License-Identifier: GPL-2.0-or-later
/** Which architecture a recording is of, from the paths in it: libraries and loaders have it in their names. */
import type { TraceRecord } from '../records.js';

/** The multiarch tuples of distributions, and names of dynamic loaders (ABI supplements). */
const PATHS: readonly (readonly [like: RegExp, arch: string])[] = [
  [/x86_64-linux-gnu|ld-linux-x86-64\.so|\/lib64\/ld-linux-x86/, 'x86_64'],
  [/aarch64-linux-gnu|ld-linux-aarch64\.so|\/lib\/ld-musl-aarch64/, 'arm64-4k-48'],
  [/arm-linux-gnueabi|ld-linux-armhf\.so|\/ld-linux\.so\.3|ld-musl-arm/, 'arm-v7'],
  [/i[3-6]86-linux-gnu|\/ld-linux\.so\.2|ld-musl-i386/, 'i386-pae-nx'],
  [/powerpc64le-linux-gnu|\/ld64\.so\.2/, 'ppc64-radix-64k'],
  [/s390x-linux-gnu|\/ld64\.so\.1/, 's390x'],
  [/riscv64-linux-gnu|ld-linux-riscv64/, 'riscv64-sv39'],
  [/loongarch64-linux-gnu|ld-linux-loongarch/, 'loongarch64'],
  [/hppa-linux-gnu/, 'parisc32'],
  [/m68k-linux-gnu/, 'm68k'],
  [/mips(?:el)?-linux-gnu/, 'mips32r2'],
  [/mips64(?:el)?-linux-gnuabi64/, 'mips64r2-4k'],
  [/sparc64-linux-gnu/, 'sparc64-sun4u'],
  [/sh4-linux-gnu/, 'sh4'],
  [/alpha-linux-gnu/, 'alpha'],
];

/** `uname -m` of the architectures that it names alone. */
const MACHINES: readonly (readonly [like: RegExp, arch: string])[] = [
  [/^x86_64$/, 'x86_64'],
  [/^aarch64$/, 'arm64-4k-48'],
  [/^armv7l$/, 'arm-v7'],
  [/^riscv64$/, 'riscv64-sv39'],
  [/^s390x$/, 's390x'],
  [/^loongarch64$/, 'loongarch64'],
  [/^m68k$/, 'm68k'],
];

/** So many records are looked at. */
const MOST = 20_000;

export function archOfPath(path: string): string | undefined {
  return PATHS.find(([like]) => like.test(path))?.[1];
}

/** The architecture of what `uname -m` says; undefined where that leaves it open. */
export function archOfMachine(machine: string): string | undefined {
  return MACHINES.find(([like]) => like.test(machine))?.[1];
}

/** The name of an architecture; undefined where nothing says. The page fault events are x86's (asm/trace/exceptions.h). */
export function archOfRecords(records: readonly TraceRecord[]): string | undefined {
  for (const record of records) {
    const found = record.type === 'machine' ? archOfMachine(record.machine ?? '') : undefined;
    if (found !== undefined) return found;
  }
  for (const record of records.slice(0, MOST)) {
    for (const path of pathsOf(record)) {
      const found = archOfPath(path);
      if (found !== undefined) return found;
    }
    if (record.type === 'fault') return 'x86_64';
    // user space of 48 bits; x86_64 has 47 with four levels
    if (record.type === 'syscall' && record.call.name === 'mmap' && inUpperHalf(record.ret)) return 'arm64-4k-48';
  }
  return undefined;
}

const inUpperHalf = (ret: number | null): boolean => ret !== null && ret >= 2 ** 47 && ret < 2 ** 48;

function pathsOf(record: TraceRecord): string[] {
  if (record.type === 'mapped' || record.type === 'exec') return [record.path];
  if (record.type !== 'syscall') return [];
  const { call } = record;
  const paths: (string | undefined)[] = [];
  if (call.name === 'openat' || call.name === 'execve') paths.push(call.path);
  if (call.name === 'openat') paths.push(call.opened?.path);
  if (call.name === 'mmap') paths.push(call.fd?.path);
  return paths.filter((path) => path !== undefined);
}

/** Every address that the kernel chose fits 32 bits: the process is one of 32 bits, whatever the kernel is. */
export function isNarrow(records: readonly TraceRecord[]): boolean {
  let mapped = false;
  for (const record of records) {
    if (record.type !== 'syscall' || record.call.name !== 'mmap') continue;
    const { ret } = record;
    if (ret === null || ret <= 0) continue;
    if (ret >= 2 ** 32) return false;
    // addresses that were asked for say nothing
    if (record.call.addr === 0 && ret >= 0x10000000) mapped = true;
  }
  return mapped;
}
