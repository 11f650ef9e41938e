// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the script of `specialbit record --ptes` writes down of a process: facts of the machine (`# specialbit: ...`), smaps,
 * entries as vm_normal_page() was asked about them (`sbp_pte`) with its answer (`sbv_pte`), pagemap, counts of frames.
 */
import type { Line } from '../lines.js';
import type { Problems } from '../problems.js';
import { field, hex } from '../trace/fields.js';
import { parseSmaps, type SmapsEntry } from './smaps.js';

export interface DumpedEntry {
  readonly line: number;
  /** Bytes. */
  readonly addr: number;
  readonly level: 'pte' | 'pmd';
  /** Hexadecimal, without 0x. */
  readonly raw: string;
  /** It was the walk for smaps that asked about it (smaps_pte_range). */
  asked?: boolean;
  /** vm_normal_page() gave a page; undefined: its answer is not in the dump. */
  normal?: boolean;
  /** `_refcount` of that page, and how many entries map it. */
  refcount?: number;
  mapcount?: number;
}

export interface PteDump {
  readonly pid: number;
  readonly release: string;
  /** `uname -m`. */
  readonly machine: string;
  /** Bytes of RAM, first and last. */
  readonly ram: readonly (readonly [number, number])[];
  readonly zero_pfn: number | undefined;
  readonly highest_memmap_pfn: number | undefined;
  readonly smaps: readonly SmapsEntry[];
  readonly entries: readonly DumpedEntry[];
  /** pagemap's value by virtual page number. */
  readonly pagemap: ReadonlyMap<number, bigint>;
  /** kpagecount and kpageflags by pfn. */
  readonly frames: ReadonlyMap<number, { readonly count: number; readonly flags: bigint }>;
  /** What the script could not read. */
  readonly missing: readonly string[];
  /** The script came to its end. */
  readonly whole: boolean;
}

/** The first line of a dump. */
export const PTE_DUMP = /^# specialbit: ptes (\d+)$/;

export function parsePteDump(lines: Iterable<Line>, problems: Problems): PteDump {
  const smaps: Line[] = [];
  const [ram, missing]: [[number, number][], string[]] = [[], []];
  const entries: DumpedEntry[] = [];
  const pagemap = new Map<number, bigint>();
  const frames = new Map<number, { count: number; flags: bigint }>();
  let [pid, release, machine, whole] = [0, '', '', false];
  let [zero_pfn, highest_memmap_pfn]: (number | undefined)[] = [];
  for (const { text, line } of lines) {
    const [word = '', ...rest] = text.replace(/^# specialbit: /, '').split(' ');
    if (text.startsWith('# specialbit: ')) {
      if (word === 'ptes') pid = Number(rest[0]);
      else if (word === 'kernel') [release = '', machine = ''] = rest;
      else if (word === 'no') missing.push(rest.join(' '));
      else if (word === 'end') whole = true;
      const [, first, last] = /^ram ([0-9a-f]+)-([0-9a-f]+) /.exec(text.slice('# specialbit: '.length)) ?? [];
      if (first !== undefined) ram.push([Number.parseInt(first, 16), Number.parseInt(last!, 16)]);
      problems.read++;
    } else if (/^sbp_p(?:te|md)$/.test(word)) {
      const [addr, raw] = [hex(field(text, 'addr')), field(text, 'raw')?.replace(/^0x/, '')];
      if (addr === undefined || raw === undefined || !/^[0-9a-f]{1,16}$/.test(raw)) {
        problems.add(line, `${word}: fields that are not understood`, text);
        continue;
      }
      zero_pfn ??= hex(field(text, 'zero_pfn') ?? field(text, 'zero_page_pfn'));
      highest_memmap_pfn ??= hex(field(text, 'highest_memmap_pfn'));
      entries.push({ line, addr, level: word === 'sbp_pte' ? 'pte' : 'pmd', raw });
      problems.read++;
    } else if (/^sbv_p(?:te|md)$/.test(word)) {
      // the answer to the question before
      const last = entries.at(-1);
      if (last !== undefined && last.asked === undefined) answer(last, text);
      problems.read++;
    } else if (word === 'pagemap' && /^\d+ [0-9a-f]{16}$/.test(rest.join(' '))) {
      pagemap.set(Number(rest[0]), BigInt(`0x${rest[1]}`));
      problems.read++;
    } else if (word === 'frame' && /^\d+ [0-9a-f]{16} [0-9a-f]{16}$/.test(rest.join(' '))) {
      frames.set(Number(rest[0]), { count: Number(`0x${rest[1]}`), flags: BigInt(`0x${rest[2]}`) });
      problems.read++;
    } else if (text.includes('LOST')) problems.add(line, 'the tracer lost events: BUFFER_KB gives it more', text);
    else smaps.push({ text, line });
  }
  const parsed = parseSmaps(smaps, problems);
  const facts = { pid, release, machine, ram, zero_pfn, highest_memmap_pfn };
  // faults of the reader itself go through vm_normal_page(), too
  return {
    ...facts,
    smaps: parsed,
    entries: once(entries.filter(({ asked }) => asked)),
    pagemap,
    frames,
    missing,
    whole,
  };
}

/** A VMA whose text did not fit the reader's buffer is gone through again (seq_read_iter in fs/seq_file.c). */
function once(entries: readonly DumpedEntry[]): DumpedEntry[] {
  return [...new Map(entries.map((entry) => [`${entry.level} ${entry.addr}`, entry])).values()];
}

function answer(entry: DumpedEntry, text: string): void {
  const page = hex(field(text, 'page'));
  entry.asked = field(text, 'caller')?.startsWith('smaps_') === true;
  if (page === undefined) return;
  entry.normal = page !== 0;
  if (page === 0) return;
  const [map, ref] = [Number(field(text, 'map')), Number(field(text, 'ref'))];
  if (Number.isInteger(map)) entry.mapcount = map + 1;
  if (Number.isInteger(ref)) entry.refcount = ref;
}
