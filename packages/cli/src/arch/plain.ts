// SPDX-License-Identifier: GPL-2.0-or-later
/** An architecture as JSON. */
import type { Architecture, Pte } from '@specialbit/core/arch';
import { formatPte } from '@specialbit/core/arch';

const hex = (mask: bigint): string => `0x${mask.toString(16)}`;
const raw = (p: Readonly<Pte>): string => `0x${formatPte(p)}`;

/** Everything that a plugin said, with masks as hex strings. */
export function plainArchitecture(a: Architecture): object {
  const {
    name,
    aliases,
    family,
    title,
    kconfig,
    source,
    proposed,
    notes,
    bits,
    bigEndian,
    page,
    levels,
    special,
    features,
  } = a;
  return {
    name,
    aliases,
    family,
    title,
    kconfig,
    source,
    proposed,
    notes,
    bits,
    bigEndian,
    page,
    levels,
    TASK_SIZE: hex(a.TASK_SIZE),
    special,
    features,
    facts: a.facts,
    mmu: { young: a.mmu.young, dirty: a.mmu.dirty },
    pteBits: a.layout.pteBits,
    pfn: a.layout.pfn.fields,
    layout: a.layout.bits.map((bit) => ({ ...bit, mask: hex(bit.mask) })),
    swap: { base: hex(a.layout.swap.base), type: a.layout.swap.type, offset: a.layout.swap.offset },
    empty: hex(a.layout.empty),
    protectionMap: a.pte.protection_map.map(raw),
    accepted: a.layout.accepted,
  };
}
