// SPDX-License-Identifier: GPL-2.0-or-later
/** Nothing, a page, a swap entry: every entry is exactly one of the three. */
import { type Architecture, type Pte, pteValue } from '@specialbit/core/arch';
import fc from 'fast-check';
import { build, NO_RIGHTS, pfns, samples } from '../entries.js';
import { describe, entryLaw, type Law, law, protName, show } from './law.js';

interface SwapSample {
  readonly type: number;
  readonly offset: number;
}

/**
 * Offset 0 is a swap area's header, and the last of all is x86's inverted empty entry: no page is at
 * either.
 */
function swapEntries(arch: Architecture): fc.Arbitrary<SwapSample> {
  const { swap } = arch.layout;
  const bits = Math.min(53, Math.max(...swap.offset.map((f) => f.from + f.count)));
  const types = 2 ** swap.type.count - 1;
  const last = 2 ** bits - 2;
  return fc.record({
    type: fc.integer({ min: 0, max: types }),
    offset: fc.oneof(
      fc.integer({ min: 1, max: Math.min(last, 0xffff) }),
      fc.integer({ min: 0, max: bits - 1 }).map((n) => 2 ** n),
      fc.maxSafeNat().map((n) => 1 + (n % last)),
      fc.constant(last),
    ),
  });
}

export function kindLaws(arch: Architecture): Law[] {
  const { pte } = arch;
  const kinds = (p: Pte): string => (pte.none(p) ? 'none' : pte.present(p) ? 'present' : 'swap');
  const encode = ({ type, offset }: SwapSample): Pte => {
    const p: Pte = { lo: 0, hi: 0 };
    pte.swp_entry_to_pte(p, type, offset);
    return p;
  };
  const named = ({ type, offset }: SwapSample): string => `swap entry (type ${type}, offset 0x${offset.toString(16)})`;
  return [
    entryLaw(arch, samples(arch), {
      name: 'kinds/page',
      title: 'an entry of a page is present, and not none',
      problem(p, sample) {
        if (pte.present(p) && !pte.none(p)) return undefined;
        return `${describe(p, sample)} is ${pte.none(p) ? 'none' : 'not present'}`;
      },
    }),
    law({
      name: 'kinds/prot-none',
      title: 'a page of a PROT_NONE mapping is present, and not none',
      of: fc.record({ pfn: pfns(arch), prot: fc.constantFrom(...NO_RIGHTS), history: fc.constant([]) }),
      problem(sample) {
        const p = build(arch, sample);
        if (pte.present(p) && !pte.none(p)) return undefined;
        return `${describe(p, sample)} reads as ${kinds(p)}: the kernel would lose the page`;
      },
    }),
    law({
      name: 'kinds/empty',
      title: 'pte_clear leaves an entry that is none, not present, and not special',
      alsoAccepted: ['empty'],
      of: fc.constant(pte.empty),
      problem(empty) {
        const p = { ...empty };
        const wrong = !pte.none(p) ? 'not none' : pte.present(p) ? 'present' : pte.special(p) ? 'special' : undefined;
        return wrong && `the empty entry ${show(p)} is ${wrong}`;
      },
    }),
    law({
      name: 'kinds/swap',
      title: 'a swap entry is neither none nor present',
      alsoAccepted: ['swap-none', 'swap-present'],
      of: swapEntries(arch),
      problem(entry) {
        const p = encode(entry);
        if (kinds(p) === 'swap') return undefined;
        return `${named(entry)} is ${show(p)}, which reads as ${kinds(p)}`;
      },
    }),
    law({
      name: 'swap/round-trip',
      title: 'a swap entry gives back its type and offset, marked exclusive or not',
      alsoAccepted: ['swap-round-trip'],
      of: fc.tuple(swapEntries(arch), fc.boolean()),
      problem([entry, exclusive]) {
        const p = encode(entry);
        if (exclusive) pte.swp_mkexclusive(p);
        const back = { type: 0, offset: 0 };
        // the marker is taken off first, as unuse_pte and do_swap_page do
        if (exclusive) pte.swp_clear_exclusive(p);
        pte.pte_to_swp_entry(p, back);
        if (back.type === entry.type && back.offset === entry.offset) return undefined;
        return `${named(entry)} is ${show(p)}, which reads as ${named(back)}`;
      },
    }),
    law({
      name: 'swap/exclusive',
      title: 'the exclusive marker of a swap entry can be set, asked for and cleared',
      alsoAccepted: ['swp_exclusive', 'swp_clear_exclusive'],
      of: swapEntries(arch),
      problem(entry) {
        const p = encode(entry);
        const plain = pteValue(p);
        if (pte.swp_exclusive(p)) return `${named(entry)} is ${show(p)}, which is exclusive from the start`;
        pte.swp_mkexclusive(p);
        if (!pte.swp_exclusive(p)) return `${named(entry)} marked exclusive is ${show(p)}, which is not exclusive`;
        pte.swp_clear_exclusive(p);
        return pteValue(p) === plain ? undefined : `${named(entry)} marked and unmarked is ${show(p)}`;
      },
    }),
    law({
      name: 'protections/private',
      title: 'a private protection is never writable: the first store must copy the page',
      of: fc.constantFrom(2, 3, 6, 7),
      problem(prot) {
        const p = build(arch, { pfn: 1, prot, history: [] });
        return pte.write(p) ? `protection ${prot} (${protName(prot)}) makes ${show(p)}, which is writable` : undefined;
      },
    }),
    law({
      name: 'protections/read-only',
      title: 'a protection without VM_WRITE is not writable',
      of: fc.constantFrom(1, 4, 5, 9, 12, 13),
      problem(prot) {
        const p = build(arch, { pfn: 1, prot, history: [] });
        return pte.write(p) ? `protection ${prot} (${protName(prot)}) makes ${show(p)}, which is writable` : undefined;
      },
    }),
  ];
}
