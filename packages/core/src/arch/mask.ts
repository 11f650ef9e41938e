// SPDX-License-Identifier: GPL-2.0-or-later
import { ArchError } from './errors.js';

/** A bit mask as a plugin writes it: `0x42`, `1n << 63n`, or hex `'0x8000000000000025'`. */
export type Mask = bigint | number | string;

/** `_BITUL(n)`: bit n alone. */
export const bit = (n: number): bigint => 1n << BigInt(n);

/** `GENMASK_ULL(high, low)`: bits low to high, both included. */
export const bits = (high: number, low: number): bigint => ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);

/** Bits 0 to n-1. */
export const ones = (n: number): bigint => (1n << BigInt(n)) - 1n;

/** The mask as a bigint; throws ArchError `layout.mask` when it is no mask. `where` names it in the message. */
export function toMask(mask: Mask, where: string): bigint {
  if (typeof mask === 'bigint' && mask >= 0n) return mask;
  if (typeof mask === 'number' && Number.isSafeInteger(mask) && mask >= 0) return BigInt(mask);
  if (typeof mask === 'string' && /^0x[0-9a-f]+$/i.test(mask)) return BigInt(mask);
  throw new ArchError(
    'layout.mask',
    `${where}: ${typeof mask === 'string' ? `'${mask}'` : String(mask)} is not a mask`,
    "Write a hex string such as '0x80', a bigint, or a number from 0 to 2^53-1",
  );
}

/** Low and high half as signed 32-bit integers, the form in which `Pte` keeps them. */
export const lowHalf = (value: bigint): number => Number(BigInt.asIntN(32, value));
export const highHalf = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));

export const hex = (value: bigint): string => `0x${value.toString(16)}`;
