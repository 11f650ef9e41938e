// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Sets of named bits, as text: `"VM_PFNMAP|VM_IO"`. Names may be written without their prefix and in
 * any case; bits without a name are written in hexadecimal.
 */

export interface FlagTable {
  /** What every name starts with, for instance `VM_`. */
  readonly prefix: string;
  /** Name to bits, in the order in which they are written. */
  readonly bits: Readonly<Record<string, number>>;
  /** Other names for the same bits: read, never written. */
  readonly aliases: Readonly<Record<string, number>>;
  /** How no bit at all is written. */
  readonly none: string;
}

/** A word in a flags text that is neither a name nor a hexadecimal number. */
export interface UnknownFlag {
  readonly unknown: string;
}

const HEX = /^0x[0-9a-f]{1,13}$/i;
const HIGH = 2 ** 32;

/** `a | b` of numbers below 2^53. */
export function or(a: number, b: number): number {
  return ((Math.floor(a / HIGH) | Math.floor(b / HIGH)) >>> 0) * HIGH + ((a | b) >>> 0);
}

/** `a & ~b` of numbers below 2^53. */
export function andNot(a: number, b: number): number {
  return ((Math.floor(a / HIGH) & ~Math.floor(b / HIGH)) >>> 0) * HIGH + ((a & ~b) >>> 0);
}

/** The bits of a text such as `"VM_PFNMAP|io|0x800"`, or the first word that means nothing. */
export function parseFlags(table: FlagTable, text: string): number | UnknownFlag {
  let value = 0;
  for (const part of text.split('|')) {
    const word = part.trim();
    const bits = HEX.test(word) ? Number(word) : bitsOfName(table, word);
    if (bits === undefined) return { unknown: word };
    value = or(value, bits);
  }
  return value;
}

function bitsOfName(table: FlagTable, word: string): number | undefined {
  const upper = word.toUpperCase();
  if (upper === '' || upper === '0') return upper === '0' ? 0 : undefined;
  const name = Object.hasOwn(table.aliases, upper) || upper.startsWith(table.prefix) ? upper : table.prefix + upper;
  if (name === table.none || `${table.prefix}NONE` === name) return 0;
  if (Object.hasOwn(table.bits, name)) return table.bits[name];
  return Object.hasOwn(table.aliases, name) ? table.aliases[name] : undefined;
}

/** Names of the bits of `value`, joined by `|`; bits without a name come last, in hexadecimal. */
export function formatFlags(table: FlagTable, value: number): string {
  let rest = value < 0 ? value >>> 0 : value;
  if (rest === 0) return table.none;
  const words: string[] = [];
  for (const [name, bits] of Object.entries(table.bits)) {
    if (andNot(bits, rest) !== 0) continue;
    words.push(name);
    rest = andNot(rest, bits);
  }
  if (rest !== 0) words.push(`0x${rest.toString(16)}`);
  return words.join('|');
}

/** Every name that `parseFlags` knows. */
export function flagNames(table: FlagTable): string[] {
  return [...Object.keys(table.bits), ...Object.keys(table.aliases)];
}
