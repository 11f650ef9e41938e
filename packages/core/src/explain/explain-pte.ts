// SPDX-License-Identifier: GPL-2.0-or-later
/** Everything about one PTE: its bits, the frame, who holds it, and why it is or is not a page. */
import { pteValue } from '../arch/raw.js';
import { hexAddress } from '../kernel/base/format.js';
import { Kernel, type KernelOptions, newPte } from '../kernel/base/kernel.js';
import { openWorld } from '../world/open.js';
import type { World } from '../world/world.js';
import { describeFrame, describePte, type FrameView, type PteView } from './describe.js';
import { type Holder, holdersOf } from './holders.js';
import { flagNames, placeName } from './names.js';
import { type DecisionPath, decisionPath } from './path.js';

/** A named bit or field of the architecture's header. */
export interface BitView {
  readonly name: string;
  readonly meaning: string;
  /** Hex, without `0x`. */
  readonly mask: string;
  /** All bits of the mask are set. */
  readonly set: boolean;
  /** The masked bits in hex, for fields. */
  readonly value: string;
}

export interface PteExplanation {
  readonly arch: string;
  readonly profile: string;
  readonly mm: number;
  readonly vpn: number;
  /** Byte address in hex, without `0x`. */
  readonly address: string;
  /** `ring[2]`, or null. */
  readonly place: string | null;
  readonly vma: {
    /** Byte addresses in hex. */
    readonly start: string;
    readonly end: string;
    readonly pages: number;
    readonly flags: string;
    /** Signed pages. */
    readonly vm_pgoff: number;
    /** The page's index in the VMA. */
    readonly page: number;
    /** Its `->mmap` still runs: nobody else can find it. */
    readonly open: boolean;
  } | null;
  readonly pte: PteView;
  /** Named bits of this kind of entry (a page's, a swap entry's), set or not, in the header's order. */
  readonly bits: readonly BitView[];
  /** The hardware's own entry in hex where Linux keeps two. */
  readonly hw: string | null;
  readonly frame: FrameView | null;
  readonly holders: readonly Holder[];
  /** null when nothing is mapped, it is swapped out, or there is no VMA. */
  readonly path: DecisionPath | null;
  /** The answer in one line. */
  readonly verdict: string;
}

/** Explains the PTE of page `vpn` in address space `mm`. Throws RangeError when there is no such mm. */
export function explainPte(options: KernelOptions, state: World | Kernel, mm: number, vpn: number): PteExplanation {
  const k = state instanceof Kernel ? state : openWorld(options, state);
  const space = k.mms.get(mm);
  if (space === undefined) throw new RangeError(`no address space ${mm}`);
  const open = k.opened.get(mm)?.vma;
  const linked = space.vma_lookup(vpn);
  const vma = linked ?? (open !== undefined && vpn >= open.vm_start && vpn < open.vm_end ? open : undefined);
  const p = newPte();
  space.pt.get(vpn, p);
  const pte = describePte(k, vma, vpn, p);
  const raw = pteValue(p);
  const path = pte.kind === 'present' && vma !== undefined ? decisionPath(k, vma, vpn, p) : null;
  return {
    arch: k.arch.name,
    profile: k.profile.name,
    mm,
    vpn,
    address: hexAddress(k.arch, vpn),
    place: placeName(space.labels, vma, vpn) ?? null,
    vma:
      vma === undefined
        ? null
        : {
            start: hexAddress(k.arch, vma.vm_start),
            end: hexAddress(k.arch, vma.vm_end),
            pages: vma.pages,
            flags: flagNames(vma.vm_flags),
            vm_pgoff: vma.vm_pgoff,
            page: vpn - vma.vm_start,
            open: linked === undefined,
          },
    pte,
    bits: bitsOf(k, pte.kind, raw),
    hw: pte.kind === 'present' && k.arch.hw_pte !== undefined ? (k.arch.hw_pte(p) >>> 0).toString(16) : null,
    frame: pte.kind === 'present' ? describeFrame(k, pte.pfn) : null,
    holders: pte.kind === 'present' ? holdersOf(k, pte.pfn) : [],
    path,
    verdict: verdictLine(pte, path, vma !== undefined),
  };
}

function bitsOf(k: Kernel, kind: PteView['kind'], raw: bigint): BitView[] {
  if (kind === 'none') return [];
  const wanted = kind === 'swap' ? 'swap' : 'page';
  return k.arch.layout.bits
    .filter((bits) => bits.kind === wanted)
    .map(({ name, meaning, mask }) => ({
      name,
      meaning,
      mask: mask.toString(16),
      set: (raw & mask) === mask,
      value: (raw & mask).toString(16),
    }));
}

function verdictLine(pte: PteView, path: DecisionPath | null, hasVma: boolean): string {
  if (pte.kind === 'none') return hasVma ? 'nothing is mapped here' : 'nothing is mapped here, and no VMA covers it';
  if (pte.kind === 'swap') return `swapped out, slot ${pte.swap!.offset}`;
  if (path === null) return `maps ${pte.frame} outside of every VMA: it stays until the page table goes`;
  if (path.verdict === 'page') return `a normal page, ${pte.frame}: ${path.text}`;
  if (path.verdict === 'NULL') return `no page to vm_normal_page(): ${path.text}`;
  return `BUG: Bad page map: ${path.text}`;
}
