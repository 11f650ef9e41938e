// SPDX-License-Identifier: GPL-2.0-or-later
/** pfn_pte, pte_pfn, pte_pgprot, set_pte and the width of an entry. */
import { type Architecture, ones, type Pte, pteValue } from '@specialbit/core/arch';
import fc from 'fast-check';
import { apply, build, NO_RIGHTS, pageOps, pfns, protection, RIGHTS, samples } from '../entries.js';
import { describe, entryLaw, type Law, law, protName, same, show } from './law.js';
import { difference } from './properties.js';

export function pfnLaws(arch: Architecture): Law[] {
  const { pte, layout } = arch;
  const full = ones(layout.pteBits);
  return [
    law({
      name: 'pfn/round-trip',
      title: 'pte_pfn gives back the frame that pfn_pte was given, under every protection',
      alsoAccepted: ['pfn-round-trip'],
      of: fc.record({ pfn: pfns(arch), prot: fc.constantFrom(...NO_RIGHTS, ...RIGHTS) }),
      problem({ pfn, prot }) {
        const p = build(arch, { pfn, prot, history: [] });
        if (pte.pfn(p) === pfn) return undefined;
        return `pfn 0x${pfn.toString(16)} with ${protName(prot)} is ${show(p)}, which reads as pfn 0x${pte.pfn(p).toString(16)}`;
      },
    }),
    entryLaw(arch, samples(arch), {
      name: 'pfn/kept',
      title: 'no chain of helpers changes the frame',
      problem(p, sample) {
        if (pte.pfn(p) === sample.pfn) return undefined;
        return `${describe(p, sample)} reads as pfn 0x${pte.pfn(p).toString(16)}`;
      },
    }),
    entryLaw(arch, samples(arch), {
      name: 'width/entry',
      title: 'no helper sets a bit beyond the entry, and halves stay signed 32-bit integers',
      problem(p, sample) {
        const tried: Pte[] = [p];
        for (const op of pageOps(arch)) {
          const after = { ...p };
          apply(arch, after, op);
          tried.push(after);
        }
        for (const q of tried) {
          if (q.lo !== (q.lo | 0) || q.hi !== (q.hi | 0)) {
            return `${describe(p, sample)}: halves ${q.lo}, ${q.hi} are no signed 32-bit integers`;
          }
          if (pteValue(q) & ~full)
            return `${describe(p, sample)} leads to ${show(q)}, wider than ${layout.pteBits} bits`;
        }
        return undefined;
      },
    }),
    entryLaw(arch, samples(arch), {
      name: 'pure/same-in-same-out',
      title: 'helpers depend on nothing but the entry',
      problem(p, sample) {
        const other = build(arch, { pfn: 1, prot: 15, history: [] });
        for (const op of pageOps(arch)) apply(arch, other, op);
        const again = build(arch, sample);
        return same(p, again) ? undefined : `${describe(p, sample)} came out as ${show(again)} the second time`;
      },
    }),
    entryLaw(arch, samples(arch), {
      name: 'set_pte/answers',
      title: 'what set_pte_at stores answers as what it was given, and storing it again changes nothing',
      problem(p, sample) {
        const stored = { ...p };
        pte.set_pte(stored);
        const differs = difference(arch, p, stored);
        if (differs !== undefined)
          return `set_pte of ${describe(p, sample)} stores ${show(stored)}, which changes ${differs}`;
        const again = { ...stored };
        pte.set_pte(again);
        return same(again, stored) ? undefined : `set_pte of the stored ${show(stored)} stores ${show(again)}`;
      },
    }),
    entryLaw(arch, samples(arch), {
      name: 'pgprot/round-trip',
      title: 'pfn_pte of pte_pfn and pte_pgprot is the entry again',
      leftOut: !arch.facts.pte_pgprot && 'it has no pte_pgprot',
      problem(p, sample) {
        const prot = { ...p };
        pte.pgprot(prot);
        const again = { lo: 0, hi: 0 };
        pte.pfn_pte(again, pte.pfn(p), prot);
        if (same(p, again)) return undefined;
        return `pte_pgprot of ${describe(p, sample)} is ${show(prot)}, with which pfn_pte makes ${show(again)}`;
      },
    }),
    law({
      name: 'protections/frozen',
      title: 'no helper changes a protection that it is given',
      of: samples(arch),
      problem(sample) {
        const before = RIGHTS.map((index) => ({ ...protection(arch, index) }));
        build(arch, sample);
        const at = RIGHTS.findIndex((index, i) => !same(before[i] as Pte, protection(arch, index)));
        return at < 0 ? undefined : `protection ${RIGHTS[at]} changed`;
      },
    }),
  ];
}
