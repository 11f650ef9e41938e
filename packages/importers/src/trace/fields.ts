// SPDX-License-Identifier: GPL-2.0-or-later
/** Fields of trace events as text: `key: value, key: value` and `key=value key=value`. */
import { parseNumber } from '../names.js';

/** How a number without 0x is meant. */
export type Bare = 'literal' | 'hex';

/** The numbers among the fields; other values are left out. */
export function numberFields(text: string, bare: Bare = 'literal'): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [, key, value] of text.matchAll(/(\w+)(?:=|:\s*)(-?(?:0x)?[0-9a-f]+)(?=[\s,)]|$)/gi)) {
    const number = bare === 'hex' ? hex(value) : parseNumber(value!);
    if (number !== undefined) out[key!] = number;
  }
  return out;
}

/** The text of `key=value` up to the next blank. */
export function field(text: string, key: string): string | undefined {
  const at = text.indexOf(`${key}=`);
  if (at < 0) return undefined;
  const from = at + key.length + 1;
  const end = text.indexOf(' ', from);
  return end < 0 ? text.slice(from) : text.slice(from, end);
}

/** A number printed in hexadecimal, with or without 0x. */
export function hex(text: string | undefined): number | undefined {
  if (text === undefined || !/^(0x)?[0-9a-f]+$/i.test(text)) return undefined;
  return Number.parseInt(text, 16);
}

export interface At {
  readonly line: number;
  readonly time: number | undefined;
  readonly pid: number;
}
