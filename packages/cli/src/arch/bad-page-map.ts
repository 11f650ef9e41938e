// SPDX-License-Identifier: GPL-2.0-or-later
/** Which branch of vm_normal_page() made a report, and what other architectures would have done. */

import type { DecisionPath } from '@specialbit/core';
import { DEFAULT_PROFILE } from '@specialbit/core';
import { type Architecture, type Pte, readPte } from '@specialbit/core/arch';
import { formatVmFlags } from '@specialbit/events';
import { table, wrap } from '@specialbit/view';
import { architectures } from '../architectures.js';
import type { Terminal } from '../terminal.js';
import type { BadPageReport } from './bad-page-report.js';
import { decodeEntry, entryLines, parseHex } from './decode.js';
import { judge } from './mapped-frame.js';

export interface BadPageOptions {
  readonly json: boolean;
  /** highest_memmap_pfn of the machine, where it is known. */
  readonly highest: number | undefined;
}

/** A way in which the report can have come about. */
interface Origin {
  /** The frame has a struct page. */
  readonly valid: boolean;
  readonly path: DecisionPath;
}

interface Elsewhere {
  readonly verdict: string;
  readonly decision: string;
  readonly text: string;
  readonly unmapping: string;
  readonly archs: string[];
}

export async function explainBadPageMap(
  arch: Architecture,
  report: BadPageReport,
  options: BadPageOptions,
  terminal: Terminal,
): Promise<void> {
  const p = readPte(parseHex(report.pte, arch.layout.pteBits));
  const entry = decodeEntry(arch, p);
  const present = entry.kind === 'page';
  const origins = present ? originsOf(arch, report, p, options) : [];
  const branch = branchText(arch, report, present, origins);
  const others = present ? elsewhere(arch, report, p, classes(origins, report, p, arch, options)) : [];
  if (options.json) {
    const result = { report, entry, branch, origins, elsewhere: others };
    await terminal.out(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const { color } = terminal;
  const lines = [
    ...entryLines(entry, terminal),
    '',
    ...table(
      [
        ['vm_flags', formatVmFlags(report.vm_flags >>> 0) || 'none'],
        ['addr', report.addr === undefined ? 'not in the report' : `0x${report.addr}`],
        ['index', report.index === undefined ? 'not in the report' : linearText(arch, report, p)],
        ...(report.pmd === undefined ? [] : [['pmd', pmdText(arch, report.pmd)]]),
      ],
      { wrapLast: true },
    ),
    '',
    color.bold('where it came from'),
    ...branch.flatMap((text) => wrap(text, 76).map((line) => `  ${line}`)),
    ...origins.slice(0, 1).flatMap(({ path }) => pathLines(path)),
  ];
  for (const { valid, groups } of others) {
    lines.push('', color.bold(`the same entry elsewhere, if the frame has ${valid ? 'a' : 'no'} struct page`));
    for (const group of groups) {
      lines.push(`  ${group.verdict} (${group.text}); unmapping: ${group.unmapping}`);
      lines.push(...wrap(group.archs.join(', '), 74).map((line) => `    ${line}`));
    }
  }
  await terminal.out(`${lines.flatMap((line) => (line.length > 100 ? wrapIndented(line) : [line])).join('\n')}\n`);
}

function wrapIndented(line: string): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return wrap(line, 78 - indent.length - 2).map((part, i) => (i === 0 ? indent : `${indent}  `) + part);
}

/** The report does not tell the memory map and the zero page: there the answers are read off it, not off numbers. */
const FROM_REPORT: Readonly<Record<string, string>> = {
  special_zero: 'it would not have been reported',
  zero: 'it would not have been reported',
  mixedmap_zero: 'it would not have been reported',
  special_devmap: 'by the entry itself',
  mixedmap_valid: 'as the report implies',
  beyond_memmap: 'as the report implies',
};

const pathLines = (path: DecisionPath): string[] =>
  table(
    path.steps.map(({ id, question, answer, because }) => [
      question,
      answer ? 'yes' : 'no',
      FROM_REPORT[id] ?? because,
    ]),
    { indent: 2, wrapLast: true },
  );

const indexOf = (report: BadPageReport): number => report.index ?? -1;

/** The kinds of frame for which vm_normal_page() of this architecture reports this entry. */
function originsOf(arch: Architecture, report: BadPageReport, p: Pte, { highest }: BadPageOptions): Origin[] {
  const kinds = highest === undefined ? [false, true] : [arch.pte.pfn(p) <= highest];
  const addr = Number(BigInt(`0x${report.addr ?? '10000000'}`));
  const vpn = Math.floor(addr / arch.page.size);
  return kinds
    .map((valid) => ({
      valid,
      path: judge(arch, { vm_flags: report.vm_flags, vpn, index: indexOf(report), pte: p, valid }).path,
    }))
    .filter(({ path }) => path.verdict === 'bad page map');
}

/** Which kinds of frame are left to talk about elsewhere. */
function classes(
  origins: readonly Origin[],
  report: BadPageReport,
  p: Pte,
  arch: Architecture,
  { highest }: BadPageOptions,
): boolean[] {
  if (report.page) return [true];
  if (highest !== undefined) return [arch.pte.pfn(p) <= highest];
  return origins.length === 0 ? [true, false] : origins.map((origin) => origin.valid);
}

function branchText(arch: Architecture, report: BadPageReport, present: boolean, origins: readonly Origin[]): string[] {
  if (!present) {
    return [
      `do_swap_page (mm/memory.c): the entry is not present on ${arch.name}, and its swap type is none that the kernel knows.`,
    ];
  }
  if (report.page) {
    return [
      'zap_present_folio_ptes (mm/memory.c): vm_normal_page() gave a page, and its map count fell below 0 when the entry was unmapped: the page was mapped without being counted, or unmapped twice.',
      'The report shows the struct page, which vm_normal_page() itself never does.',
    ];
  }
  const [first] = origins;
  if (first === undefined) {
    return [
      `Not vm_normal_page() of ${arch.name}: with these flags and this entry it reports nothing. Is the report of another architecture, or of a kernel other than 6.12?`,
    ];
  }
  const name = `vm_normal_page (mm/memory.c), ${first.path.name}: ${first.path.text}.`;
  if (origins.length > 1) return [name, 'Whether the frame has a struct page makes no difference to it.'];
  return [
    name,
    first.valid ? 'The frame has a struct page.' : 'The frame lies behind the memory map: it has no struct page.',
  ];
}

function linearText(arch: Architecture, report: BadPageReport, p: Pte): string {
  const pfn = arch.pte.present(p) ? arch.pte.pfn(p) : undefined;
  const index = report.index ?? 0;
  const hex = index < 0 ? `-0x${(-index).toString(16)}` : `0x${index.toString(16)}`;
  if (pfn === undefined) return hex;
  return pfn === index
    ? `${hex}, the pfn: the entry fits the linear rule`
    : `${hex}, not the pfn: the linear rule does not hold`;
}

function pmdText(arch: Architecture, pmd: string): string {
  const value = BigInt(`0x${pmd}`);
  const names = arch.layout.bits.filter(
    ({ kind, mask }) => kind === 'directory' && mask !== 0n && (value & mask) === mask,
  );
  return `0x${pmd}${names.length === 0 ? '' : `: ${names.map(({ name }) => name).join('|')}`}`;
}

/** The same page, special or not, with the same flags and the same luck with the linear rule, on every architecture. */
function elsewhere(
  from: Architecture,
  report: BadPageReport,
  p: Pte,
  kinds: readonly boolean[],
): { readonly valid: boolean; readonly groups: Elsewhere[] }[] {
  const linear = from.pte.pfn(p) === indexOf(report);
  return kinds.map((valid) => {
    const groups = new Map<string, Elsewhere>();
    for (const known of architectures) {
      if (known.name === from.name) continue;
      const arch = known.at(DEFAULT_PROFILE);
      const there = translate(from, arch, report, p);
      const pfn = arch.pte.pfn(there);
      const { path, unmapping } = judge(arch, {
        vm_flags: report.vm_flags,
        vpn: VPN,
        index: linear ? pfn : pfn + 0x1000,
        pte: there,
        valid,
      });
      const key = `${path.name} ${unmapping}`;
      const group = groups.get(key) ?? {
        verdict: path.verdict,
        decision: path.name,
        text: path.text,
        unmapping,
        archs: [],
      };
      group.archs.push(arch.name);
      groups.set(key, group);
    }
    return { valid, groups: [...groups.values()].sort((a, b) => b.archs.length - a.archs.length) };
  });
}

/** A place that every architecture has, and a frame that fits every pfn field. */
const VPN = 0x400;
const FRAME = 0x1800;

function translate(from: Architecture, to: Architecture, report: BadPageReport, p: Pte): Pte {
  const there: Pte = { lo: 0, hi: 0 };
  to.pte.pfn_pte(there, FRAME, { ...to.pte.protection_map[report.vm_flags & 15] } as Pte);
  if (from.pte.write(p)) to.pte.mkwrite(there);
  if (from.pte.dirty(p)) to.pte.mkdirty(there);
  if (from.pte.special(p)) to.pte.mkspecial(there);
  return there;
}
