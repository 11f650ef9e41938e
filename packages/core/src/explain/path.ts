// SPDX-License-Identifier: GPL-2.0-or-later
/** From a decision's code to the path that led there. */
import type { Pte } from '../arch/contract.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { Decision, decideEntry, decidingFunction } from '../kernel/pte/normal-page.js';
import { type Level, PTE } from '../mm/level.js';
import type { Vma } from '../mm/vma.js';
import { type Asked, firstQuestion, QUESTIONS, type Question, type QuestionId } from './questions.js';

/** vm_normal_page()'s kinds of answer. */
export type Verdict = 'page' | 'NULL' | 'bad page map';

export interface DecisionInfo {
  readonly verdict: Verdict;
  /** One clause: why. */
  readonly text: string;
  /** The question whose answer decided. */
  readonly by: QuestionId;
}

/** What each code of `Decision` means. */
export const DECISIONS: Readonly<Record<Decision, DecisionInfo>> = {
  [Decision.normal]: {
    verdict: 'page',
    text: 'nothing says that it is special, and the memory map reaches its pfn',
    by: 'beyond_memmap',
  },
  [Decision.normal_mixedmap_valid]: {
    verdict: 'page',
    text: 'in a VM_MIXEDMAP every pfn that has a struct page is a page',
    by: 'mixedmap_valid',
  },
  [Decision.normal_find_special]: {
    verdict: 'page',
    text: 'the driver has a page for the special PTE',
    by: 'find_special_page_answers',
  },
  [Decision.null_find_special]: {
    verdict: 'NULL',
    text: 'the driver has no page for the special PTE',
    by: 'find_special_page_answers',
  },
  [Decision.null_special_vma]: { verdict: 'NULL', text: 'special, in a VM_PFNMAP or VM_MIXEDMAP', by: 'special_vma' },
  [Decision.null_special_zero]: { verdict: 'NULL', text: 'special, and the zero page', by: 'special_zero' },
  [Decision.null_special_devmap]: {
    verdict: 'NULL',
    text: 'special, and device memory with struct pages',
    by: 'special_devmap',
  },
  [Decision.bad_special]: { verdict: 'bad page map', text: 'special where nothing may be special', by: 'special_vma' },
  [Decision.null_mixedmap_invalid]: {
    verdict: 'NULL',
    text: 'in a VM_MIXEDMAP, and the pfn has no struct page',
    by: 'mixedmap_valid',
  },
  [Decision.null_mixedmap_zero]: { verdict: 'NULL', text: 'the zero page in a VM_MIXEDMAP', by: 'mixedmap_zero' },
  [Decision.null_pfnmap_linear]: { verdict: 'NULL', text: 'it fits the linear rule of a VM_PFNMAP', by: 'linear' },
  [Decision.null_pfnmap_not_cow]: {
    verdict: 'NULL',
    text: 'in a VM_PFNMAP without copy-on-write there are no pages',
    by: 'cow',
  },
  [Decision.null_zero]: { verdict: 'NULL', text: 'the zero page', by: 'zero' },
  [Decision.bad_pfn]: { verdict: 'bad page map', text: 'its pfn lies beyond the memory map', by: 'beyond_memmap' },
  [Decision.null_special_pmd]: { verdict: 'NULL', text: 'special: a huge mapping of bare frames', by: 'special' },
  [Decision.null_special_huge_zero]: {
    verdict: 'NULL',
    text: 'special, and the huge zero folio',
    by: 'special_huge_zero',
  },
  [Decision.null_huge_zero]: { verdict: 'NULL', text: 'the huge zero folio', by: 'huge_zero' },
  [Decision.normal_cow_anon]: {
    verdict: 'page',
    text: 'an anonymous folio in a copy-on-write VM_PFNMAP: it was copied there',
    by: 'cow_anon',
  },
  [Decision.null_cow_invalid]: {
    verdict: 'NULL',
    text: 'in a VM_PFNMAP, and the pfn has no struct page: nothing that was copied',
    by: 'cow_valid',
  },
  [Decision.null_cow_not_anon]: {
    verdict: 'NULL',
    text: 'in a VM_PFNMAP, and not anonymous: nothing that was copied',
    by: 'cow_anon',
  },
  [Decision.null_devmap]: { verdict: 'NULL', text: 'device memory with struct pages', by: 'devmap' },
  [Decision.null_beyond_memmap]: { verdict: 'NULL', text: 'its pfn lies beyond the memory map', by: 'beyond_memmap' },
};

/** A question that was asked on the way, with its answer. */
export interface PathStep {
  readonly id: QuestionId;
  /** The condition in the kernel's names: `pte_special(pte)`. */
  readonly question: string;
  readonly answer: boolean;
  /** The numbers, flags or bits that the answer rests on. */
  readonly because: string;
}

export interface DecisionPath {
  readonly decision: Decision;
  /** The code's name: `null_special_vma`. */
  readonly name: string;
  readonly verdict: Verdict;
  readonly text: string;
  /** The question whose answer decided. */
  readonly by: QuestionId;
  /** Kernel function and file that ask: `vm_normal_page (mm/memory.c)`, or that of the entry's level. */
  readonly where: string;
  readonly steps: readonly PathStep[];
}

/**
 * The questions that vm_normal_page() asks about a present entry of `vma`, and its verdict; of an entry above
 * the PTE level vm_normal_page_pmd() or vm_normal_page_pud(), and `vpn` is its first page. null where this
 * kernel has no such function. No side effects.
 */
export function entryPath(k: Kernel, vma: Vma, vpn: number, level: Level, entry: Readonly<Pte>): DecisionPath | null {
  const copy: Pte = { lo: entry.lo, hi: entry.hi };
  const decision = decideEntry(k, vma, vpn, level, copy);
  if (decision === null) return null;
  const asked: Asked = { k, vma, vpn, level, pte: copy, decision };
  const steps: PathStep[] = [];
  let next: QuestionId | Decision = firstQuestion(asked);
  while (typeof next === 'string') {
    const question: Question = QUESTIONS[next];
    let to = question.no;
    if (question.asked?.(asked) !== false) {
      const answer: boolean = question.ask(asked);
      const text = typeof question.text === 'string' ? question.text : question.text(asked);
      steps.push({ id: next, question: text, answer, because: question.because(asked) });
      if (answer) to = question.yes;
    }
    next = typeof to === 'function' ? to(asked) : to;
  }
  const where = `${decidingFunction(k, level)} (mm/memory.c)`;
  return { decision, name: Decision[decision], ...DECISIONS[decision], where, steps };
}

/** Where the answer that was not given would have led: to a verdict, or to the next question. */
export interface BranchView {
  /** Null where another question comes first. */
  readonly verdict: Verdict | null;
  /** Why, or the question. */
  readonly text: string;
}

/** For each step of `entryPath`, in order, where the other answer leads. Empty where no function asks. */
export function otherBranches(k: Kernel, vma: Vma, vpn: number, level: Level, entry: Readonly<Pte>): BranchView[] {
  const path = entryPath(k, vma, vpn, level, entry);
  if (path === null) return [];
  const asked: Asked = { k, vma, vpn, level, pte: { lo: entry.lo, hi: entry.hi }, decision: path.decision };
  return path.steps.map(({ id, answer }) => {
    const other = answer ? QUESTIONS[id].no : QUESTIONS[id].yes;
    let to = typeof other === 'function' ? other(asked) : other;
    // kernels that do not ask a question go on as after a no
    while (typeof to === 'string' && (QUESTIONS[to] as Question).asked?.(asked) === false) {
      const { no }: Question = QUESTIONS[to];
      to = typeof no === 'function' ? no(asked) : no;
    }
    if (typeof to !== 'string') return { verdict: DECISIONS[to].verdict, text: DECISIONS[to].text };
    const { text }: Question = QUESTIONS[to];
    return { verdict: null, text: typeof text === 'string' ? text : text(asked) };
  });
}

/** `entryPath` of a PTE. */
export function decisionPath(k: Kernel, vma: Vma, vpn: number, pte: Readonly<Pte>): DecisionPath {
  return entryPath(k, vma, vpn, PTE, pte) as DecisionPath;
}
