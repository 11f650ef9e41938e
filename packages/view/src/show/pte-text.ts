// SPDX-License-Identifier: GPL-2.0-or-later
/** Page table entries and frames as short words. */
import type { FrameView, PteView } from '@specialbit/core';

/** `PWDYS`: present, write, dirty, young, special; `-` where not. */
export function pteBits(pte: PteView): string {
  if (pte.kind !== 'present') return pte.kind;
  return `P${pte.write ? 'W' : '-'}${pte.dirty ? 'D' : '-'}${pte.young ? 'Y' : '-'}${pte.special ? 'S' : '-'}`;
}

/** vm_normal_page()'s answer: `page`, `NULL`, `bad`. */
export function verdictWord(pte: PteView): string {
  if (pte.verdict === null) return '-';
  return pte.verdict === 'bad page map' ? 'bad' : pte.verdict;
}

/** The decision without its verdict: `special_vma`, `pfnmap_linear`; `-` where there is none to name. */
export function reasonWord(pte: PteView): string {
  if (pte.decision === null) return '-';
  return pte.decision.replace(/^(normal|null|bad)_?/, '') || '-';
}

/** `D0`, or of a huge entry `B0 (PMD, 512 pages)`; `-` where there is none. */
export function frameWords({ frame, level, pages }: PteView): string {
  if (frame === null) return '-';
  return level === 'pte' ? frame : `${frame} (${level.toUpperCase()}, ${pages} pages)`;
}

/** An entry in one phrase: `none`, `8000000008000227 PW-YS D0`. */
export function pteText(pte: PteView): string {
  if (pte.kind === 'none') return 'none';
  if (pte.kind === 'swap') return `${pte.raw} swap slot ${pte.swap!.offset}`;
  return `${pte.raw} ${pteBits(pte)} ${frameWords(pte)}`;
}

/** `refcount 2, mapcount 1`; a page without a reference is the page allocator's, whoever still uses it: `(freed)`. */
export function countsText({ count, mapcount }: FrameView): string {
  return `refcount ${count}${count === 0 ? ' (freed)' : ''}, mapcount ${mapcount}`;
}

/** `refcount 2, mapcount 1, anon uptodate`. */
export function frameText(frame: FrameView): string {
  if (!frame.valid) return 'no struct page';
  const flags = frame.flags.length === 0 ? '' : `, ${frame.flags.join(' ')}`;
  return `${countsText(frame)}${flags}`;
}

/** `0x1f`, `-0x1`. */
export function hex(n: number): string {
  return n < 0 ? `-0x${(-n).toString(16)}` : `0x${n.toString(16)}`;
}
