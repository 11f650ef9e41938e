// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import { describe, quote } from '../errors/describe.js';
import { suggestion } from '../errors/nearest.js';
import { type FlagTable, flagNames, formatFlags, or, parseFlags } from '../names/flag-table.js';
import {
  ADVICE_NAMES,
  formatLetters,
  formatProt,
  MAP_TABLE,
  MREMAP_TABLE,
  PROT_TABLE,
  parseLetters,
} from '../names/mman.js';
import { VM_FLAG_TABLE } from '../names/vm-flags.js';
import type { Advice } from '../types.js';
import { fail, type JsonCodec } from './failure.js';
import { Told } from './told.js';
import { WordsType } from './words.js';

const MAX_FLAGS = 0xffffffff;
/** The flags of a VMA: 44 bits have names, and as many as fit a number are taken. */
const MAX_VM_FLAGS = Number.MAX_SAFE_INTEGER;
/** Distinct texts that a codec remembers; logs repeat very few. */
const REMEMBERED = 512;

interface FlagsSpec {
  readonly name: string;
  readonly table: FlagTable;
  /** Letters that may stand for the first bits. */
  readonly letters?: string;
  readonly format: (value: number) => string;
  /** The highest value; without it 32 bits. */
  readonly max?: number;
}

/** The codec of bits, which tells their names. */
export class FlagsType extends Told<
  number,
  { readonly table: FlagTable; readonly letters: string | undefined; readonly max: number }
> {}

/** Bits as names joined by `|`, an array of names, a hexadecimal text, a number, or letters. */
function flagsCodec({ name, table, letters, format, max = MAX_FLAGS }: FlagsSpec): JsonCodec<number> {
  const remembered = new Map<string, number>();
  const parse = (text: string): ReturnType<typeof parseFlags> => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const bits = (letters === undefined ? undefined : parseLetters(text, letters)) ?? parseFlags(table, text);
    if (typeof bits === 'number' && remembered.size < REMEMBERED) remembered.set(text, bits);
    return bits;
  };
  const is = (u: unknown): u is number => Number.isSafeInteger(u) && (u as number) >= 0 && (u as number) <= max;

  return new FlagsType(
    name,
    is,
    (u, c) => {
      if (typeof u === 'number') return is(u) ? t.success(u + 0) : fail(u, c, name);
      const words = Array.isArray(u) ? u : [u];
      let value = 0;
      for (const word of words) {
        if (typeof word !== 'string') return fail(u, c, name, { found: describe(word) });
        const bits = parse(word);
        if (typeof bits !== 'number') {
          const expected = name + suggestion(bits.unknown, flagNames(table));
          return fail(u, c, expected, { found: quote(bits.unknown) });
        }
        value = or(value, bits);
      }
      return value <= max ? t.success(value) : fail(u, c, name);
    },
    format,
    { table, letters, max },
  );
}

/** `"rw"`, `"none"`, `"PROT_READ|PROT_WRITE"`, 3. */
export const prot = flagsCodec({
  name: 'a protection ("rw", "none", "PROT_READ|PROT_WRITE")',
  table: PROT_TABLE,
  letters: 'rwx',
  format: formatProt,
});

/** `"MAP_SHARED|MAP_FIXED"`. */
export const mapFlags = flagsCodec({
  name: 'mmap flags ("MAP_SHARED|MAP_FIXED")',
  table: MAP_TABLE,
  format: (value) => formatFlags(MAP_TABLE, value),
});

export const mremapFlags = flagsCodec({
  name: 'mremap flags ("MREMAP_MAYMOVE")',
  table: MREMAP_TABLE,
  format: (value) => formatFlags(MREMAP_TABLE, value),
});

/** `"VM_PFNMAP|VM_IO"`. */
export const vmFlags = flagsCodec({
  name: 'vm_flags ("VM_PFNMAP|VM_IO")',
  table: VM_FLAG_TABLE,
  max: MAX_VM_FLAGS,
  format: (value) => formatFlags(VM_FLAG_TABLE, value),
});

/** The four bits that `vm_get_page_prot` looks at: `"rws"`, `"VM_READ|VM_SHARED"`. */
export const pageProt = flagsCodec({
  name: 'a page protection ("rws", "VM_READ|VM_SHARED")',
  table: VM_FLAG_TABLE,
  letters: 'rwxs',
  format: (value) => (value <= 15 ? formatLetters(value) : formatFlags(VM_FLAG_TABLE, value)),
});

const ADVICE = 'an advice ("MADV_DONTNEED")';
const adviceNames = new Map<string, Advice>(ADVICE_NAMES.map((name) => [name, name]));

/** The name of an advice, in any case and with or without `MADV_`; `"unknown"` is one that no kernel has. */
export const advice: JsonCodec<Advice> = new WordsType<Advice>(
  ADVICE,
  (u): u is Advice => typeof u === 'string' && (u === 'unknown' || adviceNames.has(u)),
  (u, c) => {
    if (typeof u !== 'string') return fail(u, c, ADVICE);
    const upper = u.toUpperCase();
    if (upper === 'UNKNOWN') return t.success('unknown');
    const name = adviceNames.get(upper) ?? adviceNames.get(`MADV_${upper}`);
    if (name !== undefined) return t.success(name);
    const wanted = upper.startsWith('MADV_') ? upper : `MADV_${upper}`;
    return fail(u, c, ADVICE + suggestion(wanted, ADVICE_NAMES));
  },
  (name) => name,
  ADVICE_NAMES,
);
