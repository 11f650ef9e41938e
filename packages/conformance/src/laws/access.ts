// SPDX-License-Identifier: GPL-2.0-or-later
/** What user code gets through an entry: rights are obeyed, and a fault that sets bits ends. */
import type { Architecture, Pte } from '@specialbit/core/arch';
import fc from 'fast-check';
import { build, NO_RIGHTS, pfns, samples } from '../entries.js';
import { describe, entryLaw, type Law, law, show } from './law.js';

type Op = 'read' | 'write' | 'exec';
const OPS: readonly Op[] = ['read', 'write', 'exec'];

export function accessLaws(arch: Architecture): Law[] {
  const { pte, user_access } = arch;
  const stored = (p: Readonly<Pte>): Pte => {
    const entry = { ...p };
    pte.set_pte(entry);
    return entry;
  };
  /** Through the entry as a table holds it: set_pte_at may add what the hardware looks at. */
  const works = (p: Readonly<Pte>, op: Op): boolean => user_access(stored(p), op);
  const any = fc.record({ entry: samples(arch), op: fc.constantFrom(...OPS) });
  return [
    law({
      name: 'access/only-pages',
      title: 'user code reaches nothing through an empty, a swap or a PROT_NONE entry',
      of: fc.record({ pfn: pfns(arch), prot: fc.constantFrom(...NO_RIGHTS), op: fc.constantFrom(...OPS) }),
      problem({ pfn, prot, op }) {
        const sample = { pfn, prot, history: [] };
        const none = build(arch, sample);
        if (works(none, op)) return `${op} through ${describe(none, sample)} works`;
        if (works(pte.empty, op)) return `${op} through the empty entry works`;
        const swap: Pte = { lo: 0, hi: 0 };
        pte.swp_entry_to_pte(swap, 1, 1 + (pfn & 0xff));
        return works(swap, op) ? `${op} through the swap entry ${show(swap)} works` : undefined;
      },
    }),
    entryLaw(arch, samples(arch), {
      name: 'access/write-needs-right',
      title: 'a store works only through an entry for which pte_write holds',
      problem(p, sample) {
        return works(p, 'write') && !pte.write(p) ? `a store through ${describe(p, sample)} works` : undefined;
      },
    }),
    law({
      name: 'access/modify-takes-store',
      title: 'mprotect to read-only takes the right to store away, also from a dirty page',
      of: fc.record({ pfn: pfns(arch), to: fc.constantFrom(1, 9, 5, 13) }),
      problem({ pfn, to }) {
        const sample = { pfn, prot: 11, history: ['mkyoung', 'mkdirty', 'mkwrite', `modify:${to}`] };
        const p = build(arch, sample);
        return works(p, 'write') ? `a store through ${describe(p, sample)} works` : undefined;
      },
    }),
    law({
      name: 'access/marks-only',
      title: 'an access changes at most young and dirty',
      of: any,
      problem({ entry, op }) {
        const p = stored(build(arch, entry));
        const after = { ...p };
        user_access(after, op);
        const changed = (['write', 'special', 'present', 'none'] as const).find(
          (test) => pte[test](p) !== pte[test](after),
        );
        if (changed !== undefined)
          return `a ${op} makes ${show(after)} of ${describe(p, entry)}, which changes ${changed}`;
        return pte.pfn(p) === pte.pfn(after) ? undefined : `a ${op} changes the pfn of ${describe(p, entry)}`;
      },
    }),
    law({
      name: 'access/read-ends',
      title: 'once an entry of a readable mapping is young, user code can read',
      of: fc.record({ pfn: pfns(arch), prot: fc.constantFrom(1, 3, 9, 11), history: fc.constant(['mkyoung']) }),
      problem(sample) {
        const p = build(arch, sample);
        return works(p, 'read') ? undefined : `a load through ${describe(p, sample)} faults for ever`;
      },
    }),
    law({
      name: 'access/write-ends',
      title: 'once an entry of a writable mapping is young, dirty and writable, user code can write',
      of: fc.record({
        pfn: pfns(arch),
        prot: fc.constantFrom(3, 11, 15),
        history: fc.constant(['mkyoung', 'mkdirty', 'mkwrite_vma', 'mkwrite']),
      }),
      problem(sample) {
        const p = build(arch, sample);
        return works(p, 'write') ? undefined : `a store through ${describe(p, sample)} faults for ever`;
      },
    }),
    law({
      name: 'access/exec-ends',
      title: 'once an entry of an executable mapping is young, user code can execute',
      of: fc.record({ pfn: pfns(arch), prot: fc.constantFrom(5, 13), history: fc.constant(['mkyoung']) }),
      problem(sample) {
        const p = build(arch, sample);
        return works(p, 'exec') ? undefined : `an instruction fetch through ${describe(p, sample)} faults for ever`;
      },
    }),
  ];
}
