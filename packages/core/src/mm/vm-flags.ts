// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * vm_flags as mechanisms use them: the numbers that logs have. Bits 0 to 31 are kept as one signed 32-bit
 * number, and bits 32 to 63 as another (`Vma.vm_flags_hi`), which hardly anything asks for.
 */
import { VM_FLAGS } from '@specialbit/events';

export const {
  VM_READ,
  VM_WRITE,
  VM_EXEC,
  VM_SHARED,
  VM_MAYREAD,
  VM_MAYWRITE,
  VM_MAYEXEC,
  VM_MAYSHARE,
  VM_GROWSDOWN,
  VM_UFFD_MISSING,
  VM_PFNMAP,
  VM_MAYBE_GUARD,
  VM_UFFD_WP,
  VM_LOCKED,
  VM_IO,
  VM_SEQ_READ,
  VM_RAND_READ,
  VM_DONTCOPY,
  VM_DONTEXPAND,
  VM_LOCKONFAULT,
  VM_ACCOUNT,
  VM_NORESERVE,
  VM_HUGETLB,
  VM_SYNC,
  VM_ARCH_1,
  VM_WIPEONFORK,
  VM_DONTDUMP,
  VM_SOFTDIRTY,
  VM_MIXEDMAP,
  VM_HUGEPAGE,
  VM_NOHUGEPAGE,
} = VM_FLAGS;
export const VM_MERGEABLE = VM_FLAGS.VM_MERGEABLE | 0;
/** x86's name for it: the whole VMA is tracked by PAT. */
export const VM_PAT = VM_FLAGS.VM_ARCH_1 | 0;

/** Bits of the upper half. */
export const VM_DROPPABLE_HI = VM_FLAGS.VM_DROPPABLE / 2 ** 32;
export const VM_UFFD_RWP_HI = VM_FLAGS.VM_UFFD_RWP / 2 ** 32;
export const VM_SEALED_HI = VM_FLAGS.VM_SEALED / 2 ** 32;

/** Both halves as one number below 2^53, as logs have it. */
export function vm_flags_wide(lo: number, hi: number): number {
  return (hi >>> 0) * 2 ** 32 + (lo >>> 0);
}

/** The upper half of such a number. */
export function vm_flags_high(wide: number): number {
  return Math.floor(wide / 2 ** 32) | 0;
}

export const VM_LOCKED_MASK = VM_LOCKED | VM_LOCKONFAULT;
export const VM_ACCESS_FLAGS = VM_READ | VM_WRITE | VM_EXEC;
/** Mappings that mlock skips and that never merge. */
export const VM_SPECIAL = VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP;

/** is_cow_mapping() (include/linux/mm.h): private, and may be made writable. */
export function is_cow_mapping(vm_flags: number): boolean {
  return (vm_flags & (VM_SHARED | VM_MAYWRITE)) === VM_MAYWRITE;
}
