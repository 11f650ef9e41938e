// SPDX-License-Identifier: GPL-2.0-or-later
/** access_process_vm() (mm/memory.c) with FOLL_FORCE: what ptrace and /proc/PID/mem do. */
import type { Mm, Vma } from '../../mm/vma.js';
import { readContent, writeContent } from '../base/content.js';
import type { Kernel } from '../base/kernel.js';
import { FOLL_FORCE, FOLL_GET, FOLL_TOUCH, FOLL_WRITE } from '../base/mm-types.js';
import { folio_mark_dirty } from '../folio/folio-add-lru.js';
import { follow_pfnmap_start } from '../pte/follow-pfnmap.js';
import { page_folio } from './grab-folio.js';
import { __get_user_pages } from './gup.js';

/** access_process_vm() (mm/memory.c) of one byte: 1 when it was moved, 0 when not. */
export function access_process_vm(k: Kernel, mm: Mm, vpn: number, write: boolean, value: number): number {
  if (mm.vma_lookup(vpn) === undefined) return k.fails('access_vm_unmapped', 0);
  const pages: number[] = [];
  const flags = FOLL_TOUCH | FOLL_FORCE | FOLL_GET | (write ? FOLL_WRITE : 0);
  if (__get_user_pages(k, mm, vpn, 1, flags, pages) !== 1) return access_hook(k, mm, vpn, write, value);
  const page = pages[0]!;
  if (write) {
    // copy_to_user_page() through the linear map
    if (k.machine.is_zero_pfn(page) && k.feature.zero_page_const && zero_page_in_rodata(k)) {
      k.oops('oops_zero_page_write', 'the zero page');
    }
    writeContent(k, page, value);
    folio_mark_dirty(k, page);
  } else {
    k.out.value = readContent(k, page);
  }
  k.put_page(page_folio(k, page));
  return 1;
}

/** Ours: the zero page is the generic one (mm/mm_init.c), and out of reach for the kernel's own writes. */
function zero_page_in_rodata(k: Kernel): boolean {
  return !k.arch.facts.HAVE_COLOR_ZERO_PAGE && k.arch.facts.rodata_read_only;
}

/** __access_remote_vm() (mm/memory.c), where get_user_pages() failed: the driver's own way to its memory. */
function access_hook(k: Kernel, mm: Mm, vpn: number, write: boolean, value: number): number {
  const vma = mm.vma_lookup(vpn);
  if (vma?.vm_ops?.driver?.access !== true) return k.turns('access_no_hook', 0);
  if (!k.arch.facts.HAVE_IOREMAP_PROT) return k.turns('access_no_ioremap_prot', 0);
  return generic_access_phys(k, vma, vpn, write, value);
}

/** generic_access_phys() (mm/memory.c) of one byte: its length, or 0 for any error, as the caller takes it. */
function generic_access_phys(k: Kernel, vma: Vma, vpn: number, write: boolean, value: number): number {
  const args = follow_pfnmap_start(k, vma, vpn);
  if (args === null) return 0;
  if (write && !args.writable) return k.fails('access_not_writable', 0);
  // ioremap_prot() refuses RAM, by whichever name the architecture knows it
  if (k.machine.pfn_valid(args.pfn) && !k.machine.is_zone_device(args.pfn)) return k.fails('access_ram', 0);
  if (write) writeContent(k, args.pfn, value);
  else k.out.value = readContent(k, args.pfn);
  return 1;
}
