// SPDX-License-Identifier: GPL-2.0-or-later
/** The entries of a page that the kernel can make: a frame, a protection, and what happened since. */
import type { Architecture, Pte } from '@specialbit/core/arch';
import fc from 'fast-check';

/** `modify` with protection n is written `modify:n`. */
export type History = readonly string[];

export interface Sample {
  readonly pfn: number;
  /** Index into the protection map. */
  readonly prot: number;
  readonly history: History;
}

/** Protections that give user code some right: all but PROT_NONE, private and shared. */
export const RIGHTS = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15] as const;
export const NO_RIGHTS = [0, 8] as const;

const PAGE_OPS = ['mkwrite', 'mkwrite_vma', 'wrprotect', 'mkdirty', 'mkclean', 'mkyoung', 'mkold', 'mkspecial'];

/** Bits that a pfn can have on a machine of this layout. */
export function pfnBits(arch: Architecture): number {
  const { pfn, maxPhysmemBits, pageShift } = arch.layout;
  const held = Math.max(...pfn.fields.map((f) => f.from + f.count));
  return Math.min(held, maxPhysmemBits === undefined ? held : maxPhysmemBits - pageShift, 53);
}

/** Frame numbers, with those at the ends of the field and single bits often. */
export function pfns(arch: Architecture): fc.Arbitrary<number> {
  const bits = pfnBits(arch);
  const max = 2 ** bits - 1;
  return fc.oneof(
    fc.integer({ min: 0, max: Math.min(max, 0xffff) }),
    fc.maxSafeNat().map((n) => n % (max + 1)),
    fc.integer({ min: 0, max: bits - 1 }).map((n) => 2 ** n),
    fc.constantFrom(0, max),
  );
}

/** Operations on present pages that this codec has; `mkspecial` only with a special bit. */
export function pageOps(arch: Architecture): string[] {
  const { ops } = arch.pte;
  return PAGE_OPS.filter((op) => ops[op] !== undefined && (op !== 'mkspecial' || arch.special.pte));
}

/** Entries with some right, and up to six operations later (`modify` to other rights among them). */
export function samples(arch: Architecture): fc.Arbitrary<Sample> {
  const op = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...pageOps(arch)) },
    { weight: 1, arbitrary: fc.constantFrom(...RIGHTS).map((prot) => `modify:${prot}`) },
  );
  return fc.record({ pfn: pfns(arch), prot: fc.constantFrom(...RIGHTS), history: fc.array(op, { maxLength: 6 }) });
}

/** Protection `index` of the map, as the codec's operations take it. */
export const protection = (arch: Architecture, index: number): Pte => arch.pte.protection_map[index] as Pte;

export function apply(arch: Architecture, p: Pte, step: string): void {
  const { pte } = arch;
  if (step.startsWith('modify:')) pte.modify(p, protection(arch, Number(step.slice('modify:'.length))));
  else pte.ops[step]?.(p);
}

/** The entry of a sample. */
export function build(arch: Architecture, { pfn, prot, history }: Sample): Pte {
  const p: Pte = { lo: 0, hi: 0 };
  arch.pte.pfn_pte(p, pfn, protection(arch, prot));
  for (const step of history) apply(arch, p, step);
  return p;
}
