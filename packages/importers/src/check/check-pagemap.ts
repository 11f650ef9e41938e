// SPDX-License-Identifier: GPL-2.0-or-later
/** The model's page table against a dump of the real one. */

import type { Pte } from '@specialbit/core/arch';
import {
  F,
  type Kernel,
  type Mm,
  PMD,
  page_mapped_exclusively,
  vm_normal_page,
  vm_normal_page_huge,
} from '@specialbit/core/kernel';
import type { PageEntry } from '../proc/snapshot.js';
import type { Check, Difference } from './differences.js';

const pte: Pte = { lo: 0, hi: 0 };
/** _PAGE_ACCESSED, _PAGE_DIRTY and _PAGE_SAVED_DIRTY (arch/x86/include/asm/pgtable_types.h). */
const HARDWARE_BITS = 0x20n | 0x40n | (1n << 58n);

/** How a page is mapped, as a few words. */
export type PageKind = 'anon' | 'file' | 'special' | 'swapped' | 'protnone';

export interface PagemapCheck extends Check {
  /** Present on one side only. */
  readonly missing: number;
  readonly extra: number;
  /** Of the pages on both sides: equal kind, exclusive flag, map count and pfn. */
  readonly both: number;
  readonly kind: number;
  readonly mapcount: number;
  readonly pfn: number;
  readonly anon: number;
  readonly anonPfn: number;
  /** Of the pages with the very frame: equal raw entries, but for the accessed and dirty bits. */
  readonly raw: number;
  readonly framed: number;
}

/** The counts of a check before it has looked at a page. */
export function noCounts() {
  return { both: 0, kind: 0, mapcount: 0, pfn: 0, anon: 0, anonPfn: 0, missing: 0, extra: 0, raw: 0, framed: 0 };
}

function kindOf(page: PageEntry): PageKind {
  if (page.pm.includes('swapped')) return 'swapped';
  if (page.special || rawSpecial(page)) return 'special';
  return page.pm.includes('file_shared') ? 'file' : 'anon';
}

/** The special bit of x86 in the raw entry; a dump that looks at present entries only misses it in protnone ones. */
function rawSpecial(page: PageEntry): boolean {
  return page.pte !== undefined && page.pfn !== undefined && (Number.parseInt(page.pte.slice(-3), 16) & 0x200) !== 0;
}

/** Raw entries but for what hardware writes into them without a fault (accessed and dirty on x86). */
function sameRaw(k: Kernel, page: PageEntry): boolean {
  if (page.pte === undefined) return false;
  const real = BigInt(`0x${page.pte}`);
  const ours = (BigInt(pte.hi >>> 0) << 32n) | BigInt(pte.lo >>> 0);
  return ((real ^ ours) & ~HARDWARE_BITS) === 0n && k.arch.bits === 64;
}

/** How a PMD maps a page; undefined where none does. */
function hugeKind(k: Kernel, mm: Mm, vpn: number): PageKind | undefined {
  const vma = mm.vma_lookup(vpn);
  const codec = k.arch.pmd;
  if (vma === undefined || codec === undefined || !mm.pt.getHuge(PMD, vpn, pte)) return undefined;
  const first = vpn - (vpn % codec.pages);
  if (!codec.present(pte)) return 'swapped';
  const normal = vm_normal_page_huge(k, vma, first, PMD, pte);
  if (normal < 0) return 'special';
  return k.test_anon(normal) ? 'anon' : 'file';
}

/** Present pages, their kind, exclusiveness, map count and frame. */
export function checkPagemap(k: Kernel, mm: Mm, pages: readonly PageEntry[]): PagemapCheck {
  const differences: Difference[] = [];
  const { size } = k.arch.page;
  const counts = noCounts();
  const seen = new Set<number>();
  let equal = 0;
  for (const page of pages) {
    if (page.pm.includes('guard') || page.level > 2) continue;
    if (page.level === 2) {
      const found = hugeKind(k, mm, page.vpn);
      const expected = kindOf(page);
      if (found === undefined) counts.missing++;
      else counts.both++;
      if (found !== expected) {
        differences.push({ addr: page.vpn * size, what: 'page', expected, found: found ?? 'nothing' });
        continue;
      }
      counts.kind++;
      equal++;
      continue;
    }
    seen.add(page.vpn);
    mm.pt.get(page.vpn, pte);
    const expected = kindOf(page);
    const vma = mm.vma_lookup(page.vpn);
    if (vma === undefined || k.pte.none(pte)) {
      counts.missing++;
      differences.push({ addr: page.vpn * size, what: 'page', expected, found: 'nothing' });
      continue;
    }
    counts.both++;
    const normal = k.pte.present(pte) ? vm_normal_page(k, vma, page.vpn, pte) : -1;
    const found: PageKind = !k.pte.present(pte)
      ? 'swapped'
      : normal < 0
        ? 'special'
        : k.test_anon(normal)
          ? 'anon'
          : 'file';
    if (found !== expected) {
      differences.push({ addr: page.vpn * size, what: 'page', expected, found });
      continue;
    }
    counts.kind++;
    equal++;
    if (k.pte.pfn(pte) === page.pfn) {
      counts.framed++;
      if (sameRaw(k, page)) counts.raw++;
    }
    if (normal < 0) continue;
    if (k.frames.get(normal, F.mapcount) === page.mapcount) counts.mapcount++;
    if (normal === page.pfn) counts.pfn++;
    if (found === 'anon') {
      counts.anon++;
      if (normal === page.pfn) counts.anonPfn++;
      if (page_mapped_exclusively(k, normal) !== page.pm.includes('exclusive')) {
        differences.push({
          addr: page.vpn * size,
          what: 'page',
          expected: `map count ${page.mapcount}`,
          found: `map count ${k.frames.get(normal, F.mapcount)}`,
        });
      }
    }
  }
  for (const vma of mm.vmas) {
    mm.pt.forEach(vma.vm_start, vma.vm_end, pte, (vpn) => {
      if (seen.has(vpn)) return;
      counts.extra++;
      differences.push({ addr: vpn * size, what: 'page', expected: 'nothing', found: 'an entry' });
    });
  }
  return { compared: pages.length, equal, differences, ...counts };
}
