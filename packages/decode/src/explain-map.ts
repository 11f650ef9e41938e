// SPDX-License-Identifier: GPL-2.0-or-later
/** A report of a bad page map, explained: the entry, who reported it, by which way of vm_normal_page(), and what follows. */
import type { DecisionPath } from '@specialbit/core';
import { type Architecture, type Pte, readPte, type SwapEntry } from '@specialbit/core/arch';
import { inKernel, vmFlagNames } from '@specialbit/events';
import { type BadPageMap, CALLERS, type Caller, commonRange, flagMachine } from '@specialbit/importers';
import { type Elsewhere, elsewhere } from './elsewhere.js';
import { decodeEntry, type EntryView, type Level } from './entry.js';
import { type KernelOf, overlap } from './kernel-of.js';
import type { Known } from './known.js';
import { judge } from './mapped-frame.js';
import { pageNotes } from './page-notes.js';

/** A way in which the report can have come about. */
export interface Origin {
  /** The frame has a struct page. */
  readonly valid: boolean;
  readonly path: DecisionPath;
}

export interface Explanation {
  readonly entry: EntryView;
  readonly vm_flags: string | undefined;
  /** linear_page_index(vma, addr). */
  readonly index: string | undefined;
  /** Who reported it, and what that means: a sentence each. */
  readonly branch: readonly string[];
  readonly origins: readonly Origin[];
  /** Of the struct page that was dumped. */
  readonly page: readonly string[];
  /** What else stands out. */
  readonly notes: readonly string[];
  /** Fields that the text does not have. */
  readonly missing: readonly string[];
  readonly elsewhere: readonly { readonly valid: boolean; readonly groups: readonly Elsewhere[] }[];
}

export interface ExplainOptions {
  /** highest_memmap_pfn of the machine, where it is known. */
  readonly highest: number | undefined;
  /** Ask the other architectures, too. */
  readonly elsewhere: boolean;
}

/** `report` has an entry, `arch` is the one that it is decoded by. */
export function explainMap(
  arch: Architecture,
  report: BadPageMap,
  kernel: KernelOf,
  options: ExplainOptions,
  known: Known,
): Explanation {
  const level: Level = report.level ?? 'pte';
  const p = entryOf(arch, report.entry ?? '0');
  const entry = decodeEntry(arch, p, level);
  const present = entry.kind === 'page';
  const index = signedIndex(report.index);
  // the model decides PTEs; a huge entry is asked as the PTE of its first page would be
  const small = level === 'pte' ? p : smallOf(arch, entry, report);
  const origins = present ? originsOf(arch, report, small, kernel, options) : [];
  const callers = callersOf(report, present, kernel);
  const kinds = kindsOf(arch, report, small, origins, options);
  return {
    entry,
    vm_flags:
      report.vm_flags === undefined
        ? undefined
        : vmFlagNames(report.vm_flags, kernel.version, flagMachine(kernel.machine)),
    index: report.index === undefined ? undefined : linearText(arch, index ?? 0, present ? small : undefined),
    branch: branchOf(arch, report, entry, origins, callers, kernel),
    origins: report.page === undefined ? origins.filter(({ path }) => path.verdict === 'bad page map') : origins,
    page:
      report.page === undefined
        ? []
        : pageNotes(report.page, present ? arch.pte.pfn(small) : undefined, kernel.version),
    notes: notesOf(arch, report, entry, p, kernel),
    missing: missingOf(report),
    elsewhere:
      present && options.elsewhere
        ? elsewhere(arch, { vm_flags: flagsOf(report), index: index ?? -1 }, small, kinds, known)
        : [],
  };
}

function entryOf(arch: Architecture, hex: string): Pte {
  const bits = arch.layout.pteBits;
  const value = BigInt(`0x${hex}`);
  return readPte(BigInt.asUintN(bits, value));
}

/** Flags that the model knows: those below 2^32. */
const flagsOf = ({ vm_flags }: BadPageMap): number => Number(BigInt(`0x${vm_flags ?? '0'}`) & 0xffffffffn);

/** The index of a private mapping whose vm_pgoff wrapped is a large unsigned long. */
function signedIndex(hex: string | undefined): number | undefined {
  if (hex === undefined) return undefined;
  return Number(BigInt.asIntN(hex.length > 8 ? 64 : 53, BigInt(`0x${hex}`)));
}

/** A PTE that says of its first page what the huge entry says. */
function smallOf(arch: Architecture, entry: EntryView, report: BadPageMap): Pte {
  const p: Pte = { lo: 0, hi: 0 };
  if (entry.kind !== 'page') return p;
  arch.pte.pfn_pte(p, Number.parseInt(entry.pfn ?? '0', 16), {
    ...arch.pte.protection_map[flagsOf(report) & 15],
  } as Pte);
  if (entry.tests?.special === true) arch.pte.mkspecial(p);
  return p;
}

/** What vm_normal_page() says for each kind of frame that it can have been. */
function originsOf(
  arch: Architecture,
  report: BadPageMap,
  p: Pte,
  { profile }: KernelOf,
  { highest }: ExplainOptions,
): Origin[] {
  const known =
    report.page !== undefined ? [true] : highest !== undefined ? [arch.pte.pfn(p) <= highest] : [false, true];
  const addr = Number(BigInt(`0x${report.addr ?? '10000000'}`));
  const vpn = Math.floor(addr / arch.page.size);
  const frame = { vm_flags: flagsOf(report), vpn, index: signedIndex(report.index) ?? -1, pte: p };
  return known.map((valid) => ({ valid, path: judge(arch, { ...frame, valid }, profile).path }));
}

/** Which kinds of frame are left to talk about elsewhere. */
function kindsOf(
  arch: Architecture,
  report: BadPageMap,
  p: Pte,
  origins: readonly Origin[],
  options: ExplainOptions,
): boolean[] {
  if (report.page !== undefined) return [true];
  if (options.highest !== undefined) return [arch.pte.pfn(p) <= options.highest];
  const bad = origins.filter(({ path }) => path.verdict === 'bad page map');
  return bad.length === 0 ? [true, false] : bad.map(({ valid }) => valid);
}

/** Functions that print the report themselves. */
const REPORTERS =
  /^(?:print_bad_pte|print_bad_page_map|__print_bad_page_map\w*|dump_stack\w*|show_stack\w*|dump_backtrace|unwind_backtrace|__dump_stack|show_trace\w*|walk_stackframe)$/;

/** The function that called the reporter, as the stack has it. */
export function callerInStack(report: BadPageMap): string | undefined {
  const { stack } = report;
  const at = stack.findIndex(({ name }) => /^print_bad_(?:pte|page_map)$/.test(name));
  const below = stack.slice(at + 1).find(({ name, unsure }) => unsure !== true && !REPORTERS.test(name))?.name;
  // without the reporter, which is inlined then, only the first function below dump_stack() tells, if it is one of them
  if (at >= 0 || below === undefined) return below;
  const dumped = stack.some(({ name }) => /^(?:__)?dump_stack/.test(name));
  return dumped && CALLERS.some(({ symbols }) => symbols.includes(below)) ? below : undefined;
}

/** Those that can have made it, in this kernel, by what the entry is, the page dump, and the stack where it tells. */
/** Of a report that says nothing of its kernel, ways that only older ones had are not talked about. */
const RECENT = { since: '4.1' } as const;

function callersOf(report: BadPageMap, present: boolean, { version, range }: KernelOf): readonly Caller[] {
  const there =
    range === undefined
      ? inKernel(CALLERS, version)
      : CALLERS.filter((caller) => overlap(caller, commonRange([RECENT, range])));
  const fits = there.filter(
    (caller) => caller.present === present && (!present || caller.page === (report.page !== undefined)),
  );
  const named = callerInStack(report);
  const witnessed = named === undefined ? [] : fits.filter(({ symbols }) => symbols.includes(named));
  if (witnessed.length > 0) return witnessed;
  // do_swap_page() asks for no swap file when it does not know the type: the complaint is free_swap_and_cache()'s
  const freed = report.swap.length > 0 ? fits.filter(({ swap }) => swap === true) : [];
  return freed.length > 0 ? freed : fits;
}

function branchOf(
  arch: Architecture,
  report: BadPageMap,
  entry: EntryView,
  origins: readonly Origin[],
  callers: readonly Caller[],
  kernel: KernelOf,
): string[] {
  const named = callerInStack(report);
  const stack = named === undefined ? [] : [`The stack says so: ${named} called the report.`];
  if (entry.kind === 'table' || (entry.kind === 'swap' && entry.swap === undefined)) {
    return [
      `an entry of the ${entry.level} level that is ${entry.kind === 'table' ? 'the address of a table' : 'not present'} on ${arch.name}.`,
    ];
  }
  if (entry.kind !== 'page') {
    const texts = callers.map(({ fn, text }) => `${fn} (mm/memory.c): ${text}.`);
    if (entry.kind === 'none')
      return ['The entry is empty: nothing reports that. Is it of another architecture?', ...stack];
    if (texts.length === 0)
      return [`Nobody in linux-${kernel.version} reports an entry that is not present.`, ...stack];
    const other =
      named === undefined ? undefined : CALLERS.find(({ symbols, present }) => present && symbols.includes(named));
    if (other !== undefined && !callers.some(({ symbols }) => symbols.includes(named!))) {
      return [
        `The entry is not present on ${arch.name} as linux-${kernel.version} has it, and ${named}, which the stack names, looks at present entries only: the entry is of another architecture, or of a kernel with another layout.`,
      ];
    }
    const first = texts.length > 1 ? ['One of these, the stack below the report would say which:'] : [];
    return [`The entry is not present on ${arch.name}.`, ...first, ...texts, ...stack];
  }
  if (report.page !== undefined) return pageBranch(arch, origins, callers, stack);
  const bad = origins.filter(({ path }) => path.verdict === 'bad page map');
  const [first] = bad;
  if (first === undefined) {
    return [
      `Not vm_normal_page() of ${arch.name}: with these flags and this entry it reports nothing. Is the report of another architecture or configuration, or of a kernel that differs from linux-${kernel.version}?`,
      ...stack,
    ];
  }
  const fn = entry.level === 'pte' ? 'vm_normal_page' : `vm_normal_page_${entry.level}`;
  const name = `${fn} (mm/memory.c), ${first.path.name}: ${first.path.text}.`;
  if (bad.length > 1) return [name, 'Whether the frame has a struct page makes no difference to it.', ...stack];
  const frame = first.valid
    ? 'The frame has a struct page.'
    : 'The frame lies behind the memory map: it has no struct page.';
  return [name, frame, ...stack];
}

/** vm_normal_page() gave a page: its questions were answered so, or the entry is read wrongly. */
function pageBranch(
  arch: Architecture,
  origins: readonly Origin[],
  callers: readonly Caller[],
  stack: readonly string[],
): string[] {
  const texts = callers.map(({ fn, text }) => `${fn} (mm/memory.c): ${text}.`);
  const shown = 'The report shows the struct page, which vm_normal_page() itself never does.';
  const page = origins.find(({ path }) => path.verdict === 'page');
  if (page !== undefined) return [...texts, shown, ...stack];
  const path = origins[0]?.path;
  const says = path === undefined ? 'nothing' : `${path.verdict} (${path.name})`;
  return [
    ...texts,
    shown,
    `But on ${arch.name} vm_normal_page() says ${says} here: the report is of another architecture or configuration, or the entry changed after it was looked at.`,
    ...stack,
  ];
}

function linearText(arch: Architecture, index: number, p: Pte | undefined): string {
  const hex = index < 0 ? `-0x${(-index).toString(16)}` : `0x${index.toString(16)}`;
  if (p === undefined) return hex;
  return arch.pte.pfn(p) === index
    ? `${hex}, the pfn: the entry fits the linear rule`
    : `${hex}, not the pfn: the linear rule does not hold`;
}

function notesOf(arch: Architecture, report: BadPageMap, entry: EntryView, p: Pte, kernel: KernelOf): string[] {
  const notes: string[] = [];
  const digits = report.entry ?? '';
  if (digits.replace(/^0+/, '').length * 4 > arch.layout.pteBits + 3) {
    notes.push(`the entry has more than the ${arch.layout.pteBits} bits of ${arch.name}: is it another architecture?`);
  }
  const max = arch.layout.maxPhysmemBits;
  if (entry.kind === 'page' && max !== undefined && entry.physical !== undefined) {
    const bits = BigInt(`0x${entry.physical}`).toString(2).length;
    if (bits > max)
      notes.push(
        `an address of ${bits} bits, and ${arch.name} has at most ${max}: no entry that Linux made; something wrote over the table`,
      );
  }
  const text = asText(digits);
  if (text !== undefined) notes.push(`its bytes are text, "${text}": something wrote over the table`);
  if (entry.unnamed !== undefined)
    notes.push(`bits without a name are set (0x${entry.unnamed}): an entry that was written over looks like this`);
  for (const complaint of report.swap) notes.push(...swapNotes(arch, complaint.entry, entry, p, complaint));
  if (report.suppressed !== undefined)
    notes.push(`${report.suppressed} reports before this one were suppressed by the kernel`);
  if (report.index_anon !== undefined)
    notes.push(
      `index 0x${report.index} is the file's, 0x${report.index_anon} the one of anonymous memory; the linear rule takes the file's`,
    );
  if (report.cpu?.tainted !== undefined && /\bB\b/.test(report.cpu.tainted)) {
    notes.push('tainted B: it is not the first bad page since the machine started; look at the first report');
  }
  const foreign =
    kernel.machine === undefined
      ? []
      : report.level === 'pte' || report.level === undefined
        ? []
        : [`an entry of the ${report.level} level`];
  return [...notes, ...foreign.filter(() => entry.kind === 'table')];
}

/**
 * The swap code prints a swp_entry_t, which has the type on top and is the same on every architecture: it tells
 * whether the entry was taken apart as that kernel did.
 */
function swapNotes(
  arch: Architecture,
  hex: string,
  view: EntryView,
  p: Pte,
  { by, what }: { readonly by: string; readonly what: string },
): string[] {
  const value = BigInt(`0x${hex}`);
  // SWP_TYPE_SHIFT: BITS_PER_XA_VALUE (one less than a long) or, before 4.20, a radix tree's; 5 bits of type
  const shifts = arch.bits === 64 ? [58n, 57n, 59n] : [26n, 25n, 27n];
  const said = `${by}() says "${what} ${hex}"`;
  if (view.swap === undefined)
    return [`${said}: the kernel took the entry for a swap entry, and on ${arch.name} it is none`];
  const entry: SwapEntry = { type: 0, offset: 0 };
  arch.pte.pte_to_swp_entry(p, entry);
  const agrees = shifts.some((shift) => value === (BigInt(entry.type) << shift) + BigInt(entry.offset));
  const type = shifts.map((shift) => Number(value >> shift));
  return [
    agrees
      ? `${said}: type ${entry.type}, offset 0x${entry.offset.toString(16)}, as decoded here`
      : `${said}, which is type ${type[0]}, offset 0x${(value & ((1n << shifts[0]!) - 1n)).toString(16)}: not as decoded here, the layout is another kernel's or architecture's`,
  ];
}

/** The bytes of an entry, where all are printable; at least six, which is no chance any more. */
function asText(hex: string): string | undefined {
  const bytes = (hex.padStart(Math.ceil(hex.length / 2) * 2, '0').match(/../g) ?? []).map((byte) =>
    Number.parseInt(byte, 16),
  );
  const shown = bytes.filter((byte) => byte !== 0);
  if (shown.length < 6 || shown.length < bytes.length - 1 || !shown.every((byte) => byte >= 0x20 && byte < 0x7f))
    return undefined;
  return shown
    .reverse()
    .map((byte) => String.fromCharCode(byte))
    .join('');
}

const FIELDS = ['addr', 'vm_flags', 'index', 'anon_vma', 'mapping'] as const;

function missingOf(report: BadPageMap): string[] {
  const missing: string[] = FIELDS.filter((name) => report[name] === undefined);
  if (report.cpu?.release === undefined) missing.push('the line "CPU: ... Comm: ..." with the kernel');
  if (callerInStack(report) === undefined) missing.push('the call trace');
  return missing;
}
