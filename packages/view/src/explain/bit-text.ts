// SPDX-License-Identifier: GPL-2.0-or-later
/** Bits of an entry, in words. */
import type { BitView, PteExplanation } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';

/** An entry, and its named bits. */
export type DecodedEntry = Pick<PteExplanation, 'level' | 'pte' | 'bits'>;

/** The pfn, where the header has no name for the bits that hold it. */
export function pfnBits(e: DecodedEntry, arch: Architecture): BitView[] {
  const raw = BigInt(`0x${e.pte.raw}`);
  const layout = e.level === 'pte' ? arch.layout : arch[e.level]!.layout;
  return layout.pfn.fields.flatMap(({ at, count, from }) => {
    const mask = ((1n << BigInt(count)) - 1n) << BigInt(at);
    if (e.bits.some((bit) => (BigInt(`0x${bit.mask}`) & mask) === mask)) return [];
    const meaning = from === 0 ? 'page frame number' : `page frame number, from its bit ${from} on`;
    return [
      { name: '-', meaning, mask: mask.toString(16), set: (raw & mask) === mask, value: (raw & mask).toString(16) },
    ];
  });
}

/** `63`, or `51..12`. */
export function positions({ mask }: BitView): string {
  const bits = BigInt(`0x${mask}`).toString(2);
  const top = bits.length - 1;
  const bottom = bits.length - 1 - bits.lastIndexOf('1');
  return top === bottom ? String(top) : `${top}..${bottom}`;
}

export function bitValue({ mask, value }: BitView): string {
  const bits = BigInt(`0x${mask}`);
  const low = bits & -bits;
  return bits === low ? (BigInt(`0x${value}`) === 0n ? '0' : '1') : `0x${(BigInt(`0x${value}`) / low).toString(16)}`;
}
