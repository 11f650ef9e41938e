// SPDX-License-Identifier: GPL-2.0-or-later
/** A file gets a new size (mm/truncate.c: truncate_setsize, truncate_pagecache). */
import type { AddressSpace } from '../../mm/vma.js';
import { EINVAL } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { has_hstate } from '../hugetlb/hstate.js';
import { hugetlb_truncate } from '../hugetlb/inode.js';
import { unmap_mapping_range } from '../zap/unmap-mapping.js';
import { shmem_truncate } from './truncate.js';

/**
 * truncate_setsize() (mm/truncate.c). `pages`: the new size. What lies behind it is unmapped everywhere, private
 * copies too. 0 or a negative errno.
 */
export function do_ftruncate(k: Kernel, file: AddressSpace, pages: number): number {
  if (file.kind === 'hugetlbfs')
    return has_hstate(k, file) ? hugetlb_truncate(k, file, pages) : k.fails('hugetlb_no_size', -EINVAL);
  const old = file.pages;
  file.pages = pages;
  if (pages >= old) return 0;
  unmap_mapping_range(k, file, pages, 0, true);
  shmem_truncate(k, file, pages, Number.MAX_SAFE_INTEGER - pages);
  return 0;
}
