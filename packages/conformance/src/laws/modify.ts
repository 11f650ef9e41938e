// SPDX-License-Identifier: GPL-2.0-or-later
/** pte_modify: mprotect changes rights, and the page stays the same page. */
import type { Architecture } from '@specialbit/core/arch';
import fc from 'fast-check';
import { build, NO_RIGHTS, protection, RIGHTS, type Sample, samples } from '../entries.js';
import { describe, type Law, law, protName, same, show } from './law.js';

interface ModifySample {
  readonly entry: Sample;
  /** Index of the new protection. */
  readonly to: number;
}
const KEPT = ['dirty', 'young', 'special'] as const;

export function modifyLaws(arch: Architecture): Law[] {
  const { pte } = arch;
  const any: fc.Arbitrary<ModifySample> = fc.record({
    entry: samples(arch),
    to: fc.constantFrom(...NO_RIGHTS, ...RIGHTS),
  });
  const modified = ({ entry, to }: ModifySample) => {
    const p = build(arch, entry);
    const after = { ...p };
    pte.modify(after, protection(arch, to));
    const words = `pte_modify to ${protName(to)} makes ${show(after)} of ${describe(p, entry)}`;
    return { p, after, words };
  };
  const keeps = KEPT.filter((property) => property !== 'special' || arch.special.pte).map((property) =>
    law({
      name: `modify/${property}`,
      title: `pte_modify keeps pte_${property}: mprotect must not lose it`,
      alsoAccepted: [`modify-${property}`],
      of: any,
      problem(sample) {
        const { p, after, words } = modified(sample);
        if (!pte[property](p) || pte[property](after)) return undefined;
        return `${words}, which is no longer ${property}; add its bits to what ops.modify keeps`;
      },
    }),
  );
  return [
    ...keeps,
    law({
      name: 'modify/pfn',
      title: 'pte_modify keeps the frame, also through PROT_NONE and back',
      alsoAccepted: ['modify-pfn'],
      of: any,
      problem(sample) {
        const { p, after, words } = modified(sample);
        if (pte.pfn(after) !== pte.pfn(p)) return `${words}, whose pfn is 0x${pte.pfn(after).toString(16)}`;
        const back = { ...after };
        pte.modify(back, protection(arch, sample.entry.prot));
        if (pte.pfn(back) === pte.pfn(p)) return undefined;
        return `${words}, and back ${show(back)}, whose pfn is 0x${pte.pfn(back).toString(16)}`;
      },
    }),
    law({
      name: 'modify/write',
      title: 'pte_modify to a protection that is not writable takes write permission away',
      of: any,
      problem(sample) {
        const { after, words } = modified(sample);
        const prot = { ...protection(arch, sample.to) };
        if (!pte.write(after) || pte.write(prot)) return undefined;
        return `${words}, which is still writable`;
      },
    }),
    law({
      name: 'modify/twice',
      title: 'pte_modify twice is pte_modify once',
      of: any,
      problem(sample) {
        const { after, words } = modified(sample);
        const again = { ...after };
        pte.modify(again, protection(arch, sample.to));
        return same(after, again) ? undefined : `${words}, and the second time ${show(again)}`;
      },
    }),
    law({
      name: 'modify/fresh',
      title: 'pte_modify gives a page the rights that pfn_pte would give it',
      of: any,
      problem(sample) {
        const { after, words } = modified(sample);
        const fresh = build(arch, { ...sample.entry, prot: sample.to, history: [] });
        for (const right of ['user', 'read', 'exec', 'present'] as const) {
          if (pte[right](after) !== pte[right](fresh)) {
            return `${words}: ${right} is ${pte[right](after)}, and ${pte[right](fresh)} for the fresh entry ${show(fresh)}`;
          }
        }
        return undefined;
      },
    }),
  ];
}
