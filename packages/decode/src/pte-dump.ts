// SPDX-License-Identifier: GPL-2.0-or-later
/** The page tables of a process, as `specialbit record --ptes` writes them down, as a log of a process that has them. */
import { findProfile } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import type { LogEvent, LogHeader } from '@specialbit/events';
import {
  archOfMachine,
  Converter,
  type DumpedEntry,
  type Imported,
  type ImportOptions,
  isOfALog,
  type Line,
  Problems,
  type PteDump,
  parsePteDump,
  placeSnapshot,
} from '@specialbit/importers';
import { InputError } from '@specialbit/view';

/** Throws InputError. */
export function importPteDump(file: string, lines: readonly Line[], options: ImportOptions): Imported {
  const problems = new Problems(file);
  const dump = parsePteDump(lines, problems);
  if (dump.smaps.length === 0)
    throw new InputError('input.recording', `${file}: a dump of page tables without a mapping`);
  const name = options.arch?.name ?? archOfMachine(dump.machine) ?? 'x86_64';
  const arch = options.arch ?? options.architecture?.(name);
  const page = arch?.page.size ?? 4096;
  const uneven = dump.smaps.find(({ start, end }) => start % page !== 0 || end % page !== 0);
  if (uneven !== undefined)
    throw new InputError(
      'input.recording',
      `${file}:${uneven.line}: a mapping that is no number of pages of ${page} bytes, as ${name} has them: give --arch`,
    );
  const ram = dump.ram.map(([first, last]) => [Math.ceil(first / page), Math.floor((last + 1) / page)] as const);
  const { log } = new Converter({ page, ...(ram.length === 0 ? {} : { memory: { ram } }) });
  const version = /^\d+\.\d+/.exec(dump.release)?.[0];
  const own = version === undefined ? undefined : `linux-${version}`;
  const profile = options.profile ?? (own !== undefined && findProfile(own) !== undefined ? own : undefined);
  const state = { maps: dump.smaps, smaps: dump.smaps };
  const placed: LogEvent[] = placeSnapshot(state, 0, log.files, log.frames, page, {
    ...(profile === undefined ? {} : { profile }),
    ...(arch === undefined ? {} : { machine: arch }),
  });
  const ptes = dump.entries.filter(({ level }) => level === 'pte');
  const set = ptes.map(
    ({ addr, raw: value }): LogEvent => ({
      type: 'set_pte',
      mm: 0,
      at: { addr },
      raw: { arch: name, value },
      pages: 1,
      special: false,
      write: false,
    }),
  );
  const lineOf = new Map<LogEvent, number>(set.map((event, i) => [event, ptes[i]!.line]));
  const events = [...placed, ...set].filter(isOfALog);
  const unfit = placed.length + set.length - events.length;
  const machine = log.frames.machine(dump.zero_pfn);
  const highest = dump.highest_memmap_pfn ?? machine.highest_memmap_pfn;
  const header: LogHeader = {
    specialbit: 1,
    ...(options.title === undefined ? {} : { title: options.title }),
    arch: [name],
    ...(profile === undefined ? {} : { profile }),
    config: options.config ?? [],
    files: log.files.specs(),
    machine: { default: { ...machine, highest_memmap_pfn: highest, ...(ram.length === 0 ? {} : { ram }) } },
    chosen: remarksOf(dump, ptes.length),
  };
  const origins = events.map((event) => ({ line: lineOf.get(event) ?? 0, time: undefined, pid: dump.pid, ret: null }));
  const left = new Map(unfit === 0 ? [] : [['mappings with numbers that no log can have', unfit]]);
  const seen = new Map(dump.entries.map((entry) => [entry.addr, seenOf(dump, entry, arch)]));
  const none = { images: new Map(), checkpoints: [], followed: new Map() };
  return { header, events, origins, problems: [problems], left, ...none, records: dump.entries.length, seen };
}

function remarksOf({ pagemap, entries, missing, whole, zero_pfn }: PteDump, ptes: number): string[] {
  const known = new Set(entries.map(({ addr }) => addr / 4096));
  const unseen = [...pagemap.keys()].filter((vpn) => !known.has(vpn)).length;
  return [
    'what references and map counts of frames are: entries stand there as they were found, and count nothing',
    ...(zero_pfn === undefined ? ['the pfn of the zero page'] : []),
    ...(unseen === 0
      ? []
      : [
          `nothing for ${unseen} entries that pagemap alone has (swapped, or of a level above): their raw values were not seen`,
        ]),
    ...(ptes === entries.length ? [] : [`nothing for ${entries.length - ptes} entries of the PMD level`]),
    ...missing.map((what) => `nothing of what the dump had no means to see: no ${what}`),
    ...(whole ? [] : ['nothing behind its end: the dump is cut off']),
  ];
}

/** Names of kpageflags' bits (include/uapi/linux/kernel-page-flags.h). */
const FLAGS =
  'LOCKED ERROR REFERENCED UPTODATE DIRTY LRU ACTIVE SLAB WRITEBACK RECLAIM BUDDY MMAP ANON SWAPCACHE SWAPBACKED COMPOUND_HEAD COMPOUND_TAIL HUGE UNEVICTABLE HWPOISON NOPAGE KSM THP OFFLINE ZERO_PAGE IDLE PGTABLE'.split(
    ' ',
  );

/** What the kernel says of an entry. */
function seenOf(
  dump: PteDump,
  { addr, raw, level, normal, refcount, mapcount }: DumpedEntry,
  arch: Architecture | undefined,
): string[] {
  const asked = level === 'pte' ? 'vm_normal_page()' : 'vm_normal_page_pmd()';
  const lines = [
    `${asked} on Linux ${dump.release} itself: ${normal === undefined ? 'not seen' : normal ? 'a page' : 'NULL'}`,
  ];
  if (refcount !== undefined) lines.push(`that page: ${refcount} references, mapped ${mapcount ?? '?'} times`);
  const pfn = level === 'pte' && arch !== undefined ? pfnOf(arch, raw) : undefined;
  const frame = pfn === undefined ? undefined : dump.frames.get(pfn);
  if (pfn !== undefined && frame === undefined)
    lines.push(`frame 0x${pfn.toString(16)}: its counts were not looked up`);
  if (frame !== undefined) {
    const names = FLAGS.filter((_, bit) => ((frame.flags >> BigInt(bit)) & 1n) === 1n);
    lines.push(`frame 0x${pfn!.toString(16)}: kpagecount ${frame.count}, kpageflags ${names.join(' ') || 'none'}`);
  }
  const pm = dump.pagemap.get(Math.floor(addr / (arch?.page.size ?? 4096)));
  lines.push(
    pm === undefined
      ? 'pagemap: 0 (as it has it for all of a VM_PFNMAP mapping)'
      : `pagemap: ${[
          ...((pm >> 63n) & 1n ? ['present'] : []),
          ...((pm >> 62n) & 1n ? ['swapped'] : []),
          ...((pm >> 61n) & 1n ? ['file or shared'] : []),
          ...((pm >> 56n) & 1n ? ['mapped exclusively'] : []),
          ...((pm >> 55n) & 1n ? ['soft-dirty'] : []),
        ].join(', ')}`,
  );
  return lines;
}

function pfnOf(arch: Architecture, raw: string): number {
  const value = BigInt(`0x${raw}`);
  const pte = { lo: Number(value & 0xffffffffn) | 0, hi: Number(value >> 32n) | 0 };
  return arch.pte.pfn(pte);
}
