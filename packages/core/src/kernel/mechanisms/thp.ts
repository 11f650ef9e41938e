// SPDX-License-Identifier: GPL-2.0-or-later
/** The mechanisms of huge pages that no process asks for by a system call: settings, splits, shrinkers, and writes to files. */

import { EINVAL } from '../base/errno.js';
import { LogReferenceError } from '../base/errors.js';
import type { Kernel } from '../base/kernel.js';
import { shmem_file_write } from '../file/shmem.js';
import { shmem_punch_hole } from '../file/truncate.js';
import { shrink_deferred } from '../huge/deferred-split-scan.js';
import { shrink_huge_zero_page } from '../huge/huge-zero.js';
import { split_folio_op } from '../huge/split-folio.js';
import { thp_write } from '../huge/thp-write.js';
import { has_hstate } from '../hugetlb/hstate.js';
import { hugetlbfs_punch_hole } from '../hugetlb/inode.js';
import { hugetlb_write, is_hugetlb_setting } from '../hugetlb/settings.js';
import { theFile, theMm, theVma, vpnOf } from './references.js';
import type { MechanismTable } from './table.js';

/** SHRINK_STOP (include/linux/shrinker.h). */
const SHRINK_STOP = -1;

export const THP: MechanismTable<'tune' | 'split_folio' | 'shrink' | 'fwrite' | 'fpunch'> = {
  tune: (k, event) => {
    k.out.ret = is_hugetlb_setting(event.key)
      ? hugetlb_write(k, event.key, event.value)
      : thp_write(k, event.key, event.value);
  },
  split_folio: (k, event) => {
    const mm = theMm(k, event.mm);
    const vpn = vpnOf(k, mm, event.at);
    k.out.ret = split_folio_op(k, theVma(mm, vpn), vpn, event.order, (head) => {
      k.out.pages = [head];
    });
  },
  shrink: (k, event) => {
    if (event.what === 'huge_zero') {
      const { count, ret } = shrink_huge_zero_page(k);
      k.out.count = count;
      k.out.ret = ret;
      return;
    }
    const { count, ret } = shrink_deferred(k, event.nr_to_scan ?? Number.MAX_SAFE_INTEGER);
    k.out.count = count;
    k.out.ret = ret ?? k.fails('shrink_stop', SHRINK_STOP);
  },
  fwrite: (k, event) => {
    const file = tmpfs(k, event.file);
    k.out.ret = shmem_file_write(k, file, event.pgoff, event.pages, event.value);
  },
  fpunch: (k, event) => {
    const file = theFile(k, event.file);
    if (file.kind !== 'hugetlbfs') shmem_punch_hole(k, tmpfs(k, event.file), event.pgoff, event.pages);
    else if (has_hstate(k, file)) hugetlbfs_punch_hole(k, file, event.pgoff, event.pages);
    else k.out.ret = k.fails('hugetlb_no_size', -EINVAL);
  },
};

/** Ours: a file of tmpfs. */
function tmpfs(k: Kernel, name: string): ReturnType<typeof theFile> {
  const file = theFile(k, name);
  if (file.kind !== 'shmem') throw new LogReferenceError('file', name, 'it has to be of tmpfs: {"kind":"shmem"}');
  return file;
}
