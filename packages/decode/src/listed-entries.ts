// SPDX-License-Identifier: GPL-2.0-or-later
/** Entries that tools listed, taken apart: those with a value by their architecture, ranges and KVM's entries in words. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import { type Architecture, readPte } from '@specialbit/core/arch';
import {
  type Listed,
  type ListedEntry,
  type ListedRange,
  type ListedSpte,
  type Listing,
  linesOf,
  Problems,
  readListing,
} from '@specialbit/importers';
import { table, UsageError } from '@specialbit/view';
import type { Decoded } from './decoded.js';
import { decodeEntry, type EntryView, entryLines } from './entry.js';
import { archOfEntries, profileOf } from './kernel-of.js';
import type { Known } from './known.js';
import type { DecodeOptions } from './options.js';

/** More ranges than these are summed up. */
const MOST_RANGES = 40;

/** Undefined where the text lists no entries. Throws UsageError. */
export function decodeListed(text: string, options: DecodeOptions, known: Known): Decoded | undefined {
  const listing = readListing(linesOf(text), new Problems('input'));
  if (listing === undefined) return undefined;
  const entries = only<ListedEntry>(listing, 'entry');
  const arch = entries.length === 0 ? undefined : archFor(listing, entries, options, known);
  const views = entries.map((each) => viewOf(arch!, each));
  const ranges = only<ListedRange>(listing, 'range');
  const sptes = only<ListedSpte>(listing, 'spte');
  return {
    blocks: (painted) => [
      ...views.map((view) => entryLines(view, painted)),
      ...(ranges.length > 0 ? [rangeLines(ranges, listing.tool)] : []),
      ...(sptes.length > 0 ? [spteLines(sptes)] : []),
    ],
    plain: [{ tool: listing.tool, arch: arch?.name, entries: views, ranges, sptes: sptes.map(spteOf) }],
    entries: views.map((view) => ({ name: arch!.name, arch: arch!, view })),
  };
}

const only = <E extends Listed>({ entries }: Listing, kind: E['kind']): E[] =>
  entries.filter((each): each is E => each.kind === kind);

function archFor(
  listing: Listing,
  entries: readonly ListedEntry[],
  options: DecodeOptions,
  { architectureNamed }: Known,
): Architecture {
  const [given, at] = (options.arch ?? '').split('@', 2) as [string, string?];
  const profile = profileOf(options.kernel ?? at ?? DEFAULT_PROFILE.version);
  if (given !== '') return architectureNamed(given).at(profile);
  const name = listing.machine ?? archOfEntries(entries);
  if (name === undefined)
    throw new UsageError(
      'usage.architecture',
      `${listing.tool} does not say which architecture its entries are of: give --arch NAME; \`specialbit arch\` lists them`,
    );
  return architectureNamed(name).at(profile);
}

function viewOf(arch: Architecture, { value, level }: ListedEntry): EntryView {
  return decodeEntry(arch, readPte(BigInt.asUintN(arch.layout.pteBits, BigInt(`0x${value}`))), level);
}

/** Ranges one by one, or, of a whole file, what there is of each kind. */
function rangeLines(ranges: readonly ListedRange[], tool: string): string[] {
  const head = `${tool}: ${ranges.length} range${ranges.length === 1 ? '' : 's'}. Software bits are not in it: whether an entry is special cannot be told.`;
  if (ranges.length <= MOST_RANGES) {
    const rows = ranges.map(({ start, end, physical, level, flags }) => [
      start === end ? `0x${start}` : `0x${start}-0x${end}`,
      level ?? '',
      physical === undefined ? '' : `at 0x${physical}`,
      flags.length === 0 ? 'nothing mapped' : flags.join(', '),
    ]);
    return [head, ...table(rows, { indent: 2, wrapLast: true })];
  }
  const groups = new Map<string, { count: number; bytes: bigint; first: string }>();
  for (const { start, end, level, flags, section } of ranges) {
    const key = `${section ?? ''}\t${level ?? ''}\t${flags.join(' ')}`;
    const group = groups.get(key) ?? { count: 0, bytes: 0n, first: start };
    group.count++;
    group.bytes += BigInt(`0x${end}`) - BigInt(`0x${start}`);
    groups.set(key, group);
  }
  const rows = [...groups].map(([key, { count, bytes, first }]) => {
    const [section = '', level = '', flags = ''] = key.split('\t');
    return [
      section,
      level,
      String(count),
      `${bytes / 1024n} KiB`,
      `0x${first}`,
      flags === '' ? 'nothing mapped' : flags,
    ];
  });
  const titles = ['section', 'level', 'ranges', 'size', 'first', 'flags'];
  return [head, ...table([titles, ...rows], { align: 'llrrll', indent: 2, wrapLast: true })];
}

/** Bits of an entry of Intel's EPT (arch/x86/include/asm/vmx.h: VMX_EPT_*; arch/x86/kvm/mmu/spte.h). */
const EPT: readonly (readonly [bit: number, name: string])[] = [
  [0, 'readable'],
  [1, 'writable'],
  [2, 'executable'],
  [6, 'ignores the guest PAT'],
  [7, 'huge'],
  [8, 'accessed'],
  [9, 'dirty'],
  [10, 'executable for user code'],
];
const MEMORY_TYPES: Readonly<Record<number, string>> = {
  0: 'uncached',
  1: 'write-combining',
  4: 'write-through',
  5: 'write-protected',
  6: 'write-back',
};

function spteOf({ gfn, value, level, old }: ListedSpte): object {
  const raw = BigInt(`0x${value}`);
  const bits = EPT.filter(([bit]) => ((raw >> BigInt(bit)) & 1n) === 1n).map(([, name]) => name);
  const pfn = ((raw >> 12n) & ((1n << 40n) - 1n)).toString(16);
  const type = MEMORY_TYPES[Number((raw >> 3n) & 7n)] ?? 'reserved memory type';
  return { gfn, level, value, ...(old === undefined ? {} : { old }), pfn, memory: type, bits };
}

function spteLines(sptes: readonly ListedSpte[]): string[] {
  const rows = sptes.map((each) => {
    const { pfn, memory, bits } = spteOf(each) as { pfn: string; memory: string; bits: string[] };
    const what = bits.length === 0 ? 'not present' : `pfn 0x${pfn}, ${bits.join(', ')}; ${memory}`;
    return [`gfn 0x${each.gfn}`, `level ${each.level}`, `0x${each.value}`, what];
  });
  return [
    "Entries of KVM's own tables, read as Intel's EPT has them. They are no PTEs of Linux: vm_normal_page() never sees them, the host's PTE of the same memory is another entry.",
    ...table(rows, { indent: 2, wrapLast: true }),
  ];
}
