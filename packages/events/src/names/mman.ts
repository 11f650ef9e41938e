// SPDX-License-Identifier: GPL-2.0-or-later
import { OutOfRange } from '../errors/coded-error.js';
import type { Advice } from '../types.js';
import { type FlagTable, formatFlags, parseFlags } from './flag-table.js';

/** `PROT_*` (include/uapi/asm-generic/mman-common.h). */
export const PROT_FLAGS = {
  PROT_READ: 0x1,
  PROT_WRITE: 0x2,
  PROT_EXEC: 0x4,
  PROT_SEM: 0x8,
  PROT_GROWSDOWN: 0x1000000,
  PROT_GROWSUP: 0x2000000,
} as const satisfies Record<string, number>;

/** `MAP_*` in asm-generic's numbering (include/uapi/linux/mman.h, asm-generic/mman.h, mman-common.h). */
export const MAP_FLAGS = {
  MAP_SHARED_VALIDATE: 0x3,
  MAP_SHARED: 0x1,
  MAP_PRIVATE: 0x2,
  MAP_DROPPABLE: 0x8,
  MAP_FIXED: 0x10,
  MAP_ANONYMOUS: 0x20,
  MAP_GROWSDOWN: 0x100,
  MAP_DENYWRITE: 0x800,
  MAP_EXECUTABLE: 0x1000,
  MAP_LOCKED: 0x2000,
  MAP_NORESERVE: 0x4000,
  MAP_POPULATE: 0x8000,
  MAP_NONBLOCK: 0x10000,
  MAP_STACK: 0x20000,
  MAP_HUGETLB: 0x40000,
  MAP_SYNC: 0x80000,
  MAP_FIXED_NOREPLACE: 0x100000,
} as const satisfies Record<string, number>;

/** `MREMAP_*` (include/uapi/linux/mman.h). */
export const MREMAP_FLAGS = {
  MREMAP_MAYMOVE: 0x1,
  MREMAP_FIXED: 0x2,
  MREMAP_DONTUNMAP: 0x4,
} as const satisfies Record<string, number>;

export const PROT_TABLE: FlagTable = { prefix: 'PROT_', bits: PROT_FLAGS, aliases: {}, none: 'PROT_NONE' };
export const MAP_TABLE: FlagTable = {
  prefix: 'MAP_',
  bits: MAP_FLAGS,
  aliases: { MAP_ANON: 0x20, MAP_FILE: 0 },
  none: 'MAP_FILE',
};
export const MREMAP_TABLE: FlagTable = { prefix: 'MREMAP_', bits: MREMAP_FLAGS, aliases: {}, none: '0x0' };

/** The names that `madvise` knows, `MADV_` included. */
export const ADVICE_NAMES: readonly Exclude<Advice, 'unknown'>[] = [
  'MADV_NORMAL',
  'MADV_RANDOM',
  'MADV_SEQUENTIAL',
  'MADV_WILLNEED',
  'MADV_DONTNEED',
  'MADV_FREE',
  'MADV_REMOVE',
  'MADV_DONTFORK',
  'MADV_DOFORK',
  'MADV_COLD',
  'MADV_PAGEOUT',
  'MADV_POPULATE_READ',
  'MADV_POPULATE_WRITE',
  'MADV_DONTNEED_LOCKED',
  'MADV_WIPEONFORK',
  'MADV_KEEPONFORK',
  'MADV_DONTDUMP',
  'MADV_DODUMP',
  'MADV_MERGEABLE',
  'MADV_UNMERGEABLE',
  'MADV_HUGEPAGE',
  'MADV_NOHUGEPAGE',
  'MADV_COLLAPSE',
  'MADV_HWPOISON',
];

/** `"MAP_SHARED|MAP_FIXED"` for 0x11. */
export function formatMapFlags(flags: number): string {
  return formatFlags(MAP_TABLE, flags);
}

/** The bits of `"MAP_SHARED|MAP_FIXED"` or `"0x11"`. Throws a RangeError for an unknown name. */
export function parseMapFlags(text: string): number {
  const flags = parseFlags(MAP_TABLE, text);
  if (typeof flags !== 'number') throw new OutOfRange('api.flags', `no mmap flag is called "${flags.unknown}"`);
  return flags;
}

const LETTERS: readonly (readonly [string, number])[] = [
  ['r', 1],
  ['w', 2],
  ['x', 4],
  ['s', 8],
];

/** `"rw"` for 3, `"none"` for 0; names for bits above `PROT_EXEC`. */
export function formatProt(prot: number): string {
  return prot <= 7 ? formatLetters(prot) : formatFlags(PROT_TABLE, prot);
}

/** Bits 0 to 3 as letters `r`, `w`, `x`, `s`; `"none"` for 0. */
export function formatLetters(bits: number): string {
  if (bits === 0) return 'none';
  let text = '';
  for (const [letter, bit] of LETTERS) if (bits & bit) text += letter;
  return text;
}

/** The bits of letters among `allowed` in any order, with `-` for "not"; undefined if it is something else. */
export function parseLetters(text: string, allowed: string): number | undefined {
  if (text === 'none') return 0;
  if (text === '') return undefined;
  let bits = 0;
  for (const letter of text) {
    if (letter === '-') continue;
    const bit = allowed.includes(letter) ? LETTERS.find(([name]) => name === letter)?.[1] : undefined;
    if (bit === undefined || bits & bit) return undefined;
    bits |= bit;
  }
  return bits;
}

/** The bits of `"rw"`, `"none"`, `"PROT_READ|PROT_WRITE"` or `"0x3"`. Throws a RangeError for an unknown name. */
export function parseProt(text: string): number {
  const letters = parseLetters(text, 'rwx');
  if (letters !== undefined) return letters;
  const flags = parseFlags(PROT_TABLE, text);
  if (typeof flags !== 'number') throw new OutOfRange('api.flags', `no protection is called "${flags.unknown}"`);
  return flags;
}
