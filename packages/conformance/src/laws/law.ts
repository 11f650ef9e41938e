// SPDX-License-Identifier: GPL-2.0-or-later
/** What a law is, and how it is tried. */
import { type Architecture, type Pte, pteValue } from '@specialbit/core/arch';
import fc from 'fast-check';
import { build, type Sample } from '../entries.js';

/** Something that holds for every entry, protection or swap entry of an architecture. */
export interface Law {
  /** `helper/what`. */
  readonly name: string;
  readonly title: string;
  /** Checks of the layout (core) that say the same: accepted there, a deviation is accepted here. */
  readonly alsoAccepted: readonly string[];
  /** Why the law says nothing about this architecture; undefined: it does. */
  readonly leftOut: string | undefined;
  /** Tries the law; the first thing that breaks it in words, or undefined. `tried` counts samples. */
  readonly run: (options: RunOptions) => { readonly tried: number; readonly problem: string | undefined };
}

export interface RunOptions {
  /** Samples for each law. */
  readonly runs: number;
  readonly seed: number;
}

interface LawOf<T> {
  readonly name: string;
  readonly title: string;
  readonly alsoAccepted?: readonly string[];
  readonly leftOut?: string | false;
  readonly of: fc.Arbitrary<T>;
  /** What is wrong with a sample, or undefined. */
  readonly problem: (sample: T) => string | undefined;
}

/** A law about random samples, tried by fast-check; a sample that breaks it is shrunk before it is shown. */
export function law<T>(spec: LawOf<T>): Law {
  return {
    name: spec.name,
    title: spec.title,
    alsoAccepted: spec.alsoAccepted ?? [],
    leftOut: spec.leftOut === false ? undefined : spec.leftOut,
    run({ runs, seed }) {
      const property = fc.property(spec.of, (sample) => spec.problem(sample) === undefined);
      const details = fc.check(property, { numRuns: runs, seed });
      const [broken] = details.counterexample ?? [];
      return { tried: details.numRuns, problem: broken === undefined ? undefined : spec.problem(broken) };
    },
  };
}

/** A law about entries that the kernel can make. */
export function entryLaw(
  arch: Architecture,
  of: fc.Arbitrary<Sample>,
  spec: Omit<LawOf<Sample>, 'of' | 'problem'> & {
    readonly problem: (p: Pte, sample: Sample) => string | undefined;
  },
): Law {
  return law({ ...spec, of, problem: (sample) => spec.problem(build(arch, sample), sample) });
}

export const show = (p: Readonly<Pte>): string => `0x${pteValue(p).toString(16)}`;
export const same = (a: Readonly<Pte>, b: Readonly<Pte>): boolean => a.lo === b.lo && a.hi === b.hi;

/** `mmap(shared, rw-)`: what asks for protection `index`. */
export function protName(index: number): string {
  const letters = `${index & 1 ? 'r' : '-'}${index & 2 ? 'w' : '-'}${index & 4 ? 'x' : '-'}`;
  return `${index & 8 ? 'shared' : 'private'} ${letters}`;
}

/** `0x5025 (pfn 0x5, private r--, then mkdirty)`. */
export function describe(p: Readonly<Pte>, { pfn, prot, history }: Sample): string {
  const then = history.length === 0 ? '' : `, then ${history.join(', ')}`;
  return `${show(p)} (pfn 0x${pfn.toString(16)}, ${protName(prot)}${then})`;
}
