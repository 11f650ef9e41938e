// SPDX-License-Identifier: GPL-2.0-or-later
/** do_set_pmd() (mm/memory.c): a folio of a page cache is mapped by the PMD that it is as large as. */
import type { Pte } from '../../arch/contract.js';
import { PMD } from '../../mm/level.js';
import { VM_WRITE } from '../../mm/vm-flags.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { FAULT_FLAG_WRITE } from '../base/mm-types.js';
import type { Vmf } from '../base/vmf.js';
import { folio_add_file_rmap_pmd, mm_counter_file } from '../folio/rmap.js';
import { thp_vma_suitable_order, vma_thp_disabled } from './thp-orders.js';

/** do_set_pmd(): false where it has to be PTEs. The caller's reference becomes the mapping's. */
export function do_set_pmd(k: Kernel, vmf: Vmf, page: number): boolean {
  const { vma } = vmf;
  const codec = k.arch.pmd;
  const folio = k.large_folio(page);
  if (codec === undefined || folio === undefined || folio.pages !== codec.pages) return false;
  if (vma_thp_disabled(vma) || !thp_vma_suitable_order(vma, vmf.address, folio.order)) return false;
  if (!vma.mm.pt.pmdNone(vmf.address)) return false;
  const entry = newPte();
  codec.pfn_pxd(entry, folio.id, vma.vm_page_prot as Pte);
  codec.mkhuge(entry);
  if ((vmf.flags & FAULT_FLAG_WRITE) !== 0) {
    codec.mkdirty(entry);
    if ((vma.vm_flags & VM_WRITE) !== 0) codec.mkwrite(entry);
  }
  vma.mm.add_mm_counter(mm_counter_file(k, page), codec.pages);
  folio_add_file_rmap_pmd(k, folio, vma);
  vma.mm.pt.setHuge(PMD, vmf.address - (vmf.address % codec.pages), entry);
  k.vmstat.count_vm_event('THP_FILE_MAPPED');
  return true;
}
