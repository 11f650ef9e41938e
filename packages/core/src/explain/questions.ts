// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The questions of vm_normal_page() (mm/memory.c) as a table: what each asks, and where its answers
 * lead. Walking it gives the path that explains a decision; `decide` in kernel/pte/normal-page.ts is the
 * same thing for the hot path.
 */
import type { CompiledCodec } from '../arch/codec.js';
import type { Pte } from '../arch/contract.js';
import type { HugeCodec } from '../arch/huge.js';
import { hexLong } from '../kernel/base/format.js';
import type { Kernel } from '../kernel/base/kernel.js';
import {
  Decision,
  has_find_special_page,
  is_huge_zero_pfn,
  tells_by_anon,
  trusts_special,
} from '../kernel/pte/normal-page.js';
import { LEVEL_NAMES, type Level, PMD, PTE } from '../mm/level.js';
import { codecOf } from '../mm/page-table-layout.js';
import { is_cow_mapping, VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from '../mm/vm-flags.js';
import { linear_page_index, type Vma } from '../mm/vma.js';
import { flagNames } from './names.js';

/** One entry in its VMA, and what the hot path says of it. */
export interface Asked {
  readonly k: Kernel;
  readonly vma: Vma;
  /** The first page that the entry maps. */
  readonly vpn: number;
  readonly level: Level;
  readonly pte: Pte;
  readonly decision: Decision;
}

type Next = QuestionId | Decision;

export interface Question {
  /** The condition, in the kernel's names. */
  readonly text: string | ((a: Asked) => string);
  /** Kernels that do not ask it go on as after a no. Absent: all do. */
  asked?(a: Asked): boolean;
  ask(a: Asked): boolean;
  /** What the answer rests on: the numbers, flags or bits. */
  because(a: Asked): string;
  readonly yes: Next | ((a: Asked) => Next);
  readonly no: Next | ((a: Asked) => Next);
}

export type QuestionId =
  | 'has_special'
  | 'special'
  | 'find_special_page'
  | 'find_special_page_answers'
  | 'special_vma'
  | 'special_zero'
  | 'special_huge_zero'
  | 'special_devmap'
  | 'vma'
  | 'mixedmap'
  | 'mixedmap_valid'
  | 'mixedmap_zero'
  | 'mixedmap_huge_zero'
  | 'mixedmap_beyond_memmap'
  | 'linear'
  | 'cow'
  | 'cow_valid'
  | 'cow_anon'
  | 'devmap'
  | 'zero'
  | 'huge_zero'
  | 'beyond_memmap';

/** The question that is asked first: vm_normal_page_pmd() of its own begins with the bit. */
export function firstQuestion(a: Asked): QuestionId {
  return ownFunction(a) ? 'special' : 'has_special';
}

/** vm_normal_page_pmd() is a function of its own, and asks in its own order. */
function ownFunction(a: Asked): boolean {
  return a.level === PMD && !a.k.feature.vm_normal_page_levels;
}

/** A kernel with transparent huge pages whose __vm_normal_page() serves all levels. */
function knowsHugeZero(a: Asked): boolean {
  return a.k.machine.huge_zero_pfn >= 0 && a.k.feature.vm_normal_page_levels;
}

const hex = (n: number): string => (n < 0 ? `-0x${(-n).toString(16)}` : `0x${n.toString(16)}`);
const codec = (a: Asked): CompiledCodec | HugeCodec => codecOf(a.k.arch, a.level)!;
const pfnOf = (a: Asked): number => codec(a).pfn(a.pte);
const level = (a: Asked): string => LEVEL_NAMES[a.level];

function bothFlags(a: Asked): string {
  return `vm_flags has ${flagNames(a.vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) || 'neither'}`;
}

function zeroPage(a: Asked): string {
  const { zero_pfn, zero_pages } = a.k.machine;
  const zero =
    zero_pages > 1 ? `the ${zero_pages} zero pages start at ${hex(zero_pfn)}` : `the zero page is ${hex(zero_pfn)}`;
  return `pfn ${hex(pfnOf(a))}, ${zero}`;
}

function hugeZero(a: Asked): string {
  const { huge_zero_pfn } = a.k.machine;
  const is = huge_zero_pfn < 0 ? 'there is no huge zero folio' : `the huge zero folio starts at ${hex(huge_zero_pfn)}`;
  return `pfn ${hex(pfnOf(a))}, ${is}`;
}

function hasSpecial(a: Asked): string {
  if (a.level === PTE || !a.k.feature.pmd_special_capability) {
    return `${a.k.arch.name}: ${a.k.hasPteSpecial ? 'a PTE has a special bit' : 'a PTE has no special bit'}`;
  }
  const has = trusts_special(a.k, a.level) ? 'has a special bit' : 'has no special bit';
  return `${a.k.arch.name}: a ${level(a).toUpperCase()} ${has}`;
}

function specialBit(a: Asked): string {
  const set = codec(a).special(a.pte) ? 'set' : 'clear';
  if (a.level !== PTE && !a.k.arch.special[LEVEL_NAMES[a.level]]) {
    return `${a.k.arch.name} has no special bit in ${level(a).toUpperCase()}s`;
  }
  const layout = a.level === PTE ? a.k.arch.layout : (codec(a) as HugeCodec).layout;
  const named = layout.bits.find((b) => /special/i.test(b.name));
  return named === undefined ? `the special bit is ${set}` : `${named.name} is ${set}`;
}

const IS_ZERO = { text: 'is_zero_pfn(pfn)', ask: (a: Asked) => a.k.machine.is_zero_pfn(pfnOf(a)), because: zeroPage };
const IS_HUGE_ZERO = {
  text: (a: Asked) => (ownFunction(a) ? 'is_huge_zero_pmd(pmd)' : 'is_huge_zero_pfn(pfn)'),
  ask: (a: Asked) => is_huge_zero_pfn(a.k, pfnOf(a)),
  because: hugeZero,
};

/** What the kernel calls the driver's hook. */
function hookName(a: Asked): string {
  return a.k.feature.find_normal_page ? 'find_normal_page' : 'find_special_page';
}

const PFN_VALID = {
  text: 'pfn_valid(pfn)',
  ask: (a: Asked) => a.k.machine.pfn_valid(pfnOf(a)),
  because: (a: Asked) => `pfn ${hex(pfnOf(a))} has ${a.k.machine.pfn_valid(pfnOf(a)) ? 'a' : 'no'} struct page`,
};
const BEYOND_MEMMAP = {
  text: 'pfn > highest_memmap_pfn',
  ask: (a: Asked) => pfnOf(a) > a.k.machine.highest_memmap_pfn,
  because: (a: Asked) => `pfn ${hex(pfnOf(a))}, highest_memmap_pfn ${hex(a.k.machine.highest_memmap_pfn)}`,
};

export const QUESTIONS: Readonly<Record<QuestionId, Question>> = {
  has_special: {
    text: (a) =>
      a.level === PTE || !a.k.feature.pmd_special_capability
        ? 'CONFIG_ARCH_HAS_PTE_SPECIAL'
        : `pgtable_level_has_pxx_special(PGTABLE_LEVEL_${level(a).toUpperCase()})`,
    ask: (a) => trusts_special(a.k, a.level),
    because: hasSpecial,
    yes: 'special',
    no: 'vma',
  },
  special: {
    text: (a) => `${level(a)}_special(${level(a)})`,
    ask: (a) => codec(a).special(a.pte),
    because: specialBit,
    yes: (a) => (ownFunction(a) ? Decision.null_special_pmd : 'find_special_page'),
    no: (a) => (ownFunction(a) ? 'vma' : 'beyond_memmap'),
  },
  find_special_page: {
    text: (a) => `vma->vm_ops->${hookName(a)}`,
    // the kernel is built without the question
    asked: (a) => !a.k.feature.find_normal_page || a.k.profile.config.has('CONFIG_FIND_NORMAL_PAGE'),
    ask: (a) => has_find_special_page(a.k, a.vma),
    because: (a) => (a.vma.vm_ops === null ? 'the VMA has no vm_ops' : `vm_ops of kind ${a.vma.vm_ops.kind}`),
    yes: 'find_special_page_answers',
    no: 'special_vma',
  },
  find_special_page_answers: {
    text: (a) => `vma->vm_ops->${hookName(a)}(vma, addr) gives a page`,
    ask: (a) => a.decision === Decision.normal_find_special,
    because: (a) => `page ${a.vpn - a.vma.vm_start} of the VMA`,
    yes: Decision.normal_find_special,
    no: Decision.null_find_special,
  },
  special_vma: {
    text: 'vm_flags & (VM_PFNMAP | VM_MIXEDMAP)',
    ask: (a) => (a.vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0,
    because: bothFlags,
    yes: Decision.null_special_vma,
    no: 'special_zero',
  },
  special_zero: { ...IS_ZERO, yes: Decision.null_special_zero, no: 'special_huge_zero' },
  special_huge_zero: {
    ...IS_HUGE_ZERO,
    asked: knowsHugeZero,
    yes: Decision.null_special_huge_zero,
    no: 'special_devmap',
  },
  special_devmap: {
    text: 'pte_devmap(pte)',
    asked: (a) => a.level === PTE,
    ask: (a) => a.k.pte.devmap(a.pte),
    because: (a) => (a.k.arch.features.pte_devmap ? 'by the devmap bit' : `${a.k.arch.name} has no devmap bit`),
    yes: Decision.null_special_devmap,
    no: Decision.bad_special,
  },
  vma: {
    text: 'vm_flags & (VM_PFNMAP | VM_MIXEDMAP)',
    ask: (a) => (a.vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0,
    because: bothFlags,
    yes: 'mixedmap',
    no: (a) => (ownFunction(a) ? 'devmap' : 'zero'),
  },
  mixedmap: {
    text: 'vm_flags & VM_MIXEDMAP',
    ask: (a) => (a.vma.vm_flags & VM_MIXEDMAP) !== 0,
    because: bothFlags,
    yes: 'mixedmap_valid',
    no: 'linear',
  },
  mixedmap_valid: {
    ...PFN_VALID,
    yes: (a) => (ownFunction(a) ? Decision.normal_mixedmap_valid : 'mixedmap_zero'),
    no: Decision.null_mixedmap_invalid,
  },
  mixedmap_zero: {
    ...IS_ZERO,
    asked: (a) => a.k.feature.mixedmap_zeropage_null,
    yes: Decision.null_mixedmap_zero,
    no: 'mixedmap_huge_zero',
  },
  mixedmap_huge_zero: {
    ...IS_HUGE_ZERO,
    asked: knowsHugeZero,
    yes: Decision.null_huge_zero,
    no: 'mixedmap_beyond_memmap',
  },
  mixedmap_beyond_memmap: {
    ...BEYOND_MEMMAP,
    asked: (a) => a.k.feature.vm_normal_page_levels,
    yes: Decision.bad_pfn,
    no: Decision.normal_mixedmap_valid,
  },
  linear: {
    text: 'pfn == vm_pgoff + page of the VMA',
    asked: (a) => !tells_by_anon(a.k),
    ask: (a) => pfnOf(a) === linear_page_index(a.vma, a.vpn),
    because: (a) => {
      const page = a.vpn - a.vma.vm_start;
      return `pfn ${hex(pfnOf(a))}, vm_pgoff 0x${hexLong(a.k.arch, a.vma.vm_pgoff)} + ${page} = ${hex(linear_page_index(a.vma, a.vpn))}`;
    },
    yes: Decision.null_pfnmap_linear,
    no: 'cow',
  },
  cow: {
    text: 'is_cow_mapping(vm_flags)',
    ask: (a) => is_cow_mapping(a.vma.vm_flags),
    because: (a) =>
      `of VM_SHARED and VM_MAYWRITE it has ${flagNames(a.vma.vm_flags & (VM_SHARED | VM_MAYWRITE)) || 'neither'}`,
    yes: (a) => (tells_by_anon(a.k) ? 'cow_valid' : ownFunction(a) ? 'devmap' : 'zero'),
    no: Decision.null_pfnmap_not_cow,
  },
  cow_valid: { ...PFN_VALID, yes: 'cow_anon', no: Decision.null_cow_invalid },
  cow_anon: {
    text: 'folio_test_anon(page_folio(pfn_to_page(pfn)))',
    ask: (a) => a.k.test_anon(pfnOf(a)),
    because: (a) => `pfn ${hex(pfnOf(a))} ${a.k.test_anon(pfnOf(a)) ? 'is' : 'is not'} anonymous memory`,
    yes: Decision.normal_cow_anon,
    no: Decision.null_cow_not_anon,
  },
  devmap: {
    text: (a) => `${level(a)}_devmap(${level(a)})`,
    ask: (a) => codec(a).devmap(a.pte),
    because: (a) => (a.k.arch.features.pte_devmap ? 'by the devmap bit' : `${a.k.arch.name} has no devmap bit`),
    yes: Decision.null_devmap,
    no: 'huge_zero',
  },
  zero: { ...IS_ZERO, yes: Decision.null_zero, no: 'huge_zero' },
  huge_zero: {
    ...IS_HUGE_ZERO,
    asked: (a) => ownFunction(a) || knowsHugeZero(a),
    yes: Decision.null_huge_zero,
    no: 'beyond_memmap',
  },
  beyond_memmap: {
    ...BEYOND_MEMMAP,
    yes: (a) => (ownFunction(a) ? Decision.null_beyond_memmap : Decision.bad_pfn),
    no: Decision.normal,
  },
};
