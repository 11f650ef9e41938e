// SPDX-License-Identifier: GPL-2.0-or-later
/** From a decision's code to the path that led there. */
import type { Pte } from '../arch/contract.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { Decision, decide } from '../kernel/pte/normal-page.js';
import type { Vma } from '../mm/vma.js';
import { type Asked, FIRST_QUESTION, QUESTIONS, type Question, type QuestionId } from './questions.js';

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
  /** Kernel function and file that ask. */
  readonly where: 'vm_normal_page (mm/memory.c)';
  readonly steps: readonly PathStep[];
}

/** The questions that vm_normal_page() asks about a present PTE of `vma`, and its verdict. No side effects. */
export function decisionPath(k: Kernel, vma: Vma, vpn: number, pte: Readonly<Pte>): DecisionPath {
  const copy: Pte = { lo: pte.lo, hi: pte.hi };
  const decision = decide(k, vma, vpn, copy);
  const asked: Asked = { k, vma, vpn, pte: copy, decision };
  const steps: PathStep[] = [];
  let next: QuestionId | Decision = FIRST_QUESTION;
  while (typeof next === 'string') {
    const question: Question = QUESTIONS[next];
    if (question.asked?.(asked) === false) {
      next = question.no;
      continue;
    }
    const answer: boolean = question.ask(asked);
    steps.push({ id: next, question: question.text, answer, because: question.because(asked) });
    next = answer ? question.yes : question.no;
  }
  return { decision, name: Decision[decision], ...DECISIONS[decision], where: 'vm_normal_page (mm/memory.c)', steps };
}
