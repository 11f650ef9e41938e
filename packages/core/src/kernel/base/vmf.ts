// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `struct vm_fault`: one page fault on its way through the handlers. Each fault has its own: a handler may be
 * suspended, and another thread fault meanwhile.
 */
import type { Pte } from '../../arch/contract.js';
import type { Vma } from '../../mm/vma.js';

export class Vmf {
  readonly orig_pte: Pte = { lo: 0, hi: 0 };
  /** The entry that a handler is making: what is a local variable there. No handler needs it after it called another. */
  readonly entry: Pte = { lo: 0, hi: 0 };
  /** pfn of vmf->page, or -1. */
  page = -1;
  /** pfn of vmf->cow_page, or -1. */
  cow_page = -1;

  constructor(
    readonly vma: Vma,
    /** Virtual page number. */
    readonly address: number,
    public flags: number,
    readonly pgoff: number,
  ) {}
}
