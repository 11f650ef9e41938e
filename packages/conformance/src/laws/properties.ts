// SPDX-License-Identifier: GPL-2.0-or-later
/** What each helper sets or clears, and that it leaves everything else alone. */
import type { Architecture, Pte } from '@specialbit/core/arch';
import { apply, pageOps, samples } from '../entries.js';
import { describe, entryLaw, type Law, same, show } from './law.js';

type Property = 'write' | 'dirty' | 'young' | 'special';
const PROPERTIES: readonly Property[] = ['write', 'dirty', 'young', 'special'];

/** Helper, the test that answers for it, and the answer afterwards. */
const HELPERS: readonly (readonly [op: string, property: Property, answer: boolean])[] = [
  ['mkwrite', 'write', true],
  ['mkwrite_vma', 'write', true],
  ['wrprotect', 'write', false],
  ['mkdirty', 'dirty', true],
  ['mkclean', 'dirty', false],
  ['mkyoung', 'young', true],
  ['mkold', 'young', false],
  ['mkspecial', 'special', true],
];

const kernelName = (op: string): string =>
  op === 'mkwrite' ? 'pte_mkwrite_novma' : op === 'mkwrite_vma' ? 'pte_mkwrite' : `pte_${op}`;

/** Laws of pte_mk*, pte_wrprotect and their relatives. */
export function propertyLaws(arch: Architecture): Law[] {
  const known = pageOps(arch);
  const laws = HELPERS.filter(([op]) => known.includes(op)).flatMap(([op, property, answer]) =>
    helperLaws(arch, op, property, answer),
  );
  return [...laws, ...noSpecialLaws(arch), ...orderLaws(arch)];
}

function helperLaws(arch: Architecture, op: string, property: Property, answer: boolean): Law[] {
  const { pte } = arch;
  const name = kernelName(op);
  const step = (p: Pte): Pte => {
    const after = { ...p };
    apply(arch, after, op);
    return after;
  };
  return [
    entryLaw(arch, samples(arch), {
      name: `${op}/effect`,
      title: `after ${name}, pte_${property} ${answer ? 'holds' : 'does not hold'}`,
      alsoAccepted: [op],
      problem(p, sample) {
        const after = step(p);
        if (pte[property](after) === answer) return undefined;
        return `${name} makes ${show(after)} of ${describe(p, sample)}, and pte_${property} is ${!answer}`;
      },
    }),
    entryLaw(arch, samples(arch), {
      name: `${op}/only`,
      title: `${name} changes nothing but what pte_${property} asks`,
      alsoAccepted: [...PROPERTIES.map((other) => `${op}-${other}`), `${op}-pfn`],
      problem(p, sample) {
        const after = step(p);
        const changed = difference(arch, p, after, property);
        return changed && `${name} makes ${show(after)} of ${describe(p, sample)}, which changes ${changed}`;
      },
    }),
    entryLaw(arch, samples(arch), {
      name: `${op}/twice`,
      title: `${name} twice is ${name} once`,
      problem(p, sample) {
        const once = step(p);
        const twice = step(once);
        if (same(once, twice)) return undefined;
        return `${name} makes ${show(once)} of ${describe(p, sample)}, and ${show(twice)} of that`;
      },
    }),
  ];
}

/** The first answer, other than about `property`, that differs between two entries. */
export function difference(arch: Architecture, p: Pte, after: Pte, property?: Property): string | undefined {
  const { pte } = arch;
  for (const other of PROPERTIES) {
    if (other !== property && pte[other](p) !== pte[other](after)) return `pte_${other} to ${pte[other](after)}`;
  }
  if (pte.present(p) !== pte.present(after)) return `pte_present to ${pte.present(after)}`;
  if (pte.none(p) !== pte.none(after)) return `pte_none to ${pte.none(after)}`;
  if (pte.devmap(p) !== pte.devmap(after)) return `pte_devmap to ${pte.devmap(after)}`;
  if (pte.pfn(p) !== pte.pfn(after)) return `pte_pfn to 0x${pte.pfn(after).toString(16)}`;
  return undefined;
}

/** Without a special bit nothing may look special, and pte_mkspecial is the identity. */
function noSpecialLaws(arch: Architecture): Law[] {
  const { pte } = arch;
  return [
    entryLaw(arch, samples(arch), {
      name: 'special/none',
      title: 'without a special bit pte_special never holds and pte_mkspecial does nothing',
      leftOut: arch.special.pte && 'it has a special bit',
      problem(p, sample) {
        const after = { ...p };
        pte.mkspecial(after);
        if (pte.special(p)) return `pte_special holds for ${describe(p, sample)}`;
        return same(p, after) ? undefined : `pte_mkspecial makes ${show(after)} of ${describe(p, sample)}`;
      },
    }),
    entryLaw(arch, samples(arch), {
      name: 'special/only-by-mkspecial',
      title: 'an entry is special exactly when pte_mkspecial made it so',
      leftOut: !arch.special.pte && 'it has no special bit',
      alsoAccepted: ['modify-special'],
      problem(p, sample) {
        const made = sample.history.includes('mkspecial');
        if (pte.special(p) === made) return undefined;
        return `pte_special is ${!made} for ${describe(p, sample)}`;
      },
    }),
  ];
}

/** Two helpers of different properties give the same answers in either order. */
function orderLaws(arch: Architecture): Law[] {
  const known = pageOps(arch);
  const pairs = HELPERS.flatMap(([a, pa], i) =>
    HELPERS.slice(i + 1)
      .filter(([b, pb]) => pb !== pa && known.includes(a) && known.includes(b))
      .map(([b]) => [a, b] as const),
  );
  return [
    entryLaw(arch, samples(arch), {
      name: 'order/answers',
      title: 'helpers of different properties answer alike in either order',
      problem(p, sample) {
        for (const [a, b] of pairs) {
          const ab = { ...p };
          apply(arch, ab, a);
          apply(arch, ab, b);
          const ba = { ...p };
          apply(arch, ba, b);
          apply(arch, ba, a);
          const differs = difference(arch, ab, ba);
          if (differs === undefined) continue;
          return `of ${describe(p, sample)}, ${a}, ${b} makes ${show(ab)} and ${b}, ${a} makes ${show(ba)}: the second order changes ${differs}`;
        }
        return undefined;
      },
    }),
  ];
}
