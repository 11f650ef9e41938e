// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The questions of vm_normal_page() (mm/memory.c) as a table: what each asks, and where its answers
 * lead. Walking it gives the path that explains a decision; `decide` in kernel/pte/normal-page.ts is the
 * same thing for the hot path.
 */
import type { Pte } from '../arch/contract.js';
import { hexLong } from '../kernel/base/format.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { Decision } from '../kernel/pte/normal-page.js';
import { is_cow_mapping, VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from '../mm/vm-flags.js';
import { linear_page_index, type Vma } from '../mm/vma.js';
import { flagNames } from './names.js';

/** One PTE in its VMA, and what the hot path says of it. */
export interface Asked {
  readonly k: Kernel;
  readonly vma: Vma;
  readonly vpn: number;
  readonly pte: Pte;
  readonly decision: Decision;
}

export interface Question {
  /** The condition, in the kernel's names. */
  readonly text: string;
  /** Kernels that do not ask it go on as after a no. Absent: all do. */
  asked?(a: Asked): boolean;
  ask(a: Asked): boolean;
  /** What the answer rests on: the numbers, flags or bits. */
  because(a: Asked): string;
  readonly yes: QuestionId | Decision;
  readonly no: QuestionId | Decision;
}

export type QuestionId =
  | 'has_special'
  | 'special'
  | 'find_special_page'
  | 'find_special_page_answers'
  | 'special_vma'
  | 'special_zero'
  | 'special_devmap'
  | 'vma'
  | 'mixedmap'
  | 'mixedmap_valid'
  | 'mixedmap_zero'
  | 'linear'
  | 'cow'
  | 'zero'
  | 'beyond_memmap';

export const FIRST_QUESTION: QuestionId = 'has_special';

const hex = (n: number): string => (n < 0 ? `-0x${(-n).toString(16)}` : `0x${n.toString(16)}`);
const pfnOf = (a: Asked): number => a.k.pte.pfn(a.pte);

function bothFlags(a: Asked): string {
  return `vm_flags has ${flagNames(a.vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) || 'neither'}`;
}

function zeroPage(a: Asked): string {
  const { zero_pfn, zero_pages } = a.k.machine;
  const zero =
    zero_pages > 1 ? `the ${zero_pages} zero pages start at ${hex(zero_pfn)}` : `the zero page is ${hex(zero_pfn)}`;
  return `pfn ${hex(pfnOf(a))}, ${zero}`;
}

function specialBit(a: Asked): string {
  const named = a.k.arch.layout.bits.find((b) => /special/i.test(b.name));
  if (named === undefined) return a.k.pte.special(a.pte) ? 'the special bit is set' : 'the special bit is clear';
  return `${named.name} is ${a.k.pte.special(a.pte) ? 'set' : 'clear'}`;
}

const IS_ZERO = { text: 'is_zero_pfn(pfn)', ask: (a: Asked) => a.k.machine.is_zero_pfn(pfnOf(a)), because: zeroPage };

export const QUESTIONS: Readonly<Record<QuestionId, Question>> = {
  has_special: {
    text: 'CONFIG_ARCH_HAS_PTE_SPECIAL',
    ask: (a) => a.k.hasPteSpecial,
    because: (a) => `${a.k.arch.name}: ${a.k.hasPteSpecial ? 'a PTE has a special bit' : 'a PTE has no special bit'}`,
    yes: 'special',
    no: 'vma',
  },
  special: {
    text: 'pte_special(pte)',
    ask: (a) => a.k.pte.special(a.pte),
    because: specialBit,
    yes: 'find_special_page',
    no: 'beyond_memmap',
  },
  find_special_page: {
    text: 'vma->vm_ops->find_special_page',
    ask: (a) => a.vma.vm_ops?.driver?.find_special_page !== undefined,
    because: (a) => (a.vma.vm_ops === null ? 'the VMA has no vm_ops' : `vm_ops of kind ${a.vma.vm_ops.kind}`),
    yes: 'find_special_page_answers',
    no: 'special_vma',
  },
  find_special_page_answers: {
    text: 'vma->vm_ops->find_special_page(vma, addr) gives a page',
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
  special_zero: { ...IS_ZERO, yes: Decision.null_special_zero, no: 'special_devmap' },
  special_devmap: {
    text: 'pte_devmap(pte)',
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
    no: 'zero',
  },
  mixedmap: {
    text: 'vm_flags & VM_MIXEDMAP',
    ask: (a) => (a.vma.vm_flags & VM_MIXEDMAP) !== 0,
    because: bothFlags,
    yes: 'mixedmap_valid',
    no: 'linear',
  },
  mixedmap_valid: {
    text: 'pfn_valid(pfn)',
    ask: (a) => a.k.machine.pfn_valid(pfnOf(a)),
    because: (a) => `pfn ${hex(pfnOf(a))} has ${a.k.machine.pfn_valid(pfnOf(a)) ? 'a' : 'no'} struct page`,
    yes: 'mixedmap_zero',
    no: Decision.null_mixedmap_invalid,
  },
  mixedmap_zero: {
    ...IS_ZERO,
    asked: (a) => a.k.feature.mixedmap_zeropage_null,
    yes: Decision.null_mixedmap_zero,
    no: Decision.normal_mixedmap_valid,
  },
  linear: {
    text: 'pfn == vm_pgoff + page of the VMA',
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
    yes: 'zero',
    no: Decision.null_pfnmap_not_cow,
  },
  zero: { ...IS_ZERO, yes: Decision.null_zero, no: 'beyond_memmap' },
  beyond_memmap: {
    text: 'pfn > highest_memmap_pfn',
    ask: (a) => pfnOf(a) > a.k.machine.highest_memmap_pfn,
    because: (a) => `pfn ${hex(pfnOf(a))}, highest_memmap_pfn ${hex(a.k.machine.highest_memmap_pfn)}`,
    yes: Decision.bad_pfn,
    no: Decision.normal,
  },
};
