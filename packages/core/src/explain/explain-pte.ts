// SPDX-License-Identifier: GPL-2.0-or-later
/** Everything about one page: the entry that maps it, its bits, the frame, who holds it, and why it is or is not a page. */

import { OutOfRange } from '@specialbit/events';
import { namedValue } from '../arch/field-values.js';
import type { HugeCodec } from '../arch/huge.js';
import type { PteLayout } from '../arch/layout.js';
import { pteValue } from '../arch/raw.js';
import { hexAddress } from '../kernel/base/format.js';
import { Kernel, type KernelOptions } from '../kernel/base/kernel.js';
import { LEVEL_NAMES, type Level, type LevelName, PTE } from '../mm/level.js';
import { codecOf } from '../mm/page-table-layout.js';
import { vm_flags_wide } from '../mm/vm-flags.js';
import { openWorld } from '../world/open.js';
import type { World } from '../world/world.js';
import { describeEntry, describeFrame, type EntryAt, entryAt, type FrameView, type PteView } from './describe.js';
import { type Holder, holdersOf } from './holders.js';
import { flagNames, frameLabel, vmaBitNames } from './names.js';
import { type DecisionPath, entryPath } from './path.js';

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
    /** Those that are not rights, as vma_flags_t names them; null where the kernel has no vma_flags_t. */
    readonly vma_flags_t: string | null;
    /** Signed pages. */
    readonly vm_pgoff: number;
    /** The page's index in the VMA. */
    readonly page: number;
    /** Its `->mmap` still runs: nobody else can find it. */
    readonly open: boolean;
  } | null;
  /** The level of the entry that maps the page; `pte` where none does. */
  readonly level: LevelName;
  /** That entry; `pte.pfn` is the first frame that it maps. */
  readonly pte: PteView;
  /** The byte address of the first page that the entry maps, in hex. */
  readonly first: string;
  /** Named bits of this kind of entry (a page's, a swap entry's), set or not, in the header's order. */
  readonly bits: readonly BitView[];
  /** The hardware's own entry in hex where Linux keeps two. */
  readonly hw: string | null;
  /** The page's own frame, also inside of a huge entry. */
  readonly frame: FrameView | null;
  readonly holders: readonly Holder[];
  /** null when nothing is mapped, it is swapped out, there is no VMA, or no function of this kernel asks. */
  readonly path: DecisionPath | null;
  /** The answer in one line. */
  readonly verdict: string;
}

/** Explains page `vpn` in address space `mm`. Throws RangeError when there is no such mm. */
export function explainPte(options: KernelOptions, state: World | Kernel, mm: number, vpn: number): PteExplanation {
  const k = state instanceof Kernel ? state : openWorld(options, state);
  const space = k.mms.get(mm);
  if (space === undefined) throw new OutOfRange('api.mm', `no address space ${mm}`);
  const vma = k.vmaAt(mm, vpn);
  const entry = entryAt(k, space, vpn);
  const { level, first, raw } = entry;
  const pte = describeEntry(k, vma, first, level, raw);
  const path = pte.kind === 'present' && vma !== undefined ? entryPath(k, vma, first, level, raw) : null;
  const pfn = pte.pfn + (vpn - first);
  return {
    arch: k.arch.name,
    profile: k.profile.name,
    mm,
    vpn,
    address: hexAddress(k.arch, vpn),
    place: space.placeName(vpn) ?? null,
    vma:
      vma === undefined
        ? null
        : {
            start: hexAddress(k.arch, vma.vm_start),
            end: hexAddress(k.arch, vma.vm_end),
            pages: vma.pages,
            flags: flagNames(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi), k),
            vma_flags_t: vmaBitNames(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi), k),
            vm_pgoff: vma.vm_pgoff,
            page: vpn - vma.vm_start,
            open: k.opened.get(mm)?.vma === vma,
          },
    level: LEVEL_NAMES[level],
    pte,
    first: hexAddress(k.arch, first),
    bits: entryBits(k.arch, pte.kind, entry),
    hw: hardwareEntry(k, pte.kind, entry),
    frame: pte.kind === 'present' ? describeFrame(k, pfn) : null,
    holders: pte.kind === 'present' ? holdersOf(k, pfn) : [],
    path,
    verdict: verdictLine(k, pte, pfn, path, vma !== undefined),
  };
}

function hardwareEntry(k: Kernel, kind: PteView['kind'], { level, raw }: EntryAt): string | null {
  if (kind !== 'present' || level !== PTE || k.arch.hw_pte === undefined) return null;
  return (k.arch.hw_pte(raw) >>> 0).toString(16);
}

/** The named bits that an entry of a kind and level can have, with their values. */
export function entryBits(
  arch: Kernel['arch'],
  kind: PteView['kind'],
  { level, raw }: Pick<EntryAt, 'level' | 'raw'>,
): BitView[] {
  if (kind === 'none') return [];
  const value = pteValue(raw);
  const wanted = kind === 'swap' ? ['swap'] : level === PTE ? ['page'] : ['page', 'directory'];
  const all = layoutOf(arch, level).bits.filter((bits) => wanted.includes(bits.kind));
  return all.map((bits) => {
    const { name, meaning, mask } = bits;
    const own = namedValue(bits, all, value);
    return { name, meaning, mask: mask.toString(16), set: own.set, value: own.value.toString(16) };
  });
}

/** The layout of a level's entries. */
function layoutOf(arch: Kernel['arch'], level: Level): PteLayout {
  return level === PTE ? arch.layout : (codecOf(arch, level) as HugeCodec).layout;
}

function verdictLine(k: Kernel, pte: PteView, pfn: number, path: DecisionPath | null, hasVma: boolean): string {
  if (pte.kind === 'none') return hasVma ? 'nothing is mapped here' : 'nothing is mapped here, and no VMA covers it';
  if (pte.kind === 'swap') return `swapped out, slot ${pte.swap!.offset}`;
  const frame =
    pte.level === 'pte' ? pte.frame : `${frameLabel(k, pfn)}, by a ${pte.level.toUpperCase()} of ${pte.pages} pages`;
  if (path === null && hasVma) return `maps ${frame}: this kernel has no function that asks whether a PUD maps a page`;
  if (path === null) return `maps ${frame} outside of every VMA: it stays until the page table goes`;
  if (path.verdict === 'page') return `a normal page, ${frame}: ${path.text}`;
  const by = pte.level === 'pte' ? 'vm_normal_page()' : `vm_normal_page_${pte.level}()`;
  if (path.verdict === 'NULL') return `no page to ${by}: ${path.text}`;
  return `BUG: Bad page map: ${path.text}`;
}
