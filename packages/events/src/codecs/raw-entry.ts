// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import type { RawEntry } from '../types.js';
import { fail, type Json, type JsonCodec } from './failure.js';

const NAME = 'an entry with its architecture ("x86_64:0x8000000071c00227")';
const ENTRY = /^([A-Za-z0-9][A-Za-z0-9_.+-]*):0x([0-9a-f]{1,16})$/i;

/** As it is in canonical form. */
function isRaw(u: unknown): u is RawEntry {
  return typeof u === 'object' && u !== null && 'arch' in u && 'value' in u;
}

/** `"arm64:0xa07070a0506090a"`. */
export const rawEntry: JsonCodec<RawEntry> = new t.Type<RawEntry, Json, unknown>(
  NAME,
  isRaw,
  (u, c) => {
    const match = ENTRY.exec(typeof u === 'string' ? u : isRaw(u) ? `${u.arch}:0x${u.value}` : '');
    if (match === null) return fail(u, c, NAME);
    return t.success({ arch: match[1]!, value: match[2]!.toLowerCase().replace(/^0+(?=.)/, '') });
  },
  ({ arch, value }) => `${arch}:0x${value}`,
);
