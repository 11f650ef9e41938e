// SPDX-License-Identifier: GPL-2.0-or-later
/** The end of an address space (mm/mmap.c: exit_mmap; kernel/fork.c: check_mm). */

import { MM_COUNTER_NAMES } from '../../mm/rss.js';
import type { Mm } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { MmuGather } from '../base/mmu-gather.js';
import { fput } from '../file/fput.js';
import { lru_add_drain } from '../folio/folio-add-lru.js';
import { unlink_anon_vmas } from '../folio/rmap.js';
import { mm_put_huge_zero_folio } from '../huge/huge-zero.js';
import { hugetlb_vm_op_close } from '../hugetlb/reservation.js';
import { vma_pfnmap_track_ctx_release } from '../pte/pat.js';
import { tlb_finish_mmu, unmap_single_vma } from '../zap/zap.js';

/** exit_mmap() and check_mm(): counters that are not zero then are reported. */
export function exit_mmap(k: Kernel, mm: Mm): void {
  const tlb = new MmuGather();
  lru_add_drain(k);
  const open = k.opened.get(mm.id);
  if (open !== undefined) {
    // a log may end an address space within ->mmap: what was mapped so far goes, as if it had failed
    k.opened.delete(mm.id);
    unmap_single_vma(k, tlb, open.vma, open.vma.vm_start, open.vma.vm_end, true);
    unlink_anon_vmas(k, open.vma);
    hugetlb_vm_op_close(k, open.vma);
    vma_pfnmap_track_ctx_release(k, open.vma);
  }
  for (const vma of mm.vmas) unmap_single_vma(k, tlb, vma, vma.vm_start, vma.vm_end, true);
  for (const vma of mm.vmas) {
    unlink_anon_vmas(k, vma);
    vma.vm_file?.remove(vma);
  }
  tlb_finish_mmu(k, tlb);
  for (const vma of mm.vmas) {
    hugetlb_vm_op_close(k, vma);
    fput(k, vma.vm_file);
    vma_pfnmap_track_ctx_release(k, vma);
  }
  mm_put_huge_zero_folio(k, mm);
  mm.remove_all();
  check_mm(k, mm);
  k.mms.delete(mm.id);
}

/** check_mm() (kernel/fork.c). */
function check_mm(k: Kernel, mm: Mm): void {
  for (const [i, name] of MM_COUNTER_NAMES.entries()) {
    const val = mm.rss[i]!;
    if (val !== 0) {
      k.message({
        kind: 'bad rss-counter',
        reason: 'bad_rss_counter',
        text: `BUG: Bad rss-counter state type:${name} val:${val}`,
      });
    }
  }
}
