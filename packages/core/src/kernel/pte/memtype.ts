// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Reservations of memory types (arch/x86/mm/pat/memtype.c, memtype_interval.c): one physical range, one type.
 * Device memory has them in an interval tree; RAM keeps the type of the kernel's own mapping, write-back.
 */
import type { Pte } from '../../arch/contract.js';
import type { CacheMode } from '../../arch/layout.js';
import type { Memtype } from '../../machine/memtypes.js';
import { EBUSY, EINVAL } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import type { PatMessageReason } from '../reason/message.js';

/** cattr_name() (arch/x86/mm/pat/memtype.h). */
const CATTR_NAME: Readonly<Record<CacheMode, string>> = {
  WB: 'write-back',
  WC: 'write-combining',
  'UC-': 'uncached-minus',
  UC: 'uncached',
  WT: 'write-through',
  WP: 'write-protected',
};

/** ISA_START_ADDRESS, ISA_END_ADDRESS (arch/x86/include/asm/e820/api.h) as frames. */
const ISA_START = 0xa0;
const ISA_END = 0x100;

/** is_ISA_range() (x86_platform.is_untracked_pat_range). */
function is_untracked_pat_range(start: number, end: number): boolean {
  return start >= ISA_START && end <= ISA_END;
}

/** Ours: pr_info() of this file, without the process that it names. */
function say(k: Kernel, reason: PatMessageReason, text: string): void {
  k.message({ kind: 'memory type', reason, text: `x86/PAT: ${text}` });
}

/** Ours: `[mem 0x...-0x...]`, as %#010Lx prints it. */
function mem(k: Kernel, start: number, end: number): string {
  const shift = BigInt(k.arch.layout.pageShift);
  const hex = (address: bigint): string => `0x${address.toString(16).padStart(8, '0')}`;
  return `[mem ${hex(BigInt(start) << shift)}-${hex((BigInt(end) << shift) - 1n)}]`;
}

/** pat_pagerange_is_ram(): 1 for RAM, 0 for none of it, -1 for a part; the first MiB counts as none. */
function pat_pagerange_is_ram(k: Kernel, start: number, end: number): number {
  const first = Math.max(start, ISA_END);
  const ram = first < end ? k.machine.systemRam(first, end) : 0;
  if (ram === 0) return 0;
  return ram === end - first ? 1 : -1;
}

/** pat_x_mtrr_type(): write-back only where the MTRRs say so too. */
function pat_x_mtrr_type(k: Kernel, start: number, end: number, req_type: CacheMode): CacheMode {
  if (req_type === 'WB' && !k.machine.mtrr_writeback(start, end)) return 'UC-';
  return req_type;
}

/** is_new_memtype_allowed() (arch/x86/include/asm/pgtable.h). */
function is_new_memtype_allowed(start: number, end: number, pcm: CacheMode, new_pcm: CacheMode): boolean {
  if (is_untracked_pat_range(start, end)) return true;
  if (new_pcm === 'WB') return pcm !== 'UC-' && pcm !== 'WC' && pcm !== 'WT';
  return !(pcm === 'WT' && new_pcm === 'WC');
}

/** memtype_check_conflict(): the type that a range gets, given what overlaps it; null for a conflict among that. */
function memtype_check_conflict(k: Kernel, start: number, end: number, reqtype: CacheMode): CacheMode | null {
  let found: CacheMode | null = null;
  for (const { type } of k.memtypes.overlapping(start, end)) {
    if (found !== null && type !== found) {
      const shift = BigInt(k.arch.layout.pageShift);
      const [from, to] = [start, end].map((pfn) => (BigInt(pfn) << shift).toString(16));
      const types = `${CATTR_NAME[found]}<->${CATTR_NAME[type]}`;
      say(k, 'pat_conflict', `conflicting memory types ${from}-${to} ${types}`);
      return null;
    }
    found = type;
  }
  return found ?? reqtype;
}

/** memtype_reserve() of what is not RAM: the type that the range has now, or a negative errno. */
function memtype_reserve(k: Kernel, start: number, end: number, req_type: CacheMode): CacheMode | number {
  if (is_untracked_pat_range(start, end)) return 'WB';
  const actual_type = pat_x_mtrr_type(k, start, end, req_type);
  const type = memtype_check_conflict(k, start, end, actual_type);
  if (type === null) {
    const names = `track ${CATTR_NAME[actual_type]}, req ${CATTR_NAME[req_type]}`;
    say(k, 'pat_reserve_failed', `memtype_reserve failed ${mem(k, start, end)}, ${names}`);
    return k.fails('memtype_conflict', -EBUSY);
  }
  k.memtypes.insert({ start, end, type });
  return type;
}

/** memtype_match(): the reservation of just this range, or (while VMAs reserved in part, up to 6.15) one that it ends. */
function memtype_match(k: Kernel, start: number, end: number): Memtype | undefined {
  const found = k.memtypes.overlapping(start, end);
  const exact = found.find((entry) => entry.start === start && entry.end === end);
  if (exact !== undefined || k.feature.pfnmap_track_ctx) return exact;
  return found.find((entry) => entry.start < start && entry.end === end);
}

/** memtype_free(), memtype_erase(). */
function memtype_free(k: Kernel, start: number, end: number): void {
  if (is_untracked_pat_range(start, end)) return;
  const entry = memtype_match(k, start, end);
  if (entry === undefined) {
    say(k, 'pat_free_invalid', `freeing invalid memtype ${mem(k, start, end)}`);
    return;
  }
  k.memtypes.remove(entry);
  if (entry.start < start) k.memtypes.insert({ ...entry, end: start });
}

/** lookup_memtype(): the type of one frame. */
export function lookup_memtype(k: Kernel, pfn: number): CacheMode {
  if (is_untracked_pat_range(pfn, pfn + 1)) return 'WB';
  // reserve_ram_pages_type(): what set_memory_wc() and the like made of it; UC is UC- there
  if (pat_pagerange_is_ram(k, pfn, pfn + 1) !== 0) {
    const type = k.machine.memtype(pfn).toUpperCase() as CacheMode;
    return type === 'UC' ? 'UC-' : type;
  }
  return k.memtypes.overlapping(pfn, pfn + 1)[0]?.type ?? 'UC-';
}

/**
 * reserve_pfn_range(): 0 or a negative errno; `prot` gets the type that the range has. `strict`: another type
 * than the one of `prot` is an error.
 */
export function reserve_pfn_range(k: Kernel, pfn: number, pages: number, prot: Pte, strict: boolean): number {
  const end = pfn + pages;
  const want_pcm = k.pte.cachemode(prot);
  if (pat_pagerange_is_ram(k, pfn, end) !== 0) {
    const pcm = lookup_memtype(k, pfn);
    if (want_pcm !== pcm) {
      const names = `req ${CATTR_NAME[want_pcm]} for ${mem(k, pfn, end)}, got ${CATTR_NAME[pcm]}`;
      say(k, 'pat_ram_type', `map pfn RAM range ${names}`);
      k.pte.set_cachemode(prot, pcm);
    }
    return 0;
  }
  const pcm = memtype_reserve(k, pfn, end, want_pcm);
  if (typeof pcm === 'number') return pcm;
  if (pcm === want_pcm) return 0;
  if (strict || !is_new_memtype_allowed(pfn, end, want_pcm, pcm)) {
    memtype_free(k, pfn, end);
    const names = `${CATTR_NAME[want_pcm]} for ${mem(k, pfn, end)}, got ${CATTR_NAME[pcm]}`;
    say(k, 'pat_type_refused', `map pfn expected mapping type ${names}`);
    return k.fails('memtype_refused', -EINVAL);
  }
  k.pte.set_cachemode(prot, pcm);
  return 0;
}

/** free_pfn_range(): RAM has nothing to give back. */
export function free_pfn_range(k: Kernel, pfn: number, pages: number): void {
  if (k.pat_enabled && pat_pagerange_is_ram(k, pfn, pfn + pages) === 0) memtype_free(k, pfn, pfn + pages);
}

/** pfnmap_setup_cachemode(), track_pfn_remap() of a part: `prot` gets the type of the frames, which have to agree. */
export function pfnmap_setup_cachemode(k: Kernel, pfn: number, pages: number, prot: Pte): number {
  if (!k.pat_enabled) return 0;
  const pcm = lookup_memtype(k, pfn);
  for (let i = 1; i < pages; i++) {
    if (lookup_memtype(k, pfn + i) !== pcm) return k.fails('memtype_mixed', -EINVAL);
  }
  k.pte.set_cachemode(prot, pcm);
  return 0;
}

/** track_pfn_insert(), pfnmap_setup_cachemode_pfn(): the protection of one entry. Costs nothing without a PAT. */
export function track_pfn_insert(k: Kernel, prot: Readonly<Pte>, pfn: number): Readonly<Pte> {
  if (!k.pat_enabled) return prot;
  const typed = { lo: prot.lo, hi: prot.hi };
  k.pte.set_cachemode(typed, lookup_memtype(k, pfn));
  return typed;
}

/** Ours: what the kernel's own mappings of device memory (memtype_reserve_io) have reserved when the log begins. */
export function reserve_memtypes(k: Kernel): void {
  if (!k.pat_enabled) return;
  for (const [type, start, end] of k.machine.memtypes) {
    if (pat_pagerange_is_ram(k, start, end) !== 0 || is_untracked_pat_range(start, end)) continue;
    const mode = pat_x_mtrr_type(k, start, end, type.toUpperCase() as CacheMode);
    k.memtypes.insert({ start, end, type: k.memtypes.overlapping(start, end)[0]?.type ?? mode });
  }
}
