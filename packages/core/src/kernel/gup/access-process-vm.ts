// SPDX-License-Identifier: GPL-2.0-or-later
/** access_process_vm() (mm/memory.c) with FOLL_FORCE: what ptrace and /proc/PID/mem do. */
import type { Mm } from '../../mm/vma.js';
import { readContent, writeContent } from '../base/content.js';
import type { Kernel } from '../base/kernel.js';
import { FOLL_FORCE, FOLL_GET, FOLL_TOUCH, FOLL_WRITE } from '../base/mm-types.js';
import { folio_mark_dirty } from '../folio/folio-add-lru.js';
import { __get_user_pages } from './gup.js';

/** access_process_vm() (mm/memory.c) of one byte: 1 when it was moved, 0 when not. */
export function access_process_vm(k: Kernel, mm: Mm, vpn: number, write: boolean, value: number): number {
  if (mm.vma_lookup(vpn) === undefined) return k.fails('access_vm_unmapped', 0);
  const pages: number[] = [];
  const flags = FOLL_TOUCH | FOLL_FORCE | FOLL_GET | (write ? FOLL_WRITE : 0);
  if (__get_user_pages(k, mm, vpn, 1, flags, pages) !== 1) return 0;
  const page = pages[0]!;
  if (write) {
    writeContent(k, page, value);
    folio_mark_dirty(k, page);
  } else {
    k.out.value = readContent(k, page);
  }
  k.put_page(page);
  return 1;
}
