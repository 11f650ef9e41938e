// SPDX-License-Identifier: GPL-2.0-or-later
/** Writes to the files below /sys/kernel/mm/transparent_hugepage. */
import { thp_store } from '../../machine/thp-settings.js';
import { EINVAL, ENOENT } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';

/** sysfs_kf_write() (fs/sysfs/file.c): what the attribute's store function answers, 0 or a negative errno. */
export function thp_write(k: Kernel, key: string, value: string): number {
  const { page, pmd } = k.arch;
  if (!k.thp.on || pmd === undefined) return k.fails('thp_not_built', -ENOENT);
  const change = thp_store(k.thp.state, key, value, Math.log2(page.size), Math.log2(pmd.pages));
  if (change === 'file') return k.fails('thp_no_setting', -ENOENT);
  if (change === 'value') return k.fails('thp_setting', -EINVAL);
  k.thp.change(change);
  return 0;
}
