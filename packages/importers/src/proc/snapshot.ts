// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * One moment of one process: maps, smaps, the kernel's own VMAs (`vmas.jsonl`) and page table entries
 * (`pagemap.jsonl`), whichever of them are there.
 */
import { type FlagMachine, logVmFlags } from '@specialbit/events';
import type { Line } from '../lines.js';
import { Problems } from '../problems.js';
import { parseMaps } from './maps.js';
import type { MapsEntry } from './maps-entry.js';
import { parseSmaps, type SmapsEntry } from './smaps.js';

const hex = (value: unknown): number => (typeof value === 'string' ? Number.parseInt(value, 16) : Number(value ?? 0));

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

type Json = Readonly<Record<string, unknown>>;

export function mmFields(json: Json): MmFields {
  return {
    start_brk: hex(json.start_brk),
    brk: hex(json.brk),
    start_stack: hex(json.start_stack),
    mmap_base: hex(json.mmap_base),
  };
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

export function vmaFields(json: Json): VmaFields {
  const flags = BigInt(`0x${String(json.vm_flags)}`);
  const id = json.anon_vma === '0' ? '' : String(json.anon_vma ?? '');
  const av = json.av as Json | undefined;
  return {
    start: hex(json.start),
    end: hex(json.end),
    vm_flags: Number(flags & 0xffffffffn),
    high_flags: Number(flags >> 32n),
    pgoff: hex(json.pgoff),
    anon_vma: id,
    anon_vma_is_root: av === undefined || av.root === id,
    file: json.file === '0' ? '' : String(json.file ?? ''),
  };
}

export function pageEntry(json: Json, line: number): PageEntry {
  const sp = json.sp as Json | undefined;
  return {
    line,
    vpn: hex(json.va) / 4096,
    pm: (json.pm as string[] | undefined) ?? [],
    pagemap_zero: json.pagemap_zero !== undefined,
    pfn: typeof json.pfn === 'number' ? json.pfn : undefined,
    mapcount: typeof json.kc === 'number' ? json.kc : undefined,
    refcount: typeof sp?.ref === 'number' ? sp.ref : undefined,
    level:
      typeof json.lvl === 'number' ? json.lvl : (json.pm as string[] | undefined)?.includes('huge') === true ? 2 : 1,
    pte: typeof json.pte === 'string' ? json.pte : undefined,
    special: json.special !== undefined && json.special !== 0 && json.special !== false,
    large: sp?.head !== undefined,
    ...(typeof sp?.head === 'number' && typeof sp.nr === 'number' ? { folio: { head: sp.head, pages: sp.nr } } : {}),
  };
}

function jsonLine(text: string, line: number, problems: Problems): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch {
    // counted below
  }
  if (text.trim() === '') problems.skipped++;
  else problems.add(line, 'no JSON object', text);
  return undefined;
}

/** VMAs ascend; a dump that begins again at the first one (its iterator was restarted) has nothing more to say. */
function follows(last: VmaFields | undefined, json: Json): boolean {
  return last === undefined || hex(json.start) >= last.end;
}

function ascending(vmas: readonly Json[]): VmaFields[] {
  const out: VmaFields[] = [];
  for (const json of vmas) {
    if (!follows(out.at(-1), json)) break;
    out.push(vmaFields(json));
  }
  return out;
}

/** `vmas.jsonl`: the mm_struct, then its VMAs. */
export function parseVmas(lines: Iterable<Line>, problems: Problems): { mm?: MmFields; vmas: VmaFields[] } {
  let mm: MmFields | undefined;
  const vmas: VmaFields[] = [];
  let again = false;
  for (const { text, line } of lines) {
    const json = again ? undefined : jsonLine(text, line, problems);
    if (json === undefined) {
      if (again) problems.skipped++;
      continue;
    }
    if (json.vm_flags === undefined) mm = mmFields(json);
    else if (!/^[0-9a-f]+$/i.test(String(json.vm_flags))) {
      problems.add(line, 'vm_flags that are no hexadecimal number', text);
      continue;
    } else if (follows(vmas.at(-1), json)) vmas.push(vmaFields(json));
    else again = true;
    problems.read++;
  }
  return mm === undefined ? { vmas } : { mm, vmas };
}

/** `pagemap.jsonl`: an entry a line. */
export function parsePagemap(lines: Iterable<Line>, problems: Problems): PageEntry[] {
  const pages: PageEntry[] = [];
  for (const { text, line } of lines) {
    const json = jsonLine(text, line, problems);
    if (json === undefined) continue;
    if (json.va === undefined) {
      problems.add(line, 'an entry without an address', text);
      continue;
    }
    problems.read++;
    pages.push(pageEntry(json, line));
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
  const json = jsonLine(text, line, problems);
  if (json === undefined) return undefined;
  if (typeof json.maps !== 'string') {
    problems.add(line, 'a snapshot without maps', text);
    return undefined;
  }
  problems.read++;
  const inner = new Problems(problems.file);
  const linesOf = (value: unknown): Line[] =>
    String(value)
      .split('\n')
      .map((part, i) => ({ text: part, line: i + 1 }));
  return {
    n: Number(json.snap ?? 0),
    label: String(json.label ?? ''),
    pid: Number(json.pid ?? 0),
    snapshot: {
      maps: parseMaps(linesOf(json.maps), inner),
      ...(typeof json.smaps === 'string' ? { smaps: parseSmaps(linesOf(json.smaps), inner) } : {}),
      ...(json.mm === undefined ? {} : { mm: mmFields(json.mm as Json) }),
      ...(Array.isArray(json.vmas) ? { vmas: ascending(json.vmas as Json[]) } : {}),
      ...(Array.isArray(json.pages) ? { pages: (json.pages as Json[]).map((page) => pageEntry(page, line)) } : {}),
    },
  };
}
