// SPDX-License-Identifier: GPL-2.0-or-later
/** PTEs, frames and VMAs of a running kernel as plain values, for showing and comparing. */
import type { CompiledCodec } from '../arch/codec.js';
import type { Pte, SwapEntry } from '../arch/contract.js';
import type { HugeCodec } from '../arch/huge.js';
import { hexPte } from '../kernel/base/format.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { decide_pmd } from '../kernel/huge/huge-memory.js';
import { Decision, decide } from '../kernel/pte/normal-page.js';
import { F } from '../machine/frame-table.js';
import type { Vma } from '../mm/vma.js';
import { frameLabel, pageFlagNames } from './names.js';
import { DECISIONS, type Verdict } from './path.js';

/** What an entry says, decoded. */
export interface PteView {
  /** Raw value in hex, without `0x`. */
  readonly raw: string;
  readonly kind: 'none' | 'present' | 'swap';
  readonly write: boolean;
  readonly dirty: boolean;
  readonly young: boolean;
  readonly special: boolean;
  /** User code may use it at all, and execute through it. */
  readonly user: boolean;
  readonly exec: boolean;
  /** Of a present entry; -1 otherwise. */
  readonly pfn: number;
  /** The frame's label; null when not present. */
  readonly frame: string | null;
  /** Of a swap entry. */
  readonly swap: { readonly type: number; readonly offset: number; readonly exclusive: boolean } | null;
  /** vm_normal_page()'s answer; null without VMA, and for what is not present. */
  readonly decision: string | null;
  readonly verdict: Verdict | null;
}

/** Decodes an entry of `vma` (undefined: of no VMA). */
export function describePte(k: Kernel, vma: Vma | undefined, vpn: number, pte: Readonly<Pte>): PteView {
  const p: Pte = { lo: pte.lo, hi: pte.hi };
  const c = k.pte;
  const raw = hexPte(p);
  const off = {
    write: false,
    dirty: false,
    young: false,
    special: false,
    user: false,
    exec: false,
    pfn: -1,
    frame: null,
  };
  const bare = { raw, ...off, swap: null, decision: null, verdict: null };
  if (c.none(p)) return { ...bare, kind: 'none' };
  if (!c.present(p)) {
    const swp: SwapEntry = { type: 0, offset: 0 };
    c.pte_to_swp_entry(p, swp);
    return { ...bare, kind: 'swap', swap: { type: swp.type, offset: swp.offset, exclusive: c.swp_exclusive(p) } };
  }
  const decision = vma === undefined ? null : decide(k, vma, vpn, p);
  return {
    ...presentView(k, c, p),
    decision: decision === null ? null : Decision[decision],
    verdict: decision === null ? null : DECISIONS[decision].verdict,
  };
}

/** What a present entry of either level says by itself. */
function presentView(k: Kernel, c: CompiledCodec | HugeCodec, p: Pte): Omit<PteView, 'decision' | 'verdict'> {
  const pfn = c.pfn(p);
  return {
    raw: hexPte(p),
    kind: 'present',
    write: c.write(p),
    dirty: c.dirty(p),
    young: c.young(p),
    special: c.special(p),
    user: c.user(p),
    exec: c.exec(p),
    pfn,
    frame: frameLabel(k, pfn),
    swap: null,
  };
}

/** Decodes an entry of the PMD level that maps a huge page from `vpn` on; `raw` is that of the PMD. */
export function describeHuge(k: Kernel, vma: Vma | undefined, vpn: number, pmd: Readonly<Pte>): PteView {
  const p: Pte = { lo: pmd.lo, hi: pmd.hi };
  const c = k.arch.pmd!;
  const view = presentView(k, c, p);
  const decision = vma === undefined ? null : decide_pmd(k, vma, vpn, p);
  return {
    ...view,
    frame: `${view.frame} (PMD, ${c.pages} pages)`,
    decision,
    verdict: decision === null ? null : decision === 'normal' ? 'page' : decision === 'bad' ? 'bad page map' : 'NULL',
  };
}

export interface FrameView {
  readonly pfn: number;
  readonly label: string;
  /** It has a struct page (pfn_valid). */
  readonly valid: boolean;
  readonly zero: boolean;
  /** page_count(). */
  readonly count: number;
  /** PTEs that count as mapping it. */
  readonly mapcount: number;
  /** Page flags by name. */
  readonly flags: readonly string[];
  /** anon_vma's id, minus a file's id, or 0; and the index there. */
  readonly mapping: number;
  readonly index: number;
  /** First byte. */
  readonly content: number;
}

export function describeFrame(k: Kernel, pfn: number): FrameView {
  const f = k.frames;
  return {
    pfn,
    label: frameLabel(k, pfn),
    valid: k.machine.pfn_valid(pfn),
    zero: k.machine.is_zero_pfn(pfn),
    count: f.get(pfn, F.count),
    mapcount: f.get(pfn, F.mapcount),
    flags: pageFlagNames(f.get(pfn, F.flags)),
    mapping: f.get(pfn, F.mapping),
    index: f.get(pfn, F.index),
    content: f.get(pfn, F.content),
  };
}
