// SPDX-License-Identifier: GPL-2.0-or-later
/** The lock that vm_flags_set() (include/linux/mm.h) wants. */
import type { Kernel } from './kernel.js';

/**
 * vma_start_write() (include/linux/mmap_lock.h): who changes a VMA holds the mmap_lock for writing. A fault handler does
 * not, and what it writes races with everybody who reads the flags.
 */
export function vma_start_write(k: Kernel): void {
  if (k.faulting && k.arch.facts.PER_VMA_LOCK && k.feature.mmap_assert_rwsem) k.warn('mmap_assert_write_locked');
}
