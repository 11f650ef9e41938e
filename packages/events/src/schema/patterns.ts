// SPDX-License-Identifier: GPL-2.0-or-later
/** Numbers and flags that are written as texts, as the patterns of JSON Schema, which have no flags and no arithmetic. */
import { type FlagTable, flagNames } from '../names/flag-table.js';

/** Hexadecimal digits of a number up to `2 ** bits - 1`, zeroes in front or not. */
function hexDigits(bits: number): string {
  const whole = Math.floor(bits / 4);
  const rest = bits % 4;
  const highest = (1 << rest) - 1;
  const all = `[0-9a-fA-F]{1,${whole}}`;
  return rest === 0 ? `0*${all}` : `0*(?:[1-${highest}][0-9a-fA-F]{${whole}}|${all})`.replace('[1-1]', '1');
}

/** `0x` and a number up to `2 ** bits - 1`. */
export const hex = (bits: number): string => `0[xX]${hexDigits(bits)}`;

/** The same for numbers of whole pages of 4 KiB. */
export const hexOfPages = (bits: number): string => `0[xX](?:0+|${hexDigits(bits - 12)}000)`;

/** Decimal digits of a number up to `max`, zeroes in front or not. */
export function decimal(max: number): string {
  const digits = String(max);
  const forms = [`\\d{1,${digits.length - 1}}`];
  for (let i = 0; i < digits.length; i++) {
    const below = Number(digits[i]) - 1;
    const least = i === 0 ? 1 : 0;
    if (below < least) continue;
    const range = below === least ? String(least) : `[${least}-${below}]`;
    const rest = digits.length - i - 1;
    forms.push(`${digits.slice(0, i)}${range}${rest === 0 ? '' : `\\d{${rest}}`}`);
  }
  return `0*(?:${[...forms, digits].join('|')})`;
}

/** Letters of any case. */
const anyCase = (word: string): string =>
  word.replace(/[A-Za-z]/g, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);

/** One name of a table, with its prefix or without, or a number: of 32 bits, or of as many as 13 digits say. */
export function flagWord(table: FlagTable, bits: number): string {
  const { prefix, none } = table;
  const bare = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const names = [...new Set([...flagNames(table), ...(none.startsWith(prefix) ? [none] : []), `${prefix}NONE`])];
  const own = names.filter((name) => name.startsWith(prefix)).map((name) => anyCase(bare(name)));
  const others = names.filter((name) => !name.startsWith(prefix)).map(anyCase);
  return `\\s*(?:0|0[xX]${bits === 32 ? '0{0,5}[0-9a-fA-F]{1,8}' : '[0-9a-fA-F]{1,13}'}|(?:${anyCase(prefix)})?(?:${own.join('|')})${others.map((name) => `|${name}`).join('')})\\s*`;
}

/** Letters in any order, each once, with `-` for those that are not. */
export function lettersOnce(letters: string): string {
  const once = [...letters].map((letter) => `(?!.*${letter}.*${letter})`).join('');
  return `none|${once}[${letters}-]+`;
}
