// SPDX-License-Identifier: GPL-2.0-or-later
/** What scripts of the laboratory for huge pages do beyond those of the others: their answers, and what the model lacks. */

import type { Outcome } from '@specialbit/core';
import {
  applyMore,
  entryAt,
  get_kpage_count,
  type Kernel,
  PTE,
  page_mapped_exclusively,
  smapsOf,
  type Vma,
  vm_normal_page,
  vm_normal_page_huge,
  vmFlags,
} from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { lookup } from '@specialbit/events';
import type { LabelTable } from './labels.js';

/** What an operation returned, and the members that it adds to the record. */
export interface OpResult {
  readonly ret: number;
  readonly refused: string;
  readonly text: string;
}

const NOT_CARRIED_OUT = -1000;

/** Operations that look at what /proc says of the process, and do nothing. */
export const PROC_OPS: ReadonlySet<string> = new Set(['smaps', 'pagemap']);

/** What /proc/self/smaps, or pagemap and kpagecount, have of the page at `vpn`. */
export function procAnswer(k: Kernel, name: string, mm: number, vpn: number): OpResult {
  const vma = k.mms.get(mm)?.vma_lookup(vpn);
  const text = name === 'pagemap' ? pagemapText(k, vma, vpn) : smapsText(k, vma);
  return { ret: 0, refused: '', text };
}

function smapsText(k: Kernel, vma: Vma | undefined): string {
  const shown = vma === undefined ? [] : Object.entries(smapsOf(k, vma)).filter(([, kilobytes]) => kilobytes !== 0);
  return `,"smaps":${JSON.stringify(Object.fromEntries(shown))}`;
}

/** Releases whose pagemap takes whatever a PMD maps for a page (pmd_page()); from 7.3 on it asks vm_normal_page_pmd(). */
const ZERO_IS_A_PAGE = /^(?:6\.|7\.[0-2](?:\.|$))/;

/** pagemap_pmd_range(), pagemap_hugetlb_range() (fs/proc/task_mmu.c) without the frame: P present, S swapped, F no anonymous page, X exclusive. */
function pagemapText(k: Kernel, vma: Vma | undefined, vpn: number): string {
  // walk_page_test() (mm/pagewalk.c) takes a VM_PFNMAP for a hole
  if (vma === undefined || (vma.vm_flags & vmFlags.VM_PFNMAP) !== 0) return ',"pagemap":""';
  const { level, first, raw: entry } = entryAt(k, vma.mm, vpn);
  if (level === PTE && k.pte.none(entry)) return ',"pagemap":""';
  const codec = level === PTE ? k.pte : k.arch.pmd!;
  if (!codec.present(entry)) return ',"pagemap":"S"';
  const pfn = codec.pfn(entry) + (vpn - first);
  const normal = level === PTE ? vm_normal_page(k, vma, vpn, entry) : vm_normal_page_huge(k, vma, first, level, entry);
  const page = normal < 0 ? -1 : normal + (vpn - first);
  const zero =
    level !== PTE && pfn >= 0 && k.page_folio(pfn) === k.huge_zero_pfn && ZERO_IS_A_PAGE.test(k.profile.version);
  const file = zero || (page >= 0 && !k.test_anon(k.page_folio(page))) ? 'F' : '';
  const exclusive = page >= 0 && page_mapped_exclusively(k, page, normal) ? 'X' : '';
  const count = k.machine.pfn_valid(pfn) ? get_kpage_count(k, pfn) : 0;
  return `,"pagemap":"P${file}${exclusive}","kpagecount":${count}`;
}

/** What the harness looks for itself, and refuses to split. */
const REFUSALS: Readonly<Record<string, string>> = lookup({ split_no_folio: 'no-folio', split_not_large: 'not-large' });

/**
 * Plays an event that the harness answers in a way of its own: `split` names the folio, which is gone afterwards, `shrink`
 * counts, writes answer 0. Undefined: it is none of them.
 */
export function thpEvent(k: Kernel, labels: LabelTable, event: LogEvent): OpResult | undefined {
  switch (event.type) {
    case 'split_folio': {
      const { at } = event;
      const vma = 'addr' in at ? k.mms.get(event.mm)?.vma_lookup(at.addr / k.arch.page.size) : undefined;
      if (vma === undefined) return refuses('no-vma');
      // a folio that is split loses its label
      const before = new Map<number, string>();
      labels.forEach((label, pfn) => void before.set(pfn, label));
      const out = applyMore(k, event);
      const refused = out.reasons.map((reason) => REFUSALS[reason]).find((word) => word !== undefined);
      if (refused !== undefined) return refuses(refused);
      return { ret: out.ret, refused: '', text: `,"label":"${labelOf(k, before, out)}"` };
    }
    case 'shrink': {
      const out = applyMore(k, event);
      return { ret: out.ret, refused: '', text: `,"count":${out.count}` };
    }
    case 'fwrite': {
      const { ret } = applyMore(k, event);
      return { ret: Math.min(ret, 0), refused: '', text: '' };
    }
    default:
      return undefined;
  }
}

function labelOf(k: Kernel, before: ReadonlyMap<number, string>, { pages }: Outcome): string {
  const head = pages?.[0] ?? -1;
  return k.machine.labelOf(head) ?? before.get(head) ?? '?';
}

function refuses(reason: string): OpResult {
  return { ret: NOT_CARRIED_OUT, refused: reason, text: '' };
}
