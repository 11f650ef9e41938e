// SPDX-License-Identifier: GPL-2.0-or-later
/** Page table entries as tools list them: crash, gdb, the kernel's own oops, QEMU, KVM's trace events, ptdump. */
import { lookup } from '@specialbit/events';
import type { Line } from '../lines.js';
import { stripPrefixes } from '../paste/prefixes.js';
import type { Problems } from '../problems.js';
import type { EntryLevel } from '../report/report.js';
import type { Machine } from '../report/signs.js';

/** One entry with its value. */
export interface ListedEntry {
  readonly kind: 'entry';
  readonly line: number;
  readonly level: EntryLevel;
  /** Hexadecimal digits. */
  readonly value: string;
  /** Address that it maps, where the line says it. */
  readonly addr?: string;
}

/** A range that someone took apart already: its rights are known, its software bits are not. */
export interface ListedRange {
  readonly kind: 'range';
  readonly line: number;
  readonly start: string;
  readonly end: string;
  /** Where it is mapped to, where the line says it. */
  readonly physical?: string;
  readonly level?: string;
  /** As printed. */
  readonly flags: readonly string[];
  /** The marker above it: `User Space`. */
  readonly section?: string;
}

/** An entry of a table of KVM's own (EPT, NPT, shadow): no entry of Linux. */
export interface ListedSpte {
  readonly kind: 'spte';
  readonly line: number;
  readonly gfn: string;
  readonly value: string;
  readonly level: number;
  readonly old?: string;
}

export type Listed = ListedEntry | ListedRange | ListedSpte;

export interface Listing {
  /** Who lists so. */
  readonly tool: string;
  /** The architecture whose tool it is, where only one prints so. */
  readonly machine?: Machine;
  readonly entries: readonly Listed[];
}

const LEVELS: Readonly<Record<string, EntryLevel>> = lookup({
  pgd: 'pgd',
  pml5: 'pgd',
  pml5e: 'pgd',
  p4d: 'p4d',
  pml4: 'pgd',
  pml4e: 'pgd',
  pud: 'pud',
  pdpt: 'pud',
  pdpte: 'pud',
  pdp: 'pud',
  pmd: 'pmd',
  pd: 'pmd',
  pde: 'pmd',
  pte: 'pte',
  pt: 'pte',
});
const NAMES = 'PGD|P4D|PUD|PMD|PTE|PML[45]E?|PDPT?E?|PDE?';
/** crash: `   PTE: 108123008 => 8000000012345227`. */
const VTOP = new RegExp(String.raw`^\s*(${NAMES}):\s*(?:0x)?[0-9a-f]+\s*=>\s*(?:0x)?([0-9a-f]+)`, 'i');
/** x86's oops: `PGD 105f2d067 P4D 105f2d067 PUD .. PMD .. PTE 8000000012345227`. */
const OOPS = /^(?:PGD|PML4) [0-9a-f]+(?: (?:P4D|PUD|PMD|PTE) [0-9a-f]+)*/;
/** arm64, riscv, arm: `[00007f0000001000] pgd=.., p4d=.., pud=.., pmd=.., pte=..`, `*pgd=..`. */
const SHOW_PTE = /^\[([0-9a-f]{8,16})\] \*?pgd=[0-9a-f]+/;
/** gdb-pt-dump -walk and the like: `PML4E[0xff] = 0x..`, `pte @ 0x..: 0x..`. */
const WALK = new RegExp(
  String.raw`^\W*(${NAMES})\b(?:\[[^\]]*\]|\s*@\s*(?:0x)?[0-9a-f]+)?\s*(?::|=|->)\s*0x([0-9a-f]{1,16})\b`,
  'i',
);
/** QEMU, info tlb: `00007f0000001000: 0000000012345000 XG-DACTUW`. */
const INFO_TLB = /^([0-9a-f]{8,16}): ([0-9a-f]{8,16}) ([XGPDACTUW-]{7,9})$/;
/** QEMU, info mem: `0000000000400000-0000000000401000 0000000000001000 ur-`. */
const INFO_MEM = /^([0-9a-f]{8,16})-([0-9a-f]{8,16}) ([0-9a-f]{8,16}) ([u-][r-][w-])$/;
/** gdb-pt-dump and pwndbg, pt: `0x555555554000 : 0x2000 | W:0 X:0 S:0 UC:0 WB:1`. */
const PT = /^\s*0x([0-9a-f]+)\s*:\s*0x([0-9a-f]+)\s*\|\s*(.*\b[WX]:[01]\b.*)$/;
/** ptdump: `0xffff888000000000-0xffff888000200000  2M  RW  PSE  GLB NX pmd`. */
const PTDUMP = /^\s*0x([0-9a-f]{8,16})-0x([0-9a-f]{8,16})\s+(?:0x([0-9a-f]+)\s+)?(\d+[KMGTPE])\s*(.*)$/;
const SECTION = /^---\[ (.*) \]---$/;
/** KVM: `kvm_mmu_set_spte: gfn 12345 spte 600000012345b77 (rwxu) level 1 at ..`. */
const SPTE = /kvm_mmu_set_spte: gfn (?:0x)?([0-9a-f]+) spte (?:0x)?([0-9a-f]+) .*?level (\d)/;
const SPTE_CHANGED =
  /kvm_tdp_mmu_spte_changed: as id \d+ gfn (?:0x)?([0-9a-f]+) level (\d) old_spte (?:0x)?([0-9a-f]+) new_spte (?:0x)?([0-9a-f]+)/;
interface Found {
  readonly tool: string;
  readonly machine?: Machine;
  readonly entries: readonly Listed[];
}

function lineOf(text: string, line: number, section: string | undefined): Found | undefined {
  const vtop = VTOP.exec(text);
  if (vtop !== null) return { tool: 'vtop of crash', entries: [entry(line, vtop[1]!, vtop[2]!)] };
  if (OOPS.test(text)) {
    const pairs = [...text.matchAll(/\b(PGD|PML4|P4D|PUD|PMD|PTE) ([0-9a-f]+)/g)];
    return {
      tool: 'an oops of x86',
      machine: 'x86_64',
      entries: pairs.map(([, name, value]) => entry(line, name!, value!)),
    };
  }
  const shown = SHOW_PTE.exec(text);
  if (shown !== null) {
    const pairs = [...text.matchAll(/\*?\b(pgd|p4d|pud|pmd|pte)=([0-9a-f]+)/g)];
    return {
      tool: 'an oops',
      entries: pairs.map(([, name, value]) => ({ ...entry(line, name!, value!), addr: shown[1]! })),
    };
  }
  const spte = SPTE.exec(text);
  if (spte !== null)
    return {
      tool: "KVM's trace",
      entries: [{ kind: 'spte', line, gfn: spte[1]!, value: spte[2]!, level: Number(spte[3]) }],
    };
  const changed = SPTE_CHANGED.exec(text);
  if (changed !== null)
    return {
      tool: "KVM's trace",
      entries: [
        { kind: 'spte', line, gfn: changed[1]!, level: Number(changed[2]), old: changed[3]!, value: changed[4]! },
      ],
    };
  return rangeOf(text, line, section) ?? walkOf(text, line);
}

function walkOf(text: string, line: number): Found | undefined {
  const walk = WALK.exec(text);
  return walk === null ? undefined : { tool: 'a page walk of gdb', entries: [entry(line, walk[1]!, walk[2]!)] };
}

function rangeOf(text: string, line: number, section: string | undefined): Found | undefined {
  const tlb = INFO_TLB.exec(text);
  if (tlb !== null) {
    const flags = [...tlb[3]!].filter((letter) => letter !== '-').map((letter) => TLB_LETTERS[letter] ?? letter);
    return {
      tool: 'info tlb of QEMU',
      machine: 'x86_64',
      entries: [{ kind: 'range', line, start: tlb[1]!, end: tlb[1]!, physical: tlb[2]!, flags }],
    };
  }
  const mem = INFO_MEM.exec(text);
  if (mem !== null) {
    const flags = [...mem[4]!].filter((letter) => letter !== '-').map((letter) => MEM_LETTERS[letter] ?? letter);
    return { tool: 'info mem of QEMU', entries: [{ kind: 'range', line, start: mem[1]!, end: mem[2]!, flags }] };
  }
  const pt = PT.exec(text);
  if (pt !== null) {
    const end = (BigInt(`0x${pt[1]}`) + BigInt(`0x${pt[2]}`)).toString(16);
    const flags = [...pt[3]!.matchAll(/\b([A-Z]+):1\b/g)].map(([, name]) => PT_LETTERS[name!] ?? name!);
    return { tool: 'pt of gdb-pt-dump', entries: [{ kind: 'range', line, start: pt[1]!, end, flags }] };
  }
  const dump = PTDUMP.exec(text);
  if (dump === null) return undefined;
  const words = dump[5]!.split(/\s+/).filter((word) => word !== '' && word !== '.');
  const level = words.find((word) => /^(?:pgd|p4d|pud|pmd|pte)$/i.test(word))?.toLowerCase();
  return {
    tool: 'ptdump (debugfs: page_tables)',
    entries: [
      {
        kind: 'range',
        line,
        start: dump[1]!,
        end: dump[2]!,
        flags: words.filter((word) => word.toLowerCase() !== level),
        ...(dump[3] === undefined ? {} : { physical: dump[3] }),
        ...(level === undefined ? {} : { level }),
        ...(section === undefined ? {} : { section }),
      },
    ],
  };
}

/** target/i386/monitor.c: print_pte. */
const TLB_LETTERS: Readonly<Record<string, string>> = lookup({
  X: 'NX',
  G: 'global',
  P: 'huge (PSE)',
  D: 'dirty',
  A: 'accessed',
  C: 'cache disable',
  T: 'write-through',
  U: 'user',
  W: 'writable',
});
const MEM_LETTERS: Readonly<Record<string, string>> = lookup({ u: 'user', r: 'readable', w: 'writable' });
const PT_LETTERS: Readonly<Record<string, string>> = lookup({
  W: 'writable',
  X: 'executable',
  S: 'supervisor',
  UC: 'uncached',
  WB: 'write-back',
});

function entry(line: number, name: string, value: string): ListedEntry {
  return { kind: 'entry', line, level: LEVELS[name.toLowerCase()] ?? 'pte', value: value.toLowerCase() };
}

/** The entries of a text; undefined where it lists none. */
export function readListing(lines: readonly Line[], problems: Problems): Listing | undefined {
  const entries: Listed[] = [];
  let tool: string | undefined;
  let machine: Machine | undefined;
  let section: string | undefined;
  for (const { text, line } of lines) {
    const own = stripPrefixes(text).text;
    const marker = SECTION.exec(own.trim());
    if (marker !== null) section = marker[1];
    const found = marker === null ? (lineOf(own, line, section) ?? lineOf(own.trim(), line, section)) : undefined;
    if (found === undefined) {
      problems.skipped++;
      // names of bits that only one architecture has
      if (/\(PRESENT\|.*\b(?:NX|RW)\b/.test(own)) machine ??= 'x86_64';
      continue;
    }
    tool ??= found.tool;
    machine ??= found.machine;
    entries.push(...found.entries);
    problems.read++;
  }
  if (tool === undefined) return undefined;
  return { tool, entries, ...(machine === undefined ? {} : { machine }) };
}
