// SPDX-License-Identifier: GPL-2.0-or-later
/** Writes to the files below /sys/kernel/mm/transparent_hugepage. */
import { thp_store } from '../../machine/thp-settings.js';
import { EINVAL } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';

/** sysfs_kf_write() (fs/sysfs/file.c): what the attribute's store function answers, 0 or a negative errno. */
export function thp_write(k: Kernel, key: string, value: string): number {
  const { page, pmd } = k.arch;
  const change = thp_store(k.thp.state, key, value, Math.log2(page.size), Math.log2(pmd!.pages));
  if (change === null) return k.fails('thp_setting', -EINVAL);
  k.thp.change(change);
  return 0;
}
