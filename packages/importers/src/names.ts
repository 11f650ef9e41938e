// SPDX-License-Identifier: GPL-2.0-or-later
/** Numbers and names of arguments, as tools print the one or the other (include/uapi). */
import type { Advice } from '@specialbit/events';

export const ADVICE_BY_NUMBER: Readonly<Record<number, Advice | 'MADV_GUARD_INSTALL' | 'MADV_GUARD_REMOVE'>> = {
  0: 'MADV_NORMAL',
  1: 'MADV_RANDOM',
  2: 'MADV_SEQUENTIAL',
  3: 'MADV_WILLNEED',
  4: 'MADV_DONTNEED',
  8: 'MADV_FREE',
  9: 'MADV_REMOVE',
  10: 'MADV_DONTFORK',
  11: 'MADV_DOFORK',
  12: 'MADV_MERGEABLE',
  13: 'MADV_UNMERGEABLE',
  14: 'MADV_HUGEPAGE',
  15: 'MADV_NOHUGEPAGE',
  16: 'MADV_DONTDUMP',
  17: 'MADV_DODUMP',
  18: 'MADV_WIPEONFORK',
  19: 'MADV_KEEPONFORK',
  20: 'MADV_COLD',
  21: 'MADV_PAGEOUT',
  22: 'MADV_POPULATE_READ',
  23: 'MADV_POPULATE_WRITE',
  24: 'MADV_DONTNEED_LOCKED',
  25: 'MADV_COLLAPSE',
  100: 'MADV_HWPOISON',
  102: 'MADV_GUARD_INSTALL',
  103: 'MADV_GUARD_REMOVE',
};
const ADVICE_NAMES = new Set<string>(Object.values(ADVICE_BY_NUMBER));

/** CLONE_* of include/uapi/linux/sched.h as far as memory, files and processes go. */
export const CLONE_FLAGS = {
  CLONE_VM: 0x100,
  CLONE_FS: 0x200,
  CLONE_FILES: 0x400,
  CLONE_SIGHAND: 0x800,
  CLONE_VFORK: 0x4000,
  CLONE_THREAD: 0x10000,
} as const;

/** O_* of asm-generic/fcntl.h. */
export const OPEN_FLAGS = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_TRUNC: 0o1000,
  O_TMPFILE: 0o20200000,
  O_CLOEXEC: 0o2000000,
} as const;

export const MLOCK_FLAGS = { MLOCK_ONFAULT: 1 } as const;
export const MCL_FLAGS = { MCL_CURRENT: 1, MCL_FUTURE: 2, MCL_ONFAULT: 4 } as const;
export const PERSONALITY_FLAGS = { PER_LINUX: 0, ADDR_NO_RANDOMIZE: 0x40000 } as const;
export const SHM_FLAGS = { SHM_RDONLY: 0o10000, SHM_RND: 0o20000, SHM_REMAP: 0o40000, SHM_EXEC: 0o100000 } as const;

/** A number as strace and trace files write it: decimal, hexadecimal, octal with a leading 0, `NULL`. */
export function parseNumber(text: string): number | undefined {
  const word = text.trim();
  if (word === 'NULL') return 0;
  if (/^-?0x[0-9a-f]+$/i.test(word)) return word.startsWith('-') ? -Number(word.slice(1)) : Number(word);
  if (/^0[0-7]+$/.test(word)) return Number.parseInt(word, 8);
  if (/^-?\d+$/.test(word)) return Number(word);
  const product = /^(\d+)\*(\d+)$/.exec(word);
  return product === null ? undefined : Number(product[1]) * Number(product[2]);
}

/** `A|B|0x10` with names from `table`; names it does not have are passed over when `lenient`. */
export function parseBits(text: string, table: Readonly<Record<string, number>>, lenient = false): number | undefined {
  let bits = 0;
  for (const word of text.split('|')) {
    const name = word.trim();
    const value = table[name] ?? parseNumber(name);
    if (value === undefined) {
      if (!lenient) return undefined;
      continue;
    }
    bits |= value;
  }
  return bits >>> 0;
}

export function adviceOf(text: string): Advice | 'MADV_GUARD_INSTALL' | 'MADV_GUARD_REMOVE' {
  const number = parseNumber(text);
  if (number !== undefined) return ADVICE_BY_NUMBER[number] ?? 'unknown';
  return ADVICE_NAMES.has(text) ? (text as Advice) : 'unknown';
}

/** Where hugetlbfs is mounted usually, and the files of MAP_HUGETLB. */
export const HUGETLBFS = /^\/(?:anon_hugepage|hugepages\/|dev\/hugepages\/|memfd:.*hugetlb|mnt\/huge)/;
