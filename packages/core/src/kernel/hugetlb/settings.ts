// SPDX-License-Identifier: GPL-2.0-or-later
/** What is written to the files below /sys/kernel/mm/hugepages, and to /proc/sys/vm (mm/hugetlb.c). */
import type { Hstate } from '../../machine/hugetlb.js';
import { LEVEL_NAMES } from '../../mm/level.js';
import { EINVAL, ENOENT } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { hstate_is_gigantic, pages_per_huge_page } from './hstate.js';

const SETTING = /^(?:hugepages-(?:(\d+)kB|order(\d+)|(pmd|pud))\/)?(nr_hugepages|nr_overcommit_hugepages)$/;

/** Ours: is it a setting of hugetlb? */
export function is_hugetlb_setting(key: string): boolean {
  return SETTING.test(key);
}

/** nr_hugepages_store(), nr_overcommit_hugepages_store() (mm/hugetlb.c): 0 or a negative errno. Without a size, of default_hstate. */
export function hugetlb_write(k: Kernel, key: string, value: string): number {
  const [, kilobytes, order, level, file] = SETTING.exec(key)!;
  const { hstates } = k.hugetlb.state;
  const h =
    level !== undefined
      ? hstates.find((of) => LEVEL_NAMES[of.level] === level)
      : order !== undefined
        ? hstates.find((of) => of.order === Number(order))
        : kilobytes !== undefined
          ? hstates.find((of) => (pages_per_huge_page(of) * k.arch.page.size) / 1024 === Number(kilobytes))
          : hstates[0];
  if (h === undefined) return k.fails('hugetlb_no_setting', -ENOENT);
  if (!/^\d+$/.test(value)) return k.fails('hugetlb_setting', -EINVAL);
  return store(k, h, file!, Number(value));
}

/** nr_hugepages_store_common(), nr_overcommit_hugepages_store() (mm/hugetlb.c). */
function store(k: Kernel, h: Hstate, file: string, count: number): number {
  if (file === 'nr_hugepages') {
    k.hugetlb_pool.set_max_huge_pages(h.level, count);
    return 0;
  }
  if (hstate_is_gigantic(h)) return k.fails('hugetlb_no_surplus', -EINVAL);
  k.hugetlb.change(h.level, { nr_overcommit_huge_pages: count });
  return 0;
}
