// SPDX-License-Identifier: GPL-2.0-or-later
/** One raw value as several architectures read it, without any log. */
import { formatPte, readPte } from '@specialbit/core/arch';
import { bootKernel, describePte, entryBits, PTE } from '@specialbit/core/kernel';
import { bitFields, laneName, pteText, UsageError } from '@specialbit/view';
import type { DecodedLane } from '../protocol.js';
import { LANES } from './choices.js';

/** Throws UsageError for what is no number, or no lane. */
export function decodeValue(names: readonly string[], text: string): DecodedLane[] {
  const digits = text.trim().replace(/^0x/i, '').replaceAll('_', '');
  if (!/^[0-9a-f]{1,16}$/i.test(digits))
    throw new UsageError('usage.value', `expected a hexadecimal number, found ${JSON.stringify(text)}`);
  const value = BigInt(`0x${digits}`);
  return LANES.lanesOf('value', { specialbit: 1 }, names, []).map((lane): DecodedLane => {
    const k = bootKernel(lane);
    const width = k.arch.layout.pteBits;
    const name = laneName(lane);
    if (value >> BigInt(width) !== 0n)
      return { lane: name, text: `an entry has ${width} bits here; the value has more`, width, raw: '', bits: [] };
    const raw = readPte(value);
    const pte = describePte(k, undefined, 0, raw);
    const bits = entryBits(k.arch, pte.kind, { level: PTE, raw });
    const fields = pte.kind === 'none' ? [] : bitFields({ level: 'pte', pte, bits }, k.arch);
    const pfn = pte.kind === 'present' ? `, pfn 0x${pte.pfn.toString(16)}` : '';
    return { lane: name, text: `${pteText(pte)}${pfn}`, width, raw: formatPte(raw), bits: fields };
  });
}
