// SPDX-License-Identifier: GPL-2.0-or-later
/** What the laboratory changes in its copy of a kernel, beside adding the driver: as little as the records need. */

export interface Patch {
  /** Below the top of the tree. */
  readonly file: string;
  /** The changed text; the same where there is nothing to change. */
  readonly change: (text: string) => string;
}

/** The rate limit of "Bad page map" reports: every one is wanted, not the first 60 of a minute. */
const everyReport = (text: string): string => text.replace(/nr_shown == 60/g, 'nr_shown == ~0UL');

export const PATCHES: readonly Patch[] = [
  { file: 'mm/Makefile', change: (text) => `${text.trimEnd()}\nobj-y += pfnlab.o\n` },
  { file: 'mm/memory.c', change: everyReport },
  { file: 'mm/page_alloc.c', change: everyReport },
  {
    // vm_ops->find_normal_page is there for Xen alone; the driver wants it everywhere
    file: 'mm/Kconfig',
    change: (text) => text.replace(/^(config FIND_NORMAL_PAGE\n\tdef_bool) n$/m, '$1 y'),
  },
  {
    // khugepaged acts when it is asked to, and not by itself
    file: 'mm/khugepaged.c',
    change: (text) => text.replace(/^\t\tif \((!khugepaged_thread\)(?: \{)?)$/m, '\t\tif (0 && $1'),
  },
  {
    // lists that the driver empties and shows
    file: 'mm/huge_memory.c',
    change: (text) =>
      text
        .replace(/^static (struct shrinker \*(?:deferred_split|huge_zero_(?:page|folio))_shrinker;)/gm, '$1')
        .replace(/^static (atomic_t huge_zero_refcount;)/m, '$1')
        .replace(/^static (struct list_lru deferred_split_lru;)/m, '$1'),
  },
  {
    // no mem= parameter there: RAM above 128 MiB is the laboratory's
    file: 'arch/m68k/kernel/setup_mm.c',
    change: (text) =>
      text.replace(
        /(case BI_MEMCHUNK:[\s\S]*?\.size =\s*)be32_to_cpu\(m->size\);/,
        '$1min_t(u32, 128U << 20, be32_to_cpu(m->size));',
      ),
  },
  {
    // mem= limits the zones there, and not memblock
    file: 'arch/alpha/kernel/setup.c',
    change: (text) =>
      text.includes('memblock_enforce_memory_limit')
        ? text
        : text.replace(
            /^\t\tmax_low_pfn = mem_size_limit;/m,
            '$&\n\t\tmemblock_enforce_memory_limit((phys_addr_t)mem_size_limit << PAGE_SHIFT);',
          ),
  },
  {
    // 6.12 does not compile there
    file: 'arch/alpha/mm/fault.c',
    change: (text) => text.replace(/^.*show_signal_msg\(regs, address, SIGBUS.*\n/m, ''),
  },
];
