// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Would a page migrate? add_folio_for_migration() (mm/migrate.c; add_page_for_migration() before 6.12) of move_pages() to
 * another node without MPOL_MF_MOVE_ALL, and folio_migrate_mapping() behind it, as the source says them: no transcript has
 * migrations. Nothing is moved; a compaction and mbind() take from the LRU, too, by folio_isolate_lru().
 */
import {
  describeEntry,
  describeFrame,
  entryAt,
  folio_maybe_mapped_shared,
  type Kernel,
  PTE,
  type Vma,
  vmFlags,
} from '@specialbit/core/kernel';

/** The page that is mapped first of the mapping `m`: what it comes to, and why. */
export function migrationText(k: Kernel, id: number, vpn: number): string {
  const mm = k.mms.get(id)!;
  const vma = mm.vma_lookup(vpn)!;
  const hinders = vma.vm_flags & (vmFlags.VM_IO | vmFlags.VM_PFNMAP);
  if (hinders !== 0) return '-EFAULT: vma_migratable() asks for VM_IO and VM_PFNMAP';
  if ((vma.vm_flags & vmFlags.VM_HUGETLB) !== 0) return "hugetlb's pages migrate in their own way, which was not read";
  const { level, first, raw } = entryAt(k, mm, vpn);
  const view = describeEntry(k, vma, first, level, raw);
  // follow_page() became folio_walk_start() in 6.12, as follow_pte() became follow_pfnmap_start()
  const walks = k.feature.follow_pfnmap;
  if (view.kind === 'none') return walks || hasFault(vma) ? '-ENOENT: nothing is mapped' : '-EFAULT: nothing is mapped';
  if (view.kind !== 'present') return '-ENOENT: nothing is mapped';
  if (view.verdict === null || (!walks && level !== PTE)) {
    if (walks && view.special) return '-ENOENT: the bit says that there is no page';
    // what has no struct page is taken for one that has
    if (!describeFrame(k, view.pfn).valid) return 'takes the frame for a page, and nobody asks';
  } else if (view.verdict !== 'page') {
    if (!walks) return '-EFAULT: vm_normal_page() finds no page';
    if (k.machine.is_zero_pfn(view.pfn)) return '-EFAULT: the zero page';
    return '-ENOENT: vm_normal_page() finds no page';
  }
  if (folio_maybe_mapped_shared(k, k.page_folio(view.pfn))) return '-EACCES: another process may have it, too';
  return ofFolio(k, k.page_folio(view.pfn));
}

/** vma->vm_ops->fault: no_page_table() (mm/gup.c) of FOLL_DUMP says that there is a hole where there is none. */
const hasFault = ({ vm_ops }: Vma): boolean =>
  vm_ops !== null && vm_ops.kind !== 'dummy' && (vm_ops.kind !== 'driver' || vm_ops.driver?.fault !== undefined);

/** folio_isolate_lru(), and whether every reference is one that migration expects (folio_expected_ref_count()). */
function ofFolio(k: Kernel, head: number): string {
  const { flags, count, mapcount, mapping, folio } = describeFrame(k, head);
  if (!flags.includes('lru')) return '-EBUSY: folio_isolate_lru() finds it on no LRU list';
  const pages = folio === null ? 1 : 2 ** folio.order;
  const mapped = folio === null ? mapcount : folio.large_mapcount;
  const cache = flags.includes('swapcache') || mapping < 0 ? pages : 0;
  const more = count - mapped - cache;
  if (more > 0) return `stays: ${more} more reference${more === 1 ? '' : 's'} than folio_migrate_mapping() expects`;
  return pages === 1 ? 'moves' : 'moves, the whole folio';
}
