// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the harness checks before it calls into the kernel (`would`): conditions under which the
 * kernel would BUG, or would touch what the laboratory must not touch. Same order as the harness.
 */
import { REASONS } from '@specialbit/core';
import {
  FRAME_RUNS,
  insert_mixed_precondition,
  insert_pages_precondition,
  insert_pfn_precondition,
  is_cow_mapping,
  type Kernel,
  PTE,
  range_none,
  type Vma,
  vmFlags,
} from '@specialbit/core/kernel';
import type { Op } from './format.js';
import { opNumber, opString, type PageLabels } from './script.js';

const { VM_PFNMAP, VM_MIXEDMAP } = vmFlags;

/** Frames of a kind; undefined for what is none, and for Z, of which there is one. */
function runLength(kind: string): number | undefined {
  return Object.hasOwn(FRAME_RUNS, kind) ? FRAME_RUNS[kind as keyof typeof FRAME_RUNS].count : undefined;
}

const MAX_PAGES = 16;
const MAX_PAGES_HUGE = 4096;
const PINS: ReadonlySet<string> = new Set(['pin', 'pin_fast', 'gup_fast_only']);
/** Calls that work on PTEs, and cannot meet a huge PMD. */
const PTE_HELPERS: ReadonlySet<string> = new Set(
  'insert_page insert_pages map_pages map_pages_zero insert_pfn insert_pfn_prot insert_mixed insert_mixed_mkwrite'.split(
    ' ',
  ),
);

interface FrameArg {
  readonly kind: string;
  readonly index: number;
  /** Within its block. */
  readonly page: number;
}

function frameArg(op: Op): FrameArg {
  const text = opString(op, 'frame');
  const index = Number.parseInt(text.slice(1), 10);
  const page = Number(/^[CNG]\d+\+(\d+)$/.exec(text)?.[1] ?? 0);
  return { kind: text[0] ?? '', index: Number.isNaN(index) ? 0 : index, page };
}

/** frame_pfn(): the first pfn of a run of `pages` frames, or undefined when the run leaves its kind. */
export function runPfn(k: Kernel, { kind, index, page }: FrameArg, pages: number): number | undefined {
  const block = k.machine.blocks.find(({ label }) => label === `${kind}${index}`);
  if (block !== undefined) return block.first + page + pages <= block.end ? block.first + page : undefined;
  if (kind === 'Z') return index === 0 && pages === 1 ? k.machine.zero_pfn : undefined;
  const count = runLength(kind);
  if (count === undefined || index < 0 || index + pages > count) return undefined;
  const first = k.machine.pfnOf(`${kind}0`);
  return first === undefined ? undefined : first + index;
}

function inRun(k: Kernel, kind: string, pfn: number, pages: number): boolean {
  if (kind === 'Z') return pfn === k.machine.zero_pfn && pages <= 1;
  const first = k.machine.pfnOf(`${kind}0`);
  const count = runLength(kind);
  return first !== undefined && count !== undefined && pfn >= first && pages <= count && pfn - first <= count - pages;
}

function hasPage(kind: string): boolean {
  return kind === 'P' || kind === 'R' || kind === 'Z' || kind === 'C' || kind === 'N';
}

function hasHolePte(k: Kernel, vma: Vma): boolean {
  const first = k.machine.pfnOf('H0');
  if (first === undefined) return false;
  const p = { lo: 0, hi: 0 };
  let found = false;
  vma.mm.pt.forEach(vma.vm_start, vma.vm_end, p, () => {
    if (!k.pte.present(p)) return;
    const pfn = k.pte.pfn(p);
    if (pfn >= first && pfn < first + 4) found = true;
  });
  return found;
}

/** A call on no VMA (or on the mm as a whole): what forbids it, or null. */
export function commandPrecondition(k: Kernel, op: Op, mmId: number, vpn: number, labels?: PageLabels): string | null {
  const pages = opNumber(op, 'n', 1) || 1;
  // huge pages need longer runs, but not those that take pages
  if (pages > (k.thp.on && !PINS.has(op.name) ? MAX_PAGES_HUGE : MAX_PAGES)) return 'range';
  const mm = k.mms.get(mmId)!;
  switch (op.name) {
    case 'unmap_range':
    case 'unpin':
    case 'split':
    case 'shrink':
    case 'peek':
    case 'poke':
    case 'pin':
      return null;
    case 'get':
    case 'put': {
      const arg = frameArg(op);
      const pfn = arg.kind === 'P' ? runPfn(k, arg, 1) : undefined;
      if (pfn === undefined) return 'frame-range';
      return op.name === 'put' && k.page_count(pfn) <= 0 ? 'refcount underflow' : null;
    }
    case 'pin_fast':
    case 'gup_fast_only':
      return fastGupWouldCrash(k, mmId, vpn, pages) ? 'fast-gup-guard' : null;
    case 'follow':
      return mm.vma_lookup(vpn) === undefined ? 'no-vma' : null;
    default: {
      const vma = mm.vma_lookup(vpn);
      if (vma === undefined) return 'no-vma';
      if (!isLabVma(vma) && op.name !== 'setpte' && op.name !== 'clrpte') return 'not-lab-vma';
      return vmaPrecondition(k, op, vma, vpn, labels);
    }
  }
}

function fastGupWouldCrash(k: Kernel, mmId: number, vpn: number, pages: number): boolean {
  if (!k.arch.facts.HAVE_GUP_FAST || !k.hasPteSpecial) return false;
  const p = { lo: 0, hi: 0 };
  let yes = false;
  const { pmd } = k.arch;
  k.mms.get(mmId)!.pt.forEachEntry(vpn, vpn + pages, p, (_, level) => {
    const codec = level === PTE ? k.pte : pmd!;
    if (codec.present(p) && !codec.special(p) && !k.machine.pfn_valid(codec.pfn(p))) yes = true;
  });
  return yes;
}

/** has_huge_pmd(): anywhere in the range. */
function hasHugePmd(vma: Vma, vpn: number, pages: number): boolean {
  for (let at = vpn; at < vpn + pages; at++) if (vma.mm.pt.isHuge(at)) return true;
  return false;
}

/** A driver's call on a VMA, from outside or inside `->mmap`. */
export function vmaPrecondition(k: Kernel, op: Op, vma: Vma, vpn: number, labels?: PageLabels): string | null {
  const n = opNumber(op, 'n', 1) || 1;
  const arg = frameArg(op);
  const cow = is_cow_mapping(vma.vm_flags);
  const inside = vpn >= vma.vm_start && vpn + n <= vma.vm_end;
  const whole = vpn === vma.vm_start && vpn + n === vma.vm_end;
  let pfn = 0;
  if (!['flags', 'setpgoff', 'zap', 'clrpte'].includes(op.name)) {
    const found =
      runPfn(k, arg, op.name === 'iomap' ? 1 : n) ?? (n === 1 ? labels?.(opString(op, 'frame')) : undefined);
    if (found === undefined) return 'frame-range';
    pfn = found;
  }
  if (PTE_HELPERS.has(op.name) && hasHugePmd(vma, vpn, n)) return 'BUG: pte helper over a huge pmd';
  const pfnmapOnly = (vma.vm_flags & VM_MIXEDMAP) === 0 && (vma.vm_flags & VM_PFNMAP) !== 0;
  switch (op.name) {
    case 'flags':
      return hasHolePte(k, vma) ? 'hole-guard' : null;
    case 'setpgoff':
      if (hasHolePte(k, vma)) return 'hole-guard';
      if (arg.kind !== '' && runPfn(k, arg, 1) === undefined) return 'frame-range';
      if (opNumber(op, 'self') !== 0 && !k.pte.present(k.peek(vma.mm, vpn))) return 'no-pte';
      return null;
    case 'remap':
    case 'ioremap':
      if (!inside) return 'range';
      if ((cow && !whole) || (vma.pfnmap_track_ctx && whole)) return null;
      return range_none(vma, vpn, n) ? null : 'BUG: remap over a used pte';
    case 'iomap': {
      const { vm_pgoff } = vma;
      if (vm_pgoff >= 0 && vm_pgoff <= n && vma.pages <= n - vm_pgoff) {
        if (!inRun(k, arg.kind, pfn + vm_pgoff, vma.pages)) return 'frame-range';
        if (!vma.pfnmap_track_ctx && !range_none(vma, vma.vm_start, vma.pages)) return 'BUG: remap over a used pte';
      }
      return null;
    }
    case 'insert_page':
      if (!hasPage(arg.kind)) return 'no-page';
      return pfnmapOnly ? 'BUG: insert_page on PFNMAP' : null;
    case 'insert_pages':
      if (!hasPage(arg.kind)) return 'no-page';
      return inside && insert_pages_precondition(k, vma) !== null ? 'BUG: insert_page on PFNMAP' : null;
    case 'map_pages':
    case 'map_pages_zero': {
      if (!hasPage(arg.kind)) return 'no-page';
      const off = op.name === 'map_pages' ? vma.vm_pgoff : 0;
      const reaches = off >= 0 && off < n && vma.pages <= n - off;
      return reaches && insert_pages_precondition(k, vma) !== null ? 'BUG: insert_page on PFNMAP' : null;
    }
    case 'insert_pfn':
    case 'insert_pfn_prot': {
      const bug = insert_pfn_precondition(k, vma, pfn);
      return bug === null ? null : `BUG: ${REASONS[bug].what}`;
    }
    case 'insert_mixed':
    case 'insert_mixed_mkwrite': {
      // the harness does not know of struct pages of devices (PFN_DEV|PFN_MAP)
      const bug = insert_mixed_precondition(k, vma, pfn, opNumber(op, 't') === 1 ? 'PFN_SPECIAL' : 'PFN_DEV');
      return bug === null ? null : `BUG: ${REASONS[bug].what}`;
    }
    case 'setpte':
      if (!inside) return 'range';
      if (arg.kind === 'H' && holeGuard(op, vma, cow)) return 'hole-guard';
      if (!range_none(vma, vpn, n)) return 'used pte';
      // a tail with refcount 0 must never be given up by zap
      if (arg.kind === 'N' && tailGuard(op, vma, cow)) return 'tail-guard';
      return null;
    case 'clrpte':
      if (!inside) return 'range';
      return opNumber(op, 'force') === 0 && holdsForeignPage(k, vma, vpn, n) ? 'clr-guard' : null;
    case 'insert_pfn_pmd':
      return pmdPrecondition(k, vma, vpn, pfn, opNumber(op, 't', 2) === 0);
    default:
      return null;
  }
}

/** What vmf_insert_pfn_pmd() would BUG on, and what does not fit into the VMA. */
function pmdPrecondition(k: Kernel, vma: Vma, vpn: number, pfn: number, devmap: boolean): string | null {
  const pages = k.arch.pmd?.pages ?? 1;
  const kind = vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP);
  if (kind === 0 && !devmap) return 'BUG: neither PFNMAP nor MIXEDMAP';
  if (kind === (VM_PFNMAP | VM_MIXEDMAP)) return 'BUG: both PFNMAP and MIXEDMAP';
  if (kind === VM_PFNMAP && is_cow_mapping(vma.vm_flags)) return 'BUG: PFNMAP is COW';
  if (pfn % pages !== 0) return 'unaligned';
  const first = vpn - (vpn % pages);
  if (first < vma.vm_start || first + pages > vma.vm_end) return 'range';
  return devmap && !k.arch.features.pte_devmap ? 'no devmap' : null;
}

/** An action of `->mmap_prepare`: the harness asks only whether there are such frames. */
export function actionPrecondition(k: Kernel, op: Op): string | null {
  const pages = opNumber(op, 'n', 1) || 1;
  if (pages > MAX_PAGES || runPfn(k, frameArg(op), pages) === undefined) return 'frame-range';
  return ACTIONS.has(op.name) ? null : 'bad-op';
}

const ACTIONS: ReadonlySet<string> = new Set(['remap', 'ioremap', 'iomap', 'insert_pages']);

/** A VMA of the laboratory's device, in either form. */
function isLabVma({ vm_file }: Vma): boolean {
  return vm_file?.name === 'dev' || vm_file?.name === 'prep';
}

/** vm_normal_page() would give the page out. */
function tailGuard(op: Op, vma: Vma, cow: boolean): boolean {
  const { vm_flags } = vma;
  const special = opNumber(op, 'special') !== 0;
  return (!special || (vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) === 0) && !((vm_flags & VM_PFNMAP) !== 0 && !cow);
}

/** Never let vm_normal_page() make up a struct page for a hole. */
function holeGuard(op: Op, vma: Vma, cow: boolean): boolean {
  if (opNumber(op, 'special') === 0) return true;
  return (vma.vm_flags & VM_MIXEDMAP) === 0 && !((vma.vm_flags & VM_PFNMAP) !== 0 && !cow);
}

function holdsForeignPage(k: Kernel, vma: Vma, vpn: number, n: number): boolean {
  const p = { lo: 0, hi: 0 };
  let yes = false;
  vma.mm.pt.forEach(vpn, vpn + n, p, () => {
    if (k.pte.present(p) && !k.machine.isLabelled(k.pte.pfn(p))) yes = true;
  });
  return yes;
}
