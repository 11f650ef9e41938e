// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * One moment of one process: maps, smaps, the kernel's own VMAs (`vmas.jsonl`) and page table entries
 * (`pagemap.jsonl`), whichever of them are there.
 */
import { type FlagMachine, logVmFlags } from '@specialbit/events';
import type * as t from 'io-ts';
import type { Line } from '../lines.js';
import { Problems } from '../problems.js';
import {
  faultOf,
  type MmRecord,
  mmRecord,
  type PageRecord,
  packedRecord,
  pageRecord,
  type VmaRecord,
  vmaRecord,
} from './dump-records.js';
import { parseMaps } from './maps.js';
import type { MapsEntry } from './maps-entry.js';
import { parseSmaps, type SmapsEntry } from './smaps.js';

/** The mm_struct of a snapshot, addresses in bytes. */
export interface MmFields {
  readonly start_brk: number;
  readonly brk: number;
  readonly start_stack: number;
  readonly mmap_base: number;
}

/** A vm_area_struct. */
export interface VmaFields {
  readonly start: number;
  readonly end: number;
  /** Bits below 2^32. */
  readonly vm_flags: number;
  /** Bits from 2^32 on, divided by 2^32. */
  readonly high_flags: number;
  readonly pgoff: number;
  /** Name of its anon_vma within the snapshot; '' for none. */
  readonly anon_vma: string;
  /** VMAs it is chained to are of one family: root and parent are itself. */
  readonly anon_vma_is_root: boolean;
  readonly file: string;
}

/** A page table entry that is not empty. */
export interface PageEntry {
  readonly line: number;
  /** Virtual page number. */
  readonly vpn: number;
  /** What /proc/PID/pagemap says: `present`, `swapped`, `file_shared`, `exclusive` …; `huge`: PAGE_IS_HUGE of PAGEMAP_SCAN. */
  readonly pm: readonly string[];
  /** The entry exists, and pagemap reads 0 (VM_PFNMAP). */
  readonly pagemap_zero: boolean;
  readonly pfn: number | undefined;
  /** kpagecount: the map count. */
  readonly mapcount: number | undefined;
  /** struct page's _refcount. */
  readonly refcount: number | undefined;
  /** Page table level: 1 PTE, 2 PMD. */
  readonly level: number;
  /** The raw entry in hexadecimal. */
  readonly pte: string | undefined;
  readonly special: boolean;
  /** The page belongs to a folio of more than one page. */
  readonly large: boolean;
  /** Of such a page: the folio's first pfn and how many pages it has, where the dump says. */
  readonly folio?: { readonly head: number; readonly pages: number };
}

export interface Snapshot {
  readonly maps: readonly MapsEntry[];
  readonly smaps?: readonly SmapsEntry[];
  readonly mm?: MmFields;
  readonly vmas?: readonly VmaFields[];
  readonly pages?: readonly PageEntry[];
}

function mmFields({ start_brk = 0, brk = 0, start_stack = 0, mmap_base = 0 }: MmRecord): MmFields {
  return { start_brk, brk, start_stack, mmap_base };
}

/** Whose vm_flags a dump has: releases and machines number the upper ones differently. */
export interface FlagNumbering {
  /** `linux-6.12`, or the release itself; absent: the numbering of logs. */
  readonly profile?: string;
  readonly machine?: FlagMachine;
}

/** All of its vm_flags, as logs number them. */
export function wideFlags(
  { vm_flags, high_flags }: Pick<VmaFields, 'vm_flags' | 'high_flags'>,
  { profile, machine = { family: 'x86', bits: 64 } }: FlagNumbering = {},
): number {
  const version = /\d+(?:\.\d+)+/.exec(profile ?? '')?.[0];
  if (version === undefined) return (high_flags % 2 ** 12) * 2 ** 32 + vm_flags;
  return logVmFlags((BigInt(high_flags) << 32n) + BigInt(vm_flags), version, machine);
}

function vmaFields({ start, end, vm_flags, pgoff = 0, anon_vma: id = '', file = '', av }: VmaRecord): VmaFields {
  const flags = BigInt(`0x${vm_flags.replace(/^0x/i, '')}`);
  const anon_vma = id === '0' ? '' : id;
  return {
    start,
    end,
    vm_flags: Number(flags & 0xffffffffn),
    high_flags: Number(flags >> 32n),
    pgoff,
    anon_vma,
    anon_vma_is_root: av === undefined || av.root === anon_vma,
    file: file === '0' ? '' : file,
  };
}

function pageEntry(
  { va, pfn, pm = [], pagemap_zero, kc, lvl, pte, special = 0, sp }: PageRecord,
  line: number,
): PageEntry {
  return {
    line,
    vpn: va / 4096,
    pm,
    pagemap_zero: pagemap_zero !== undefined,
    pfn: pfn ?? undefined,
    mapcount: kc ?? undefined,
    refcount: sp?.ref ?? undefined,
    level: lvl ?? (pm.includes('huge') ? 2 : 1),
    pte,
    special: special !== 0 && special !== false,
    large: sp?.head !== undefined,
    ...(typeof sp?.head === 'number' && typeof sp.nr === 'number' ? { folio: { head: sp.head, pages: sp.nr } } : {}),
  };
}

/** The record of a line; what is none, and what is not as it must be, is counted. */
function recordOf<A>(codec: t.Type<A, unknown>, text: string, line: number, problems: Problems): A | undefined {
  const json = jsonOf(text);
  if (json === undefined) {
    if (text.trim() === '') problems.skipped++;
    else problems.add(line, 'no JSON object', text);
    return undefined;
  }
  const decoded = codec.decode(json);
  const fault = faultOf(decoded);
  if (fault !== undefined) problems.add(line, fault, text);
  return decoded._tag === 'Right' ? decoded.right : undefined;
}

function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // counted by who asked
  }
  return undefined;
}

/** VMAs ascend; a dump that begins again at the first one (its iterator was restarted) has nothing more to say. */
function follows(last: VmaFields | undefined, { start }: VmaRecord): boolean {
  return last === undefined || start >= last.end;
}

function ascending(vmas: readonly VmaRecord[]): VmaFields[] {
  const out: VmaFields[] = [];
  for (const vma of vmas) {
    if (!follows(out.at(-1), vma)) break;
    out.push(vmaFields(vma));
  }
  return out;
}

/** `vmas.jsonl`: the mm_struct, then its VMAs. */
export function parseVmas(lines: Iterable<Line>, problems: Problems): { mm?: MmFields; vmas: VmaFields[] } {
  let mm: MmFields | undefined;
  const vmas: VmaFields[] = [];
  let again = false;
  for (const { text, line } of lines) {
    if (again) {
      problems.skipped++;
      continue;
    }
    if (jsonOf(text)?.vm_flags === undefined) {
      const record = recordOf(mmRecord, text, line, problems);
      if (record === undefined) continue;
      mm = mmFields(record);
    } else {
      const vma = recordOf(vmaRecord, text, line, problems);
      if (vma === undefined) continue;
      if (vma.end <= vma.start) {
        problems.add(line, 'a VMA that ends before it begins', text);
        continue;
      }
      if (follows(vmas.at(-1), vma)) vmas.push(vmaFields(vma));
      else again = true;
    }
    problems.read++;
  }
  return mm === undefined ? { vmas } : { mm, vmas };
}

/** `pagemap.jsonl`: an entry a line. */
export function parsePagemap(lines: Iterable<Line>, problems: Problems): PageEntry[] {
  const pages: PageEntry[] = [];
  for (const { text, line } of lines) {
    const page = recordOf(pageRecord, text, line, problems);
    if (page === undefined) continue;
    problems.read++;
    pages.push(pageEntry(page, line));
  }
  return pages;
}

/** One line of `snapshots.jsonl`, which has everything of one process at one moment. */
export interface PackedSnapshot {
  readonly n: number;
  readonly label: string;
  readonly pid: number;
  readonly snapshot: Snapshot;
}

export function parsePacked(text: string, line: number, problems: Problems): PackedSnapshot | undefined {
  const record = recordOf(packedRecord, text, line, problems);
  if (record === undefined) return undefined;
  problems.read++;
  const { snap: n = 0, label = '', pid = 0, maps, smaps, mm, vmas, pages } = record;
  const inner = new Problems(problems.file);
  const linesOf = (value: string): Line[] => value.split('\n').map((part, i) => ({ text: part, line: i + 1 }));
  return {
    ...{ n, label, pid },
    snapshot: {
      maps: parseMaps(linesOf(maps), inner),
      ...(smaps == null ? {} : { smaps: parseSmaps(linesOf(smaps), inner) }),
      ...(mm == null ? {} : { mm: mmFields(mm) }),
      ...(vmas == null ? {} : { vmas: ascending(vmas) }),
      ...(pages == null ? {} : { pages: pages.map((page) => pageEntry(page, line)) }),
    },
  };
}
