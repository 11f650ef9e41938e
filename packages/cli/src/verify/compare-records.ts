// SPDX-License-Identifier: GPL-2.0-or-later
/** Compares two records of one step, place by place. */
import type { StepRecord } from '@specialbit/transcripts';
import { compareHuge, compareTables, expandDump } from './compare-huge.js';
import {
  type Counts,
  type Difference,
  type Field,
  FRAME_FIELDS,
  isField,
  NOT_COMPARED,
  PMD_FIELDS,
  PTE_FIELDS,
  VMA_FIELDS,
} from './fields.js';

type Dump = NonNullable<StepRecord['dump']>;
type MmDump = Dump['mms'][number];
type VmaDump = MmDump['vmas'][number];
type PtEntry = VmaDump['pt'][number];
type FrameRecord = Dump['frames'][string];

/**
 * Adds to `compared` every place that either record has, and returns those at which they differ.
 * `pageSize` in bytes, for the addresses that differences name.
 */
export function compareRecords(
  kernel: StepRecord,
  model: StepRecord,
  compared: Counts,
  pageSize: number,
): Difference[] {
  const found: Difference[] = [];
  const compare = (field: Field, where: string, a: unknown, b: unknown): void => {
    compared[field]++;
    if (!same(a, b)) found.push({ field, where, kernel: a, model: b });
  };
  const one = kernel as unknown as Record<string, unknown>;
  const two = model as unknown as Record<string, unknown>;
  for (const key of new Set([...Object.keys(one), ...Object.keys(two)])) {
    if (!NOT_COMPARED.has(key)) compare(isField(key) ? key : 'other', isField(key) ? '' : key, one[key], two[key]);
  }
  const a = expandDump(kernel.dump ?? { mms: [], frames: {} });
  const b = expandDump(model.dump ?? { mms: [], frames: {} });
  for (const [id, left, right] of paired(a.mms, b.mms, (mm) => mm.mm)) {
    compareMms(id, left, right, compare, pageSize);
  }
  for (const label of new Set([...Object.keys(a.frames), ...Object.keys(b.frames)])) {
    const left = a.frames[label] ?? unlistedFrame(label);
    const right = b.frames[label] ?? unlistedFrame(label);
    for (const [i, field] of FRAME_FIELDS.entries()) compare(field, label, left?.[i], right?.[i]);
  }
  if (a.warn !== undefined || b.warn !== undefined) compare('warn', '', a.warn, b.warn);
  if (isOfHugePages(a) || isOfHugePages(b)) compareHuge(a, b, compare);
  return found;
}

/** A dump of the laboratory for huge pages. */
function isOfHugePages({ mms, ev, folios, pools }: Dump): boolean {
  if (ev !== undefined || folios !== undefined || pools !== undefined) return true;
  return mms.some(({ vmas }) => vmas.some(({ tabs }) => tabs !== undefined));
}

type Compare = (field: Field, where: string, a: unknown, b: unknown) => void;

function compareMms(
  id: number,
  a: MmDump | undefined,
  b: MmDump | undefined,
  compare: Compare,
  pageSize: number,
): void {
  compare('rss', `mm ${id}`, a?.rss, b?.rss);
  for (const [start, left, right] of paired(a?.vmas ?? [], b?.vmas ?? [], (vma) => vma.start)) {
    const where = `mm ${id} vma ${start}`;
    if (left === undefined || right === undefined) {
      compare('vma.start', where, left && vmaText(left), right && vmaText(right));
      continue;
    }
    for (const member of VMA_FIELDS) compare(`vma.${member}`, where, left[member], right[member]);
    comparePtes(id, start, left, right, compare, pageSize);
    comparePmds(id, start, left, right, compare, pageSize);
    compareTables(where, left, right, compare);
  }
}

function comparePtes(id: number, start: string, a: VmaDump, b: VmaDump, compare: Compare, pageSize: number): void {
  for (const [index, left, right] of paired(a.pt, b.pt, (entry) => entry[0])) {
    const address = (BigInt(`0x${start}`) + BigInt(index * pageSize)).toString(16);
    const where = `mm ${id} page ${address}`;
    if (left === undefined || right === undefined || isSwap(left) !== isSwap(right)) {
      compare('pte.raw', where, left && pteText(left), right && pteText(right));
      continue;
    }
    compare('pte.raw', where, left[1], right[1]);
    if (isSwap(left)) {
      compare('pte.swap', where, left.slice(3), right.slice(3));
      continue;
    }
    for (let i = 2; i < Math.max(left.length, right.length); i++) {
      compare(PTE_FIELDS[i - 1] ?? 'other', where, left[i], right[i]);
    }
  }
}

function comparePmds(id: number, start: string, a: VmaDump, b: VmaDump, compare: Compare, pageSize: number): void {
  for (const [index, left, right] of paired(a.pmds ?? [], b.pmds ?? [], (entry) => entry[0])) {
    const address = (BigInt(`0x${start}`) + BigInt(index * pageSize)).toString(16);
    // the kind is dumped by the laboratory for huge pages alone
    for (const [i, field] of PMD_FIELDS.entries())
      if (field !== 'pmd.kind' || left?.[i + 1] !== undefined || right?.[i + 1] !== undefined)
        compare(field, `mm ${id} pmd ${address}`, left?.[i + 1], right?.[i + 1]);
  }
}

function isSwap(entry: PtEntry): boolean {
  return entry[2] === 'swap';
}

/** P and R frames in their first state are not listed, nor is an untouched zero page. */
function unlistedFrame(label: string): FrameRecord | undefined {
  if (/^P\d/.test(label)) return [1, 0, ''];
  if (/^R\d/.test(label)) return [1, 0, 'r'];
  return undefined;
}

/** The elements of both lists by key, in the order of the first. */
function* paired<T, K>(
  a: readonly T[],
  b: readonly T[],
  key: (item: T) => K,
): Generator<[K, T | undefined, T | undefined]> {
  const others = new Map(b.map((item) => [key(item), item]));
  for (const item of a) {
    yield [key(item), item, others.get(key(item))];
    others.delete(key(item));
  }
  for (const [k, item] of others) yield [k, undefined, item];
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function vmaText(vma: VmaDump): string {
  return `${vma.start}-${vma.end} flags ${vma.flags} pgoff ${vma.pgoff} ${vma.kind}, ${vma.pt.length} PTEs`;
}

function pteText(entry: PtEntry): string {
  return entry.slice(1).map(String).join(' ');
}
