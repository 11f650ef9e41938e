// SPDX-License-Identifier: GPL-2.0-or-later
/** Who holds the references of a page: found by looking, not remembered. */
import type { Pte } from '../arch/contract.js';
import type { HugeCodec } from '../arch/huge.js';
import { hexAddress } from '../kernel/base/format.js';
import { type Kernel, newPte } from '../kernel/base/kernel.js';
import { GUP_PIN_COUNTING_BIAS } from '../kernel/base/mm-types.js';
import { decideEntry } from '../kernel/pte/normal-page.js';
import { F, PG } from '../machine/frame-table.js';
import { LEVEL_NAMES, type LevelName, PTE } from '../mm/level.js';
import { codecOf } from '../mm/page-table-layout.js';
import { DECISIONS } from './path.js';

export type Holder =
  /** An entry that maps the frame. One that vm_normal_page() calls no page holds nothing (`refs` 0). */
  | {
      readonly by: LevelName;
      readonly mm: number;
      readonly vpn: number;
      readonly place: string;
      readonly refs: 0 | 1;
      readonly why: string;
    }
  | { readonly by: 'page cache'; readonly file: string; readonly index: number; readonly refs: 1 }
  | { readonly by: 'swap cache'; readonly slot: number; readonly refs: 1 }
  /** pin_user_pages: each pin counts 1024 (GUP_PIN_COUNTING_BIAS). */
  | { readonly by: 'pin'; readonly pins: number; readonly refs: number }
  /** The owner of a labelled frame: its first reference, and what get_page and put_page did. */
  | { readonly by: 'driver'; readonly refs: number }
  /** References that nobody accounts for: leaked, or (negative) given away twice. */
  | { readonly by: 'nobody'; readonly refs: number };

/** Everybody who holds, or maps without holding, the frame. Costs a walk over all page tables. */
export function holdersOf(k: Kernel, pfn: number): Holder[] {
  const holders: Holder[] = [];
  const p: Pte = newPte();
  const valid = k.machine.pfn_valid(pfn);
  let held = 0;
  for (const mm of k.mms.values()) {
    mm.pt.forEachEntry(0, k.arch.task_pages, p, (first, level) => {
      const codec = codecOf(k.arch, level)!;
      if (level === PTE ? !k.pte.present(p) || k.pte.pfn(p) !== pfn : !covers(codec as HugeCodec, p, pfn)) return;
      const vpn = first + (pfn - codec.pfn(p));
      const vma = k.vmaAt(mm.id, vpn);
      const decided = vma === undefined ? null : decideEntry(k, vma, first, level, p);
      const decision = decided === null ? undefined : DECISIONS[decided];
      const refs = valid && decision?.verdict === 'page' ? 1 : 0;
      held += refs;
      const place = mm.placeName(vpn) ?? `0x${hexAddress(k.arch, vpn)}`;
      const why = decision?.text ?? (vma === undefined ? 'no VMA: nobody will ever ask' : 'this kernel never asks');
      holders.push({ by: LEVEL_NAMES[level], mm: mm.id, vpn, place, refs, why });
    });
  }
  for (const file of k.files.values()) {
    for (const [index, page] of file.page_cache) {
      if (page !== pfn) continue;
      held++;
      holders.push({ by: 'page cache', file: file.name, index, refs: 1 });
    }
  }
  if (k.frames.test(pfn, PG.swapcache)) {
    held++;
    holders.push({ by: 'swap cache', slot: k.frames.get(pfn, F.swap), refs: 1 });
  }
  const pins = [...k.pins].filter((page) => page === pfn).length;
  if (pins > 0) {
    held += pins * GUP_PIN_COUNTING_BIAS;
    holders.push({ by: 'pin', pins, refs: pins * GUP_PIN_COUNTING_BIAS });
  }
  // without a struct page there is no count that could be somebody's
  if (!valid) return holders;
  const rest = k.frames.get(pfn, F.count) - held;
  if (rest !== 0) holders.push({ by: k.machine.isLabelled(pfn) ? 'driver' : 'nobody', refs: rest });
  return holders;
}

function covers(codec: HugeCodec, p: Pte, pfn: number): boolean {
  const first = codec.pfn(p);
  return pfn >= first && pfn < first + codec.pages;
}
