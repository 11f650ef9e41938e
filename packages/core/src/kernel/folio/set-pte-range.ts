// SPDX-License-Identifier: GPL-2.0-or-later
/** set_pte_range() (mm/memory.c): maps pages of a file, or a new anonymous one, and counts the mapping. */
import { PG } from '../../machine/frame-table.js';
import { VM_SHARED } from '../../mm/vm-flags.js';
import type { Kernel } from '../base/kernel.js';
import { FAULT_FLAG_WRITE } from '../base/mm-types.js';
import type { Vmf } from '../base/vmf.js';
import { maybe_mkwrite, pte_sw_mkyoung } from '../pte/pte-helpers.js';
import { folio_add_lru_vma } from './folio-add-lru.js';
import { folio_add_file_rmap_pte, folio_add_new_anon_rmap } from './rmap.js';

/** set_pte_range() of `nr` pages of one folio. */
export function set_pte_range(k: Kernel, vmf: Vmf, page: number, vpn: number, nr = 1): void {
  const { vma, entry } = vmf;
  const write = (vmf.flags & FAULT_FLAG_WRITE) !== 0;
  const prefault = vmf.address < vpn || vmf.address >= vpn + nr;
  if (nr > 1) {
    folio_add_file_rmap_pte(k, page, vma, nr);
    make_entry(k, vmf, page, prefault);
    vma.mm.pt.set_ptes(vpn, entry, nr);
    return;
  }
  make_entry(k, vmf, page, prefault);
  if (write && (vma.vm_flags & VM_SHARED) === 0) {
    folio_add_new_anon_rmap(k, page, vma, vpn, true);
    folio_add_lru_vma(k, page, vma);
  } else {
    folio_add_file_rmap_pte(k, page, vma);
  }
  vma.mm.pt.set(vpn, entry);
}

/** set_pte_range(): the entry of one page, in the fault's register. */
function make_entry(k: Kernel, vmf: Vmf, page: number, prefault: boolean): void {
  const { vma, entry } = vmf;
  const write = (vmf.flags & FAULT_FLAG_WRITE) !== 0;
  k.mk_pte(entry, page, vma.vm_page_prot);
  if (prefault && k.arch.facts.arch_wants_old_prefaulted_pte) k.pte.mkold(entry);
  else pte_sw_mkyoung(k, entry);
  if (write) {
    k.pte.mkdirty(entry);
    maybe_mkwrite(k, entry, vma);
  } else if (k.feature.read_fault_maps_dirty && k.pte.write(entry) && k.frames.test(k.page_folio(page), PG.dirty)) {
    k.pte.mkdirty(entry);
  }
}
