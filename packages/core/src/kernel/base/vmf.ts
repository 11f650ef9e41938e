// SPDX-License-Identifier: GPL-2.0-or-later
/** `struct vm_fault`: one page fault on its way through the handlers. */
import type { Pte } from '../../arch/contract.js';
import type { Vma } from '../../mm/vma.js';

export class Vmf {
  vma!: Vma;
  /** Virtual page number. */
  address = 0;
  flags = 0;
  pgoff = 0;
  readonly orig_pte: Pte = { lo: 0, hi: 0 };
  /** pfn of vmf->page, or -1. */
  page = -1;
  /** pfn of vmf->cow_page, or -1. */
  cow_page = -1;
}
