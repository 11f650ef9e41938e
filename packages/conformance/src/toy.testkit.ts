// SPDX-License-Identifier: GPL-2.0-or-later
/** A small architecture that keeps every law, and ways to break it behind the back of the layout's checks. */
import {
  type Architecture,
  bit,
  bits,
  type CompiledCodec,
  defineArchitecture,
  defineBits,
  modify,
  type Pte,
  protections,
} from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  VALID: [bit(0), 'valid'],
  WRITE: [bit(1), 'stores allowed'],
  USER: [bit(2), 'user mode may use it'],
  ACCESSED: [bit(5), 'accessed'],
  DIRTY: [bit(6), 'dirty'],
  SPECIAL: [bit(8), 'special'],
  PROTNONE: [bit(9), 'PROT_NONE', 'absent'],
  EXCLUSIVE: [bit(7), 'exclusive', 'swap'],
});
const page = B.VALID | B.USER | B.ACCESSED;

export const toy: Architecture = defineArchitecture({
  name: 'toy',
  family: 'toy',
  title: 'Toy',
  kconfig: 'TOY',
  source: [],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0xc0000000n,
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 12, count: 20 }] },
    maxPhysmemBits: 32,
    flags: { write: B.WRITE, young: B.ACCESSED, dirty: B.DIRTY, special: B.SPECIAL, swp_exclusive: B.EXCLUSIVE },
    tests: { present: { any: [B.VALID, B.PROTNONE] } },
    ops: { modify: modify(bits(31, 12) | B.ACCESSED | B.DIRTY | B.SPECIAL) },
    protectionMap: protections({ none: B.PROTNONE | B.ACCESSED, read: page, write: page | B.WRITE }),
    access: { user: { all: [B.VALID, B.USER] }, exec: true },
    swap: { type: { at: 2, count: 5 }, offset: [{ at: 10, count: 22 }] },
  },
  mmu: { young: 'hardware', dirty: 'hardware' },
});

/** The same with members replaced, unchecked, in every kernel. */
export function altered(change: Partial<Architecture>, from = toy): Architecture {
  const arch: Architecture = { ...from, ...change, at: () => arch };
  return arch;
}

/** The same with operations replaced, unchecked. */
export function broken(change: (codec: CompiledCodec) => Partial<CompiledCodec>): Architecture {
  const replaced = change(toy.pte);
  const ops: Record<string, (p: Pte) => void> = { ...toy.pte.ops };
  for (const [name, op] of Object.entries(replaced)) if (name in ops) ops[name] = op as (p: Pte) => void;
  return altered({ pte: { ...toy.pte, ...replaced, ops } });
}

/** The same with entries of its layout's `accepted`, unchecked. */
export const accepting = (arch: Architecture, accepted: Readonly<Record<string, string>>): Architecture =>
  altered({ layout: { ...arch.layout, accepted } }, arch);
