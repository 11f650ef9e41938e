// SPDX-License-Identifier: GPL-2.0-or-later
/** A raw entry in words: what it is at its level, the names of its bits, and what has no name. */
import {
  type Architecture,
  formatPte,
  type HugeCodec,
  type NamedBits,
  namedValue,
  ones,
  type Pte,
  type PteLayout,
  pteValue,
  type SwapEntry,
} from '@specialbit/core/arch';
import { bitRange, type Painted, table, UsageError } from '@specialbit/view';

/** Levels that an entry can be given at. */
export const ENTRY_LEVELS = ['pte', 'pmd', 'pud', 'p4d', 'pgd'] as const;
export type Level = (typeof ENTRY_LEVELS)[number];

export interface EntryView {
  readonly arch: string;
  /** Hex, without `0x`. */
  readonly raw: string;
  readonly level: Level;
  /** `table`: it points to the table of the level below. */
  readonly kind: 'none' | 'page' | 'swap' | 'table';
  /** Of a page, or of the table below; hex. */
  readonly pfn?: string;
  readonly physical?: string;
  /** Bytes that a huge entry maps. */
  readonly size?: number;
  readonly swap?: { readonly type: number; readonly offset: string; readonly exclusive: boolean };
  /** The kernel's questions, and the rights of user code; of a page. */
  readonly tests?: Readonly<Record<string, boolean>>;
  readonly bits: readonly {
    readonly name: string;
    readonly bits: string;
    readonly value: string;
    readonly meaning: string;
  }[];
  /** Bits that are set and have neither a name nor a place in a field; hex, absent when there are none. */
  readonly unnamed?: string;
  /** The hardware's own entry, where there are two. */
  readonly hw?: string;
}

const TESTS = ['write', 'dirty', 'young', 'special', 'protnone', 'devmap'] as const;
const HUGE_TESTS = ['write', 'dirty', 'young', 'special', 'devmap'] as const;

/** Is there such a question here? Since 6.17 there is none about devmap, and some architectures never had it. */
const asked = (arch: Architecture, test: string): boolean => test !== 'devmap' || arch.features.pte_devmap;

/** Hex digits with or without 0x, at most `bits` wide. Throws UsageError. */
export function parseHex(text: string, bits: number): bigint {
  const digits = text.replace(/^0x/i, '').replaceAll('_', '');
  if (!/^[0-9a-f]+$/i.test(digits))
    throw new UsageError('usage.value', `expected a hexadecimal number, found ${JSON.stringify(text)}`);
  const value = BigInt(`0x${digits}`);
  if (value >> BigInt(bits))
    throw new UsageError('usage.value', `${text}: expected at most ${bits} bits, found ${value.toString(2).length}`);
  return value;
}

export function decodeEntry(arch: Architecture, p: Pte, level: Level = 'pte'): EntryView {
  return level === 'pte' ? decodePte(arch, p) : decodeAbove(arch, p, level);
}

function decodePte(arch: Architecture, p: Pte): EntryView {
  const { pte, layout } = arch;
  const base = { arch: arch.name, raw: formatPte(p), level: 'pte' as const };
  if (pte.none(p)) return { ...base, kind: 'none', bits: [], ...unnamedOf(p, layout, []) };
  if (!pte.present(p)) {
    const entry: SwapEntry = { type: 0, offset: 0 };
    pte.pte_to_swp_entry(p, entry);
    const swap = { type: entry.type, offset: entry.offset.toString(16), exclusive: pte.swp_exclusive(p) };
    const names = layout.bits.filter(({ kind }) => kind === 'swap');
    return { ...base, kind: 'swap', swap, bits: held(names, p), ...unnamedOf(p, layout, names, swapMask(layout)) };
  }
  const pfn = pte.pfn(p);
  const tests: Record<string, boolean> = { present: true };
  for (const test of TESTS) if (asked(arch, test)) tests[test] = pte[test](p);
  for (const right of ['user', 'read', 'exec'] as const) tests[right] = pte[right](p);
  const names = pageNames(arch, p, layout);
  return {
    ...base,
    kind: 'page',
    pfn: pfn.toString(16),
    physical: (BigInt(pfn) << BigInt(arch.page.shift)).toString(16),
    tests,
    bits: held(names, p),
    ...unnamedOf(p, layout, names, pfnMask(layout)),
    ...(arch.hw_pte !== undefined && { hw: (arch.hw_pte(p) >>> 0).toString(16) }),
  };
}

/** An entry above the last level: a huge page where the architecture has such, else the address of a table. */
function decodeAbove(arch: Architecture, p: Pte, level: Level): EntryView {
  const geometry = arch.levels.find(({ name }) => name === level);
  const base = { arch: arch.name, raw: formatPte(p), level };
  const huge: HugeCodec | undefined = level === 'pmd' || level === 'pud' ? arch[level] : undefined;
  const layout = huge?.layout ?? arch.layout;
  const value = pteValue(p);
  if (value === 0n) return { ...base, kind: 'none', bits: [] };
  if (huge?.leaf(p) === true) {
    const pfn = huge.pfn(p);
    const tests: Record<string, boolean> = { present: huge.present(p), leaf: true };
    for (const test of HUGE_TESTS) if (asked(arch, test)) tests[test] = huge[test](p);
    for (const right of ['user', 'read', 'exec'] as const) tests[right] = huge[right](p);
    const names = layout.bits.filter(
      ({ kind, mask }) => kind === 'directory' || (kind === 'page' && !overlaps(mask, layout, 'directory')),
    );
    return {
      ...base,
      kind: 'page',
      pfn: pfn.toString(16),
      physical: (BigInt(pfn) << BigInt(arch.page.shift)).toString(16),
      size: 2 ** (geometry?.shift ?? huge.shift),
      tests,
      bits: held(names, p),
      ...unnamedOf(p, layout, names, pfnMask(layout)),
    };
  }
  const names = layout.bits.filter(({ kind }) => kind === 'directory');
  const present = huge === undefined || huge.present(p);
  if (!present) return { ...base, kind: 'swap', bits: held(names, p) };
  // a table lies where the pfn field says, and on architectures without one where its address says
  const physical = (value & pfnMask(arch.layout)) >> 0n;
  return { ...base, kind: 'table', physical: physical.toString(16), bits: held(names, p) };
}

/** Names that can be of a present entry: `absent` ones only where the hardware sees no page. */
function pageNames(arch: Architecture, p: Pte, layout: PteLayout): readonly NamedBits[] {
  const absent = isAbsent(arch, p, layout);
  return layout.bits.filter(({ kind, mask }) => {
    if (kind === 'absent') return absent;
    return kind === 'page' && !(absent && overlaps(mask, layout, 'absent') && (pteValue(p) & mask) === mask);
  });
}

/**
 * A resident page that the hardware may not use: it is present for Linux by a bit of kind `absent`, and without
 * that bit it would not be.
 */
function isAbsent(arch: Architecture, p: Pte, layout: PteLayout): boolean {
  const value = pteValue(p);
  const mask = layout.bits.reduce((all, bit) => (bit.kind === 'absent' ? all | bit.mask : all), 0n);
  if ((value & mask) === 0n) return false;
  const rest = value & ~mask;
  const without: Pte = { lo: Number(BigInt.asIntN(32, rest)), hi: Number(BigInt.asIntN(32, rest >> 32n)) };
  return !arch.pte.present(without) || arch.pte.none(without);
}

function overlaps(mask: bigint, layout: PteLayout, kind: NamedBits['kind']): boolean {
  return layout.bits.some((bit) => bit.kind === kind && (bit.mask & mask) !== 0n && bit.mask !== 0n);
}

/** A field shows what it holds; a value of a field only when it is held. */
function held(names: readonly NamedBits[], p: Pte): EntryView['bits'] {
  const value = pteValue(p);
  return names
    .filter(({ name, mask, ...rest }) => {
      if (mask === 0n) return false;
      return /mask$/i.test(name) ? (value & mask) !== 0n : namedValue({ name, mask, ...rest }, names, value).set;
    })
    .map(({ name, mask, meaning }) => ({
      name,
      bits: bitRange(mask),
      value: (value & mask).toString(16),
      meaning,
    }));
}

const pfnMask = ({ pfn }: PteLayout): bigint =>
  pfn.fields.reduce((mask, f) => mask | (ones(f.count) << BigInt(f.at)), 0n);

function swapMask({ swap, tests }: PteLayout): bigint {
  const of = (f: { at: number; count: number }): bigint => ones(f.count) << BigInt(f.at);
  const exclusive = tests.swp_exclusive;
  const flag = exclusive.kind === 'equals' || exclusive.kind === 'nonzero' ? exclusive.mask : 0n;
  return swap.offset.reduce((mask, f) => mask | of(f), of(swap.type) | swap.base | flag);
}

function unnamedOf(p: Pte, layout: PteLayout, names: readonly NamedBits[], fields = 0n): { unnamed?: string } {
  const tested = Object.values(layout.tests).reduce((all, test) => all | maskOf(test), 0n);
  const known = names.reduce((all, { mask }) => all | mask, fields | (names.length === 0 ? 0n : tested));
  const rest = pteValue(p) & ~known;
  return rest === 0n ? {} : { unnamed: rest.toString(16) };
}

/** Bits that a test of the kernel looks at have a meaning even where the table gives them no name. */
function maskOf(test: PteLayout['tests'][string]): bigint {
  if (test === undefined || test.kind !== 'equals' || test.mask !== test.value) return 0n;
  return test.mask;
}

export function entryLines(view: EntryView, { color }: Painted): string[] {
  const title = color.bold(`0x${view.raw} on ${view.arch}: ${summary(view)}`);
  const lines = [title];
  if (view.tests !== undefined) {
    const { tests } = view;
    const yes = Object.keys(tests).filter((test) => tests[test]);
    const no = Object.keys(tests).filter((test) => !tests[test]);
    lines.push(`  ${yes.join(', ')}; not ${no.join(', ')}`);
  }
  if (view.hw !== undefined) lines.push(`  the hardware's own entry is 0x${view.hw}`);
  const rows = view.bits.map(({ name, bits, value, meaning }) => [bits, name, `0x${value}`, meaning]);
  if (view.unnamed !== undefined) {
    const mask = BigInt(`0x${view.unnamed}`);
    rows.push([bitRange(mask), '(no name)', `0x${view.unnamed}`, `set, and no bit that ${view.arch} knows here`]);
  }
  return [...lines, ...table(rows, { align: 'rlrl', indent: 2, wrapLast: true })];
}

const SIZES: readonly (readonly [number, string])[] = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
];
const sizeText = (bytes: number): string => {
  const [unit, name] = SIZES.find(([size]) => bytes >= size && bytes % size === 0) ?? [1, 'bytes'];
  return `${bytes / unit} ${name}`;
};

export function summary(view: EntryView): string {
  const at = view.level === 'pte' ? '' : ` (${view.level})`;
  if (view.kind === 'none') return `an empty entry${at}`;
  if (view.kind === 'table') return `the address of a table${at}, at 0x${view.physical}`;
  if (view.swap !== undefined) {
    return `a swap entry, type ${view.swap.type}, offset 0x${view.swap.offset}${view.swap.exclusive ? ', exclusive' : ''}`;
  }
  if (view.kind === 'swap') return `an entry that is not present${at}`;
  const special = view.tests?.special === true ? ', special' : '';
  const size = view.size === undefined ? 'a page' : `a huge page of ${sizeText(view.size)}`;
  return `${size}${at}, pfn 0x${view.pfn}, at 0x${view.physical}${special}`;
}
