// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * vm_normal_page(), vm_normal_page_pmd() and vm_normal_page_pud() (mm/memory.c): does this entry map a page
 * that the memory manager may touch?
 *
 * The hot path and the explanation are one: `decide` returns a small code, and DECISIONS turns the
 * code into the questions that led there.
 */
import { kernelVmFlags } from '@specialbit/events';
import type { Pte } from '../../arch/contract.js';
import type { HugeCodec } from '../../arch/huge.js';
import { type HugeLevel, LEVEL_NAMES, type Level, PMD, PTE } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import { is_cow_mapping, VM_MIXEDMAP, VM_PFNMAP, vm_flags_wide } from '../../mm/vm-flags.js';
import { linear_page_index, type Vma } from '../../mm/vma.js';
import { hexAddress, hexLong, hexPte } from '../base/format.js';
import { framePfn } from '../base/frame-ref.js';
import type { Kernel } from '../base/kernel.js';
import { linear_anon_page_index } from '../base/page-index.js';
import type { MessageReason } from '../reason/message.js';

/** The ways through vm_normal_page(). `normal_*` answer the page, `bad_*` report, the others answer NULL. */
export enum Decision {
  /** Not special, pfn within the memory map. */
  normal = 0,
  /** VM_MIXEDMAP without the special bit: the frame has a struct page. */
  normal_mixedmap_valid = 1,
  /** find_special_page gave a page for a special PTE. */
  normal_find_special = 2,
  null_find_special = 3,
  null_special_vma = 4,
  null_special_zero = 5,
  null_special_devmap = 6,
  bad_special = 7,
  null_mixedmap_invalid = 8,
  null_mixedmap_zero = 9,
  null_pfnmap_linear = 10,
  null_pfnmap_not_cow = 11,
  null_zero = 12,
  bad_pfn = 13,
  /** vm_normal_page_pmd() before it was shared between the levels: a special PMD is none, in whatever VMA. */
  null_special_pmd = 14,
  null_special_huge_zero = 15,
  null_huge_zero = 16,
  /** There, a PMD of device memory with struct pages is none. */
  null_devmap = 17,
  /** There, a pfn beyond the memory map is not reported. */
  null_beyond_memmap = 18,
  /** Proposed, without the special bit: an anonymous folio in a COW VM_PFNMAP was copied there. */
  normal_cow_anon = 19,
  null_cow_invalid = 20,
  null_cow_not_anon = 21,
}

/** is_huge_zero_pfn() (include/linux/huge_mm.h): a page of the huge zero folio. */
export function is_huge_zero_pfn(k: Kernel, pfn: number): boolean {
  const { huge_zero_pfn } = k;
  return huge_zero_pfn >= 0 && pfn >= huge_zero_pfn && pfn < huge_zero_pfn + (k.arch.pmd?.pages ?? 0);
}

/** is_huge_zero_pmd() (include/linux/huge_mm.h): an entry that is not present maps nothing. */
export function is_huge_zero_pmd(k: Kernel, pmd: Pte): boolean {
  const codec = k.arch.pmd!;
  return is_huge_zero_pfn(k, codec.pfn(pmd)) && codec.present(pmd);
}

/** __vm_normal_page(), which entries of all levels share, knows the huge zero folio as well. */
function levels_know_huge_zero(k: Kernel, pfn: number): boolean {
  return k.huge_zero_pfn >= 0 && is_huge_zero_pfn(k, pfn) && k.feature.vm_normal_page_levels;
}

/** __vm_normal_page() trusts the special bit of a level. */
export function trusts_special(k: Kernel, level: Level): boolean {
  if (level === PTE) return k.hasPteSpecial;
  if (!k.feature.pmd_special_capability) return k.hasPteSpecial;
  return level === PMD ? k.arch.special.pmd : k.arch.special.pud;
}

/**
 * Ours: the kernel function that answers for entries of a level; null where this kernel has none (PUDs before
 * 6.18).
 */
export function decidingFunction(k: Kernel, level: Level): string | null {
  if (level === PTE) return 'vm_normal_page';
  if (level === PMD) return 'vm_normal_page_pmd';
  return k.feature.vm_normal_page_levels ? 'vm_normal_page_pud' : null;
}

/** Ours: `decide` for an entry of any level, given by its first page; null where no function of this kernel asks. */
export function decideEntry(k: Kernel, vma: Vma, vpn: number, level: Level, p: Pte): Decision | null {
  if (level === PTE) return decide(k, vma, vpn, p);
  const codec = codecOf(k.arch, level) as HugeCodec;
  if (k.feature.vm_normal_page_levels) return decide_level(k, vma, vpn, level, codec, p);
  return level === PMD ? decide_pmd(k, vma, vpn, codec, p) : null;
}

/** Ours: copied pages are told by their folio (`cow_pfnmap_by_anon`), which the proposal does without special bit only. */
export function tells_by_anon(k: Kernel): boolean {
  return k.feature.cow_pfnmap_by_anon && !k.hasPteSpecial;
}

/** What a VM_PFNMAP says of an entry without special bit; undefined where that is not all. */
function decide_pfnmap(k: Kernel, vma: Vma, vpn: number, pfn: number): Decision | undefined {
  if (tells_by_anon(k)) return is_cow_mapping(vma.vm_flags) ? cow_pfnmap(k, pfn) : Decision.null_pfnmap_not_cow;
  if (pfn === vma.vm_pgoff + (vpn - vma.vm_start)) return Decision.null_pfnmap_linear;
  return is_cow_mapping(vma.vm_flags) ? undefined : Decision.null_pfnmap_not_cow;
}

/** What has a struct page in a VM_MIXEDMAP, without special bit: from 6.18 on only up to highest_memmap_pfn. */
function decide_mixedmap_page(k: Kernel, pfn: number): Decision {
  const beyond = pfn > k.machine.highest_memmap_pfn && k.feature.vm_normal_page_levels;
  return beyond ? Decision.bad_pfn : Decision.normal_mixedmap_valid;
}

/**
 * vm_pfnmap_normal_page_pfn() as proposed, but for the VMA's flags: which way a frame of a COW VM_PFNMAP goes.
 * It asks folio_test_slab() as well; no frame of the model is a slab.
 */
function cow_pfnmap(k: Kernel, pfn: number): Decision {
  if (!k.machine.pfn_valid(pfn)) return Decision.null_cow_invalid;
  return k.test_anon(pfn) ? Decision.normal_cow_anon : Decision.null_cow_not_anon;
}

/**
 * vm_pfnmap_normal_page_pfn() as proposed, for who maps bare frames into a VM_PFNMAP: would the frame be taken for
 * one that was copied there? Never with the special bit.
 */
export function vm_pfnmap_normal_page_pfn(k: Kernel, vma: Vma, pfn: number): boolean {
  if (!tells_by_anon(k) || !is_cow_mapping(vma.vm_flags)) return false;
  return cow_pfnmap(k, pfn) === Decision.normal_cow_anon;
}

/** vm_normal_page_pmd() as a function of its own, until 6.17. */
function decide_pmd(k: Kernel, vma: Vma, vpn: number, codec: HugeCodec, p: Pte): Decision {
  const pfn = codec.pfn(p);
  const { vm_flags } = vma;
  if (codec.special(p)) return Decision.null_special_pmd;
  if ((vm_flags & VM_MIXEDMAP) !== 0) {
    return k.machine.pfn_valid(pfn) ? Decision.normal_mixedmap_valid : Decision.null_mixedmap_invalid;
  }
  if ((vm_flags & VM_PFNMAP) !== 0) {
    const decision = decide_pfnmap(k, vma, vpn, pfn);
    if (decision !== undefined) return decision;
  }
  if (codec.devmap(p)) return Decision.null_devmap;
  if (is_huge_zero_pfn(k, pfn)) return Decision.null_huge_zero;
  return pfn > k.machine.highest_memmap_pfn ? Decision.null_beyond_memmap : Decision.normal;
}

/** __vm_normal_page() of a PMD or PUD, from 6.18. */
function decide_level(k: Kernel, vma: Vma, vpn: number, level: HugeLevel, codec: HugeCodec, p: Pte): Decision {
  const pfn = codec.pfn(p);
  const { vm_flags } = vma;
  if (trusts_special(k, level)) {
    if (codec.special(p)) {
      if (has_find_special_page(k, vma)) {
        return find_special_page(k, vma, vpn) >= 0 ? Decision.normal_find_special : Decision.null_find_special;
      }
      if ((vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0) return Decision.null_special_vma;
      if (k.machine.is_zero_pfn(pfn)) return Decision.null_special_zero;
      return is_huge_zero_pfn(k, pfn) ? Decision.null_special_huge_zero : Decision.bad_special;
    }
  } else {
    if ((vm_flags & VM_MIXEDMAP) !== 0) {
      if (!k.machine.pfn_valid(pfn)) return Decision.null_mixedmap_invalid;
      if (k.machine.is_zero_pfn(pfn)) return Decision.null_mixedmap_zero;
      return is_huge_zero_pfn(k, pfn) ? Decision.null_huge_zero : decide_mixedmap_page(k, pfn);
    }
    if ((vm_flags & VM_PFNMAP) !== 0) {
      const decision = decide_pfnmap(k, vma, vpn, pfn);
      if (decision !== undefined) return decision;
    }
    if (k.machine.is_zero_pfn(pfn)) return Decision.null_zero;
    if (is_huge_zero_pfn(k, pfn)) return Decision.null_huge_zero;
  }
  return pfn > k.machine.highest_memmap_pfn ? Decision.bad_pfn : Decision.normal;
}

/** vm_normal_page() (mm/memory.c) without side effects: no message, no warning. */
export function decide(k: Kernel, vma: Vma, vpn: number, p: Pte): Decision {
  const vm_flags = vma.vm_flags;
  if (k.hasPteSpecial && k.pte.special(p)) {
    if (has_find_special_page(k, vma)) {
      return find_special_page(k, vma, vpn) >= 0 ? Decision.normal_find_special : Decision.null_find_special;
    }
    if ((vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0) return Decision.null_special_vma;
    if (k.machine.is_zero_pfn(k.pte.pfn(p))) return Decision.null_special_zero;
    if (levels_know_huge_zero(k, k.pte.pfn(p))) return Decision.null_special_huge_zero;
    if (k.pte.devmap(p)) return Decision.null_special_devmap;
    return Decision.bad_special;
  }
  const pfn = k.pte.pfn(p);
  if (!k.hasPteSpecial) {
    if ((vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0) {
      if ((vm_flags & VM_MIXEDMAP) !== 0) {
        if (!k.machine.pfn_valid(pfn)) return Decision.null_mixedmap_invalid;
        if (k.feature.mixedmap_zeropage_null && k.machine.is_zero_pfn(pfn)) return Decision.null_mixedmap_zero;
        if (levels_know_huge_zero(k, pfn)) return Decision.null_huge_zero;
        return decide_mixedmap_page(k, pfn);
      }
      const decision = decide_pfnmap(k, vma, vpn, pfn);
      if (decision !== undefined) return decision;
    }
    if (k.machine.is_zero_pfn(pfn)) return Decision.null_zero;
    if (levels_know_huge_zero(k, pfn)) return Decision.null_huge_zero;
  }
  return pfn > k.machine.highest_memmap_pfn ? Decision.bad_pfn : Decision.normal;
}

/**
 * Ours: vm_normal_page() answers NULL for a present PTE without a word, whatever page and frame it is about: by the
 * special bit and the VMA's flags. Asked of entries that are many, once for all that have the same bits.
 */
export function null_by_flags(k: Kernel, vma: Vma, p: Readonly<Pte>): boolean {
  const flags = vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP);
  if (k.hasPteSpecial) return flags !== 0 && k.pte.special(p) && !has_find_special_page(k, vma);
  return flags === VM_PFNMAP && !is_cow_mapping(vma.vm_flags);
}

/**
 * The pfn of the page, or -1 for NULL. Reports a bad page map where the kernel does.
 * In a hole of the memory map (a pfn below highest_memmap_pfn without struct page) the kernel makes
 * up a struct page: the caller that dereferences it is where it dies.
 */
export function vm_normal_page(k: Kernel, vma: Vma, vpn: number, p: Pte): number {
  const decision = decide(k, vma, vpn, p);
  switch (decision) {
    case Decision.normal:
    case Decision.normal_mixedmap_valid:
    case Decision.normal_cow_anon: {
      const pfn = k.pte.pfn(p);
      if (k.feature.mixedmap_zeropage_null && k.machine.is_zero_pfn(pfn)) k.warn_once('vm_normal_page_zero');
      return pfn;
    }
    case Decision.normal_find_special:
      return find_special_page(k, vma, vpn);
    case Decision.bad_special:
    case Decision.bad_pfn:
      print_bad_pte(k, vma, vpn, p, BAD[decision]);
      return -1;
    default:
      return -1;
  }
}

/** The driver has the hook, and the kernel asks it: CONFIG_FIND_NORMAL_PAGE where it is called find_normal_page. */
export function has_find_special_page(k: Kernel, vma: Vma): boolean {
  if (vma.vm_ops?.driver?.find_special_page === undefined) return false;
  return !k.feature.find_normal_page || k.profile.config.has('CONFIG_FIND_NORMAL_PAGE');
}

/** vma->vm_ops->find_special_page(): the driver's answer, or -1. */
function find_special_page(k: Kernel, vma: Vma, vpn: number): number {
  const frame = vma.vm_ops?.driver?.find_special_page;
  if (frame === undefined) return -1;
  const pfn = framePfn(k, frame, vpn - vma.vm_start);
  return pfn !== undefined && k.machine.pfn_valid(pfn) ? pfn : -1;
}

/** Ours: %08llx, and of the entry's own size since ptval_bytes_to_hex_str(). */
function entryText(k: Kernel, p: Readonly<Pte>): string {
  return hexPte(p).padStart(k.feature.bad_page_map_sizes ? k.arch.layout.pteBits / 4 : 8, '0');
}

/** Ours: the page index; both of them where an anonymous page there would have another one. */
function indexText(k: Kernel, vma: Vma, vpn: number): string {
  const file = linear_page_index(vma, vpn);
  const anon = linear_anon_page_index(k, vma, vpn);
  if (file === anon || !is_cow_mapping(vma.vm_flags)) return hexLong(k.arch, file);
  return `${hexLong(k.arch, file)} (file) ${hexLong(k.arch, anon)} (anon)`;
}

/** Ours: the way ends at the frame's own page. */
function isPage(decision: Decision | null): boolean {
  return (
    decision === Decision.normal || decision === Decision.normal_mixedmap_valid || decision === Decision.normal_cow_anon
  );
}

/** vm_normal_page_pmd(), vm_normal_page_pud(): the pfn, or -1; warns and reports as the kernel does. */
export function vm_normal_page_huge(k: Kernel, vma: Vma, first: number, level: HugeLevel, p: Pte): number {
  const decision = decideEntry(k, vma, first, level, p);
  if (decision === Decision.bad_special || decision === Decision.bad_pfn)
    print_bad_page_map(k, vma, first, level, p, BAD[decision]);
  if (decision === Decision.normal_find_special) return find_special_page(k, vma, first);
  if (!isPage(decision)) return -1;
  const pfn = codecOf(k.arch, level)!.pfn(p);
  if (k.feature.vm_normal_page_levels && is_huge_zero_pfn(k, pfn)) k.warn_once('vm_normal_page_huge_zero');
  return pfn;
}

/** Why an entry is reported. */
type BadPageMapReason = Extract<MessageReason, `bad_page_map_${string}`>;

const BAD = {
  [Decision.bad_special]: 'bad_page_map_special',
  [Decision.bad_pfn]: 'bad_page_map_pfn',
} as const satisfies Readonly<Partial<Record<Decision, BadPageMapReason>>>;

/** Ours: vm_flags as the report prints them (%08lx), numbered as this kernel does. */
function flagsText(k: Kernel, vma: Vma): string {
  const value = kernelVmFlags(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi), k.profile.version, k.arch);
  return value.toString(16).padStart(8, '0');
}

/** print_bad_page_map() (mm/memory.c) of an entry above the PTE level. */
export function print_bad_page_map(
  k: Kernel,
  vma: Vma,
  vpn: number,
  level: HugeLevel,
  p: Readonly<Pte>,
  reason: BadPageMapReason,
): void {
  const addr = hexAddress(k.arch, vpn).padStart(k.arch.bits / 4, '0');
  const flags = flagsText(k, vma);
  const raw = entryText(k, p);
  const index = indexText(k, vma, vpn);
  const text = `BUG: Bad page map ${LEVEL_NAMES[level]}:${raw} addr:${addr} vm_flags:${flags} index:${index}`;
  k.message({ kind: 'bad page map', reason, text });
}

/** print_bad_pte() (mm/memory.c): "BUG: Bad page map". With the struct page where its map count is wrong. */
export function print_bad_pte(k: Kernel, vma: Vma, vpn: number, p: Pte, reason: BadPageMapReason): void {
  const raw = entryText(k, p);
  const addr = hexAddress(k.arch, vpn).padStart(k.arch.bits / 4, '0');
  const flags = flagsText(k, vma);
  const index = indexText(k, vma, vpn);
  k.message({
    kind: 'bad page map',
    reason,
    text: `BUG: Bad page map pte:${raw}${reason === 'bad_page_map_count' ? ' page' : ''} addr:${addr} vm_flags:${flags} index:${index}`,
  });
}
