// SPDX-License-Identifier: GPL-2.0-or-later
/** Facts of an architecture that mechanisms ask for, in words: where it is so, and where not. */
import type { ArchFacts } from '../../arch/facts.js';

type Words = readonly [yes: string, no: string];

/** Of facts that are true or false, or name the function that does it. */
const WORDS: { readonly [name in keyof ArchFacts]?: Words } = {
  HAVE_GUP_FAST: ['gup_fast() walks without locks', 'there is no lockless walk of gup_fast()'],
  arch_has_hw_pte_young: ['the CPU sets young itself', 'faults have to set young'],
  arch_wants_old_prefaulted_pte: ['neighbours are mapped old', 'neighbours are mapped young'],
  pte_sw_mkyoung: ['new PTEs are made young in software', 'new PTEs are not made young'],
  PFNMAP_TRACKING: ['memory types of pfn mappings are tracked', 'memory types are not tracked'],
  PROT_WRITE_gives_VM_READ: ['PROT_WRITE gives VM_READ too', 'PROT_WRITE gives VM_WRITE alone'],
  pte_pgprot: ['pte_pgprot() gives the protection of an entry', 'pte_pgprot() is constant 0'],
  PER_VMA_LOCK: ['a fault first runs under the lock of its VMA', 'every fault takes mmap_lock'],
  check_safe_pte_update: ['set_pte_at() warns of lost young and dirty bits', 'set_pte_at() warns of nothing'],
  set_pte_at_looks_at_page: [
    'set_pte_at() looks at the struct page of what can be executed',
    'set_pte_at() looks at no struct page',
  ],
  flush_cache_page_looks_at_page: [
    'flush_cache_page() looks at the struct page of what cannot be read',
    'flush_cache_page() looks at no struct page',
  ],
  mk_pte_of_dirty_page: ['mk_pte() makes entries of dirty pages dirty', 'mk_pte() leaves dirty alone'],
  ptep_set_access_flags_if_dirty: [
    'ptep_set_access_flags() writes only what is dirty',
    'ptep_set_access_flags() writes what changed',
  ],
  tlb_delay_rmap: ['zap lowers map counts of dirty file pages after the flush', 'zap lowers every map count at once'],
  pte_access_permitted_user: ['gup_fast() wants entries of user code', 'gup_fast() takes any present entry'],
  byte_store_loads: ['a store of a byte first loads', 'a store of a byte is one store'],
};

export function factText(name: keyof ArchFacts, value: unknown): string {
  const words = WORDS[name];
  if (words === undefined) return String(value);
  const how = typeof value === 'object' && value !== null ? ` (${(value as { where: string }).where})` : '';
  return `${words[value === false || value === null ? 1 : 0]}${typeof value === 'string' ? ` (${value})` : how}`;
}
