// SPDX-License-Identifier: GPL-2.0-or-later
import type { Pte } from './contract.js';
import { highHalf, lowHalf } from './mask.js';

/** A raw PTE from its value, or from hex digits without `0x` as transcripts write them. */
export function readPte(raw: string | bigint): Pte {
  if (typeof raw === 'bigint') return { lo: lowHalf(raw), hi: highHalf(raw) };
  const cut = Math.max(0, raw.length - 8);
  return {
    lo: Number.parseInt(raw.slice(cut), 16) | 0,
    hi: cut === 0 ? 0 : Number.parseInt(raw.slice(0, cut), 16) | 0,
  };
}

/** The raw value as hex digits without `0x`, without leading zeroes. */
export function formatPte(p: Readonly<Pte>): string {
  const lo = (p.lo >>> 0).toString(16);
  return p.hi === 0 ? lo : (p.hi >>> 0).toString(16) + lo.padStart(8, '0');
}

/** The raw value as a bigint, for display and checks; not for the hot path. */
export const pteValue = (p: Readonly<Pte>): bigint => (BigInt(p.hi >>> 0) << 32n) | BigInt(p.lo >>> 0);
