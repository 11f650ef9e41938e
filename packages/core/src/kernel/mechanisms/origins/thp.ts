// SPDX-License-Identifier: GPL-2.0-or-later
/** What settings, splits, shrinkers and writes to files are in the kernel, and what the model of them omits. */
import type { KernelOrigin } from '../../base/mechanism.js';

export const THP_ORIGINS = {
  tune: {
    function: 'enabled_store',
    file: 'mm/huge_memory.c',
    omits: [
      'defrag and khugepaged/defrag, which are taken and change nothing: the allocator never has to compact',
      'khugepaged itself, which is never started',
    ],
  },
  split_folio: {
    function: 'split_huge_pages_pid',
    file: 'mm/huge_memory.c',
    omits: ['folios that somebody else has locked: nothing else runs'],
  },
  shrink: {
    function: 'deferred_split_scan',
    file: 'mm/huge_memory.c',
    omits: ['one list for each memory cgroup, and for each node'],
  },
  fwrite: {
    function: 'shmem_write_begin',
    file: 'mm/shmem.c',
    omits: ['parts of pages, seals, RLIMIT_FSIZE, and files that are not of tmpfs'],
  },
  fpunch: {
    function: 'shmem_fallocate',
    file: 'mm/shmem.c',
    omits: [
      'every mode but FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, seals, and files that are neither of tmpfs nor of hugetlbfs',
    ],
  },
} as const satisfies Record<string, KernelOrigin>;
