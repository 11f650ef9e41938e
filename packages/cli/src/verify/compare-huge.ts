// SPDX-License-Identifier: GPL-2.0-or-later
/** What records of the laboratory for huge pages have beside those of others: runs, PMDs, folios and statistics. */
import { labelsOf, type StepRecord, splitLabel } from '@specialbit/transcripts';
import type { Field } from './fields.js';

type Dump = NonNullable<StepRecord['dump']>;
type VmaDump = Dump['mms'][number]['vmas'][number];
type PtEntry = VmaDump['pt'][number];
type Compare = (field: Field, where: string, a: unknown, b: unknown) => void;

/** A dump with an entry for every PTE, frame and folio. */
export function expandDump(dump: Dump): Dump {
  const runs = dump.mms.some(({ vmas }) => vmas.some(({ pt }) => pt.some(isRun)));
  const ranges = Object.keys(dump.frames).some((label) => label.includes('-'));
  if (!runs && !ranges && dump.folios === undefined) return dump;
  return {
    ...dump,
    mms: dump.mms.map((mm) => ({
      ...mm,
      vmas: mm.vmas.map((vma) => ({
        ...vma,
        pt: vma.pt.flatMap((entry) => (isRun(entry) ? expandRun(entry) : [entry])),
      })),
    })),
    frames: expandRange(dump.frames, (frame) => frame),
    ...(dump.folios && {
      folios: expandRange(dump.folios, (folio, i) => ({
        ...folio,
        ix: (Number.parseInt(String(folio.ix), 16) + i * 2 ** folio.o).toString(16),
      })),
    }),
  };
}

function isRun(entry: PtEntry): boolean {
  return typeof (entry as readonly unknown[])[entry[2] === 'swap' ? 5 : 6] === 'number';
}

function expandRange<T>(of: Readonly<Record<string, T>>, at: (value: T, i: number) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(of).flatMap(([range, value]) => labelsOf(range).map((label, i) => [label, at(value, i)])),
  );
}

/** The PTEs of a run. The raw value of the i-th is that of the first, with another pfn: only the first is compared as it is. */
function expandRun(entry: PtEntry): PtEntry[] {
  const all = entry as readonly unknown[];
  const [index, raw, bits, pfn, label, normal, n, same] = all as readonly [
    number,
    string,
    string,
    string,
    string,
    string | null,
    number,
    number | undefined,
  ];
  if (bits === 'swap') {
    const [, , , type, offset, count] = all as readonly [number, string, string, number, string, number];
    const first = Number.parseInt(offset, 16);
    return Array.from({ length: count }, (_, i) => [index + i, raw, 'swap', type, (first + i).toString(16)] as PtEntry);
  }
  const step = same === 0 ? 0 : 1;
  const first = Number.parseInt(pfn, 16);
  return Array.from({ length: n }, (_, i) => {
    const name = i === 0 || step === 0 ? label : labelAt(label, i);
    const text = i === 0 || step === 0 ? raw : `${raw}+${i}`;
    return [index + i, text, bits, (first + i * step).toString(16), name, normal === null ? null : name] as PtEntry;
  });
}

/** `T0+3` is followed by `T0+4`, `A7` by `A8`. */
function labelAt(label: string, i: number): string {
  const [head, number] = splitLabel(label);
  return /^[A-Z]$/.test(head) && head !== 'Y' ? `${head}${number + i}` : `${head}+${number + i}`;
}

/** Page tables. */
export function compareTables(where: string, a: VmaDump, b: VmaDump, compare: Compare): void {
  if (a.tabs !== undefined || b.tabs !== undefined) compare('tabs', where, a.tabs, b.tabs);
}

const COUNTS = ['o', 'rc', 'em', 'lm', 'np', 'pin', 'fm', 'ls', 'ix'];
const LISTS = ['rm', 'dl', 'part', 'ht', 'rr'];

/** Folios, statistics and lists. */
export function compareHuge(a: Dump, b: Dump, compare: Compare): void {
  for (const label of new Set([...Object.keys(a.folios ?? {}), ...Object.keys(b.folios ?? {})])) {
    const [left, right] = [a.folios?.[label], b.folios?.[label]];
    compare('folio.counts', label, pick(left, COUNTS), pick(right, COUNTS));
    if (left?.mc !== undefined || right?.mc !== undefined) compare('folio.mc', label, left?.mc, right?.mc);
    if (left?.x !== undefined || right?.x !== undefined) compare('folio.x', label, left?.x, right?.x);
    compare('folio.flags', label, left?.fl, right?.fl);
    compare('folio.lists', label, pick(left, LISTS), pick(right, LISTS));
  }
  compare('ev', '', a.ev, b.ev);
  compare('mthp', '', a.mthp, b.mthp);
  compare('nr', '', a.nr, b.nr);
  compare('dq', '', [a.dq, a.dqlen], [b.dq, b.dqlen]);
  compare('hz', '', a.hz, b.hz);
  if (a.pools !== undefined || b.pools !== undefined) compare('pools', '', a.pools, b.pools);
}

function pick(folio: Readonly<Record<string, unknown>> | undefined, names: readonly string[]): unknown {
  return folio === undefined ? undefined : Object.fromEntries(names.map((name) => [name, folio[name]]));
}
