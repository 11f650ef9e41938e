// SPDX-License-Identifier: GPL-2.0-or-later
/** The end of a file that only mappings held: shared anonymous memory (mm/shmem.c: shmem_evict_inode), and MAP_HUGETLB. */
import type { AddressSpace } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { hugetlbfs_evict_inode } from '../hugetlb/inode.js';
import { shmem_truncate } from './truncate.js';

/** fput() of a VMA's file (fs/file_table.c): a nameless file goes with its last mapping, when the system call ends. */
export function fput(k: Kernel, file: AddressSpace | null): void {
  if (file === null || !file.nameless || file.i_mmap.length > 0) return;
  k.task_works.push(() => ____fput(k, file));
}

/** ____fput() (fs/file_table.c): work of the task on its way back to user space. */
function ____fput(k: Kernel, file: AddressSpace): void {
  if (file.kind === 'hugetlbfs') hugetlbfs_evict_inode(k, file);
  else shmem_truncate(k, file, 0, file.pages);
  k.heap.files.delete(file.id);
}
