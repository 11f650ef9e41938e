// SPDX-License-Identifier: GPL-2.0-or-later
/** `struct vma_merge_struct` (mm/vma.h): what a merge works on. */
import type { AddressSpace, AnonVma, Mm, Vma } from './vma.js';

/** struct vma_merge_struct: a range, and what a VMA over it would be like. */
export interface VmaMerge {
  readonly mm: Mm;
  prev: Vma | undefined;
  next: Vma | undefined;
  /** The VMA that is modified, or that came out of the merge. */
  vma: Vma | undefined;
  start: number;
  end: number;
  pgoff: number;
  /** vm_pgoff of anonymous pages, where that is another one (`Vma.anon_pgoff`). */
  anon_pgoff: number;
  flags: number;
  flags_hi: number;
  readonly file: AddressSpace | null;
  readonly anon_vma: AnonVma | null;
  /** copy_vma(): the VMA whose pages the new range is going to have. */
  copied_from?: Vma;
  /** vma_merge_extend(): the VMA that grows by the range. */
  extended?: Vma;
}

/** VMG_VMA_STATE(): `[start, end)` of an existing VMA, with its properties. */
export function vmg_vma_state(prev: Vma | undefined, vma: Vma, start: number, end: number): VmaMerge {
  return {
    mm: vma.mm,
    prev,
    next: undefined,
    vma,
    start,
    end,
    pgoff: vma.vm_pgoff + (start - vma.vm_start),
    anon_pgoff: vma.anon_pgoff + (start - vma.vm_start),
    flags: vma.vm_flags,
    flags_hi: vma.vm_flags_hi,
    file: vma.vm_file,
    anon_vma: vma.anon_vma,
  };
}
