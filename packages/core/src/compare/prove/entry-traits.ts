// SPDX-License-Identifier: GPL-2.0-or-later
/** What two architectures differ in beside their facts: bits and levels of entries, words, who records accesses. */
import type { Architecture } from '../../arch/architecture.js';
import type { Pte } from '../../arch/contract.js';
import { overrideCodec } from '../../arch/override.js';
import { compileUserAccess } from '../../arch/user-access.js';
import { architectureOf, type LanePair, type Side, type Trait, withArchitecture } from './trait.js';

const never = (): boolean => false;
const nothing = (_: Pte): void => {};

/** An edit of one architecture that makes it like the other in one respect. */
interface Edit {
  readonly id: string;
  readonly side: Side;
  readonly left: string;
  readonly right: string;
  readonly midway: boolean;
  readonly edit: (arch: Architecture) => Architecture;
}

/** `coarse`: all of an entry at once, when nothing smaller does. */
export function entryTraits(pair: LanePair): { readonly fine: readonly Trait[]; readonly coarse: readonly Trait[] } {
  const [a, b] = [architectureOf(pair.left), architectureOf(pair.right)];
  if (a === b) return { fine: [], coarse: [] };
  const traits = (edits: readonly (Edit | undefined)[]): Trait[] => edits.flatMap((one) => (one ? [trait(one)] : []));
  return {
    fine: traits([
      specialBit(a, b),
      hugeSpecial(a, b, 'pmd'),
      hugeSpecial(a, b, 'pud'),
      hugeLevel(a, b, 'pmd'),
      hugeLevel(a, b, 'pud'),
      hugeSize(a, b, 'pmd'),
      hugeSize(a, b, 'pud'),
      devmap(a, b),
      right(a, b, 'exec'),
      right(a, b, 'read'),
      recorders(a, b),
      words(a, b),
      tableSize(a, b),
      userSpace(a, b),
    ]),
    coarse: traits([entryFormat(pair, a, b)]),
  };
}

function trait({ edit, ...rest }: Edit): Trait {
  return { ...rest, kind: 'architecture', exchanged: (now) => withArchitecture(now[rest.side], edit) };
}

/** Who has something that the other lacks can lose it; a bit that an entry has no room for cannot be given. */
function lost(
  id: string,
  there: readonly [boolean, boolean],
  text: readonly [has: string, lacks: string],
  midway: boolean,
  edit: (arch: Architecture) => Architecture,
): Edit | undefined {
  const [left, right] = there;
  if (left === right) return undefined;
  const side = left ? 'left' : 'right';
  return { id, side, left: text[left ? 0 : 1], right: text[right ? 0 : 1], midway, edit };
}

/** ARCH_HAS_PTE_SPECIAL */
function specialBit(a: Architecture, b: Architecture): Edit | undefined {
  const text = ['the special bit in a PTE', 'no special bit in a PTE'] as const;
  return lost('pte_special', [a.special.pte, b.special.pte], text, true, (arch) => ({
    ...arch,
    pte: overrideCodec(arch.pte, { special: never, mkspecial: nothing }),
    special: { ...arch.special, pte: false },
  }));
}

/** ARCH_SUPPORTS_HUGE_PFNMAP */
function hugeSpecial(a: Architecture, b: Architecture, level: 'pmd' | 'pud'): Edit | undefined {
  const name = level.toUpperCase();
  // where one has no entries of that level at all, that is another trait
  if (a[level] === undefined || b[level] === undefined) return undefined;
  const text = [`a special bit in a ${name}`, `no special bit in a ${name}`] as const;
  return lost(`${level}_special`, [a.special[level], b.special[level]], text, true, (arch) => {
    const codec = arch[level];
    if (codec === undefined) return arch;
    const without = { ...codec, special: never, mkspecial: nothing };
    return { ...arch, [level]: without, special: { ...arch.special, [level]: false } };
  });
}

/** Entries above the last level that map memory themselves. */
function hugeLevel(a: Architecture, b: Architecture, level: 'pmd' | 'pud'): Edit | undefined {
  const name = level.toUpperCase();
  const text = [`a ${name} can map memory itself`, `no ${name} maps memory itself`] as const;
  const there = [a[level] !== undefined, b[level] !== undefined] as const;
  return lost(`${level}_leaf`, there, text, false, (arch) => ({
    ...arch,
    [level]: undefined,
    special: { ...arch.special, [level]: false },
  }));
}

/** HPAGE_PMD_NR: an entry that is aligned to more pages is aligned to fewer, and not the other way. */
function hugeSize(a: Architecture, b: Architecture, level: 'pmd' | 'pud'): Edit | undefined {
  const [here, there] = [a[level], b[level]];
  if (here === undefined || there === undefined || here.pages === there.pages) return undefined;
  if (a.page.size !== b.page.size) return undefined;
  const [larger, side] = here.pages > there.pages ? [here, 'right' as const] : [there, 'left' as const];
  const name = level.toUpperCase();
  return {
    id: `HPAGE_${name}_NR`,
    side,
    left: `a ${name} maps ${here.pages} pages`,
    right: `a ${name} maps ${there.pages} pages`,
    midway: false,
    edit: (arch) => {
      const codec = arch[level];
      return codec === undefined ? arch : { ...arch, [level]: { ...codec, pages: larger.pages, shift: larger.shift } };
    },
  };
}

/** ARCH_HAS_PTE_DEVMAP */
function devmap(a: Architecture, b: Architecture): Edit | undefined {
  const text = ['a devmap bit in a PTE', 'no devmap bit in a PTE'] as const;
  return lost('pte_devmap_bit', [a.features.pte_devmap, b.features.pte_devmap], text, true, (arch) => ({
    ...arch,
    pte: overrideCodec(arch.pte, { devmap: never, mkdevmap: nothing }),
    features: { ...arch.features, pte_devmap: false },
  }));
}

/** Whether an entry can take a right of user code away: no bit says so on CPUs without NX, or whatever can be reached can be read. */
function right(a: Architecture, b: Architecture, op: 'exec' | 'read'): Edit | undefined {
  const can = ({ layout, mmu }: Architecture): boolean => {
    const test = layout.access[op];
    return test.kind !== 'const' || mmu.rules?.[op] !== undefined;
  };
  const what = op === 'exec' ? 'executing' : 'reading';
  const text = [`an entry can forbid ${what}`, `no entry forbids ${what}`] as const;
  return lost(`entry_forbids_${op}`, [can(a), can(b)], text, true, (arch) => {
    const pte = overrideCodec(arch.pte, { [op]: () => true });
    const { [op]: _, ...rules } = arch.mmu.rules ?? {};
    const mmu = { ...arch.mmu, rules };
    return { ...arch, pte, mmu, user_access: compileUserAccess(mmu, pte, arch.layout.pteBits) };
  });
}

const RECORDERS: Readonly<Record<string, string>> = {
  hardware: 'the CPU',
  'tlb-refill': 'the TLB miss handler',
  fault: 'a page fault',
  nobody: 'nobody',
};

/** Who records an access, in words. */
export const recorderName = (by: string): string => RECORDERS[by] ?? by;

function recorders(a: Architecture, b: Architecture): Edit | undefined {
  if (a.mmu.young === b.mmu.young && a.mmu.dirty === b.mmu.dirty) return undefined;
  const text = ({ mmu }: Architecture): string =>
    `young is set by ${recorderName(mmu.young)}, dirty by ${recorderName(mmu.dirty)}`;
  const { young, dirty } = b.mmu;
  return {
    id: 'young_and_dirty',
    side: 'left',
    left: text(a),
    right: text(b),
    midway: true,
    edit: (arch) => ({
      ...arch,
      mmu: { young, dirty },
      user_access: compileUserAccess({ young, dirty }, arch.pte, arch.layout.pteBits),
    }),
  };
}

function words(a: Architecture, b: Architecture): Edit | undefined {
  if (a.bits === b.bits) return undefined;
  const text = ({ bits }: Architecture): string => `${bits} bits`;
  return {
    id: 'BITS_PER_LONG',
    side: 'left',
    left: text(a),
    right: text(b),
    midway: true,
    edit: (arch) => ({ ...arch, bits: b.bits }),
  };
}

/** PTRS_PER_PTE: a fault maps around no further than one page table reaches. */
function tableSize(a: Architecture, b: Architecture): Edit | undefined {
  const last = (arch: Architecture): number => arch.levels[arch.levels.length - 1]!.entries;
  const [here, there] = [last(a), last(b)];
  if (here === there) return undefined;
  return {
    id: 'PTRS_PER_PTE',
    side: 'left',
    left: String(here),
    right: String(there),
    midway: true,
    edit: (arch) => ({
      ...arch,
      levels: arch.levels.map((level, i) => (i === arch.levels.length - 1 ? { ...level, entries: there } : level)),
    }),
  };
}

/** TASK_SIZE: the wider one can be cut. */
function userSpace(a: Architecture, b: Architecture): Edit | undefined {
  if (a.task_pages === b.task_pages || a.page.size !== b.page.size) return undefined;
  const [small, side] = a.task_pages < b.task_pages ? [a, 'right' as const] : [b, 'left' as const];
  const text = (arch: Architecture): string => `0x${arch.TASK_SIZE.toString(16)}`;
  return {
    id: 'TASK_SIZE',
    side,
    left: text(a),
    right: text(b),
    midway: false,
    edit: (arch) => ({ ...arch, TASK_SIZE: small.TASK_SIZE, task_pages: small.task_pages }),
  };
}

/** The whole of an entry: left has pages that right's entries name, and gets all of these. */
function entryFormat({ left }: LanePair, a: Architecture, b: Architecture): Edit | undefined {
  if (a.page.size !== b.page.size || a.pte === b.pte) return undefined;
  const bits = Math.max(...b.layout.pfn.fields.map(({ count, from }) => count + from));
  const highest = Math.max(left.machine.highest_memmap_pfn, ...Object.values(left.machine.frames));
  if (highest >= 2 ** bits) return undefined;
  const text = ({ name, layout }: Architecture): string => `that of ${name} (${layout.pteBits} bits)`;
  return {
    id: 'entry_format',
    side: 'left',
    left: text(a),
    right: text(b),
    midway: false,
    edit: (arch) => {
      const { pte, pmd, pud, layout, special, features, levels, mmu, user_access, hw_pte } = b;
      return { ...arch, pte, pmd, pud, layout, special, features, levels, mmu, user_access, hw_pte };
    },
  };
}
