// SPDX-License-Identifier: GPL-2.0-or-later
/** VMAs, PTEs, counters and frames of the current lane. Of a large world only as much as anybody will read. */
import { type FrameView, flagNames, hexAddress, type Level, MM_COUNTER_NAMES } from '@specialbit/core';
import { describeEntry, describeFrame, type Kernel, type Mm, type Vma, vm_flags_wide } from '@specialbit/core/kernel';

import {
  frameText,
  frameWords,
  hex,
  type Moment,
  pteBits,
  reasonWord,
  table,
  verdictWord,
  vmaFlags,
  vmaLetters,
  vmaRange,
  wrap,
} from '@specialbit/view';
import type { Colors } from './colors.js';

/** PTEs of a VMA, VMAs of a process and frames that are shown. */
const PTES = 64;
const VMAS = 256;
const FRAMES = 128;
/** Pages before the first that the event changed, where a VMA has more than are shown. */
const BEFORE = 4;

export interface PaneLines {
  readonly lines: readonly string[];
  /** The first line that the last event changed; 0 where there is none. */
  readonly focus: number;
}

export function worldPane(moment: Moment, columns: number, color: Colors): PaneLines {
  const lines: Line[] = [];
  const changed = changedPages(moment);
  const frames = new Map<number, boolean>();
  const { kernel } = moment;
  for (const mm of [...kernel.mms.values()].sort((a, b) => a.id - b.id)) {
    lines.push(...processLines(kernel, mm, changed, frames, columns, color));
  }
  for (const { pfn } of moment.diff.frames.slice(0, FRAMES)) frames.set(pfn, true);
  for (const pfn of kernel.pins) if (!frames.has(pfn)) frames.set(pfn, false);
  if (frames.size > 0) lines.push(plain(color.bold('frames')), ...frameLines(kernel, frames, columns));
  if (lines.length === 0) lines.push(plain('no process'));
  return {
    lines: lines.map(({ text, changed: is }) => (is ? color.yellow(text) : text)),
    focus: Math.max(
      0,
      lines.findIndex((line) => line.changed),
    ),
  };
}

interface Line {
  readonly text: string;
  readonly changed: boolean;
}

const plain = (text: string): Line => ({ text, changed: false });

function processLines(
  k: Kernel,
  mm: Mm,
  changed: Changed,
  frames: Map<number, boolean>,
  columns: number,
  color: Colors,
): Line[] {
  const rss = MM_COUNTER_NAMES.flatMap((name, i) => (mm.rss[i] === 0 ? [] : [`${name} ${mm.rss[i]}`]));
  const lines = [plain(color.bold(`mm ${mm.id}: ${rss.join(', ') || 'no pages'}`))];
  const open = k.opened.get(mm.id)?.vma;
  const vmas = k.vmasOf(mm);
  if (vmas.length === 0) lines.push(plain('  no mappings'));
  // around what the event changed
  const at = vmas.findIndex((vma) => firstChanged(mm, vma, changed) !== undefined);
  const first = vmas.length <= VMAS ? 0 : Math.max(0, Math.min(at - VMAS / 2, vmas.length - VMAS));
  if (first > 0) lines.push(plain(`  ${first} mappings before`));
  for (const vma of vmas.slice(first, first + VMAS)) {
    lines.push(...vmaLines(k, mm, vma, vma === open, changed, frames, columns, color));
  }
  if (vmas.length > first + VMAS) lines.push(plain(`  and ${vmas.length - first - VMAS} more mappings`));
  return lines;
}

/** Pages whose entry the event changed, a huge one by its first, ascending, by address space. */
type Changed = ReadonlyMap<number, readonly number[]>;

function changedPages({ diff }: Moment): Changed {
  const changed = new Map<number, number[]>();
  for (const { mm, vpn } of diff.ptes) {
    const list = changed.get(mm);
    if (list === undefined) changed.set(mm, [vpn]);
    else list.push(vpn);
  }
  return changed;
}

/** The first changed page at or behind `vpn`. */
function nextChanged(changed: Changed, mm: Mm, vpn: number): number | undefined {
  const list = changed.get(mm.id) ?? [];
  let [lo, hi] = [0, list.length];
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (list[mid]! < vpn) lo = mid + 1;
    else hi = mid;
  }
  return list[lo];
}

function isChanged(changed: Changed, mm: Mm, vpn: number): boolean {
  return nextChanged(changed, mm, vpn) === vpn;
}

function firstChanged(mm: Mm, vma: Vma, changed: Changed): number | undefined {
  const first = nextChanged(changed, mm, vma.vm_start);
  return first !== undefined && first < vma.vm_end ? first : undefined;
}

function vmaLines(
  k: Kernel,
  mm: Mm,
  vma: Vma,
  open: boolean,
  changed: Changed,
  frames: Map<number, boolean>,
  columns: number,
  color: Colors,
): Line[] {
  const label = mm.placeName(vma.vm_start)?.replace(/\[0\]$/, '') ?? '(no label)';
  const words = [vmaRange(k, vma), vmaLetters(vma.vm_flags), vma.pages === 1 ? '1 page' : `${vma.pages} pages`];
  if (vma.vm_file === null) words.push('anonymous');
  else words.push(vma.vm_file.name, `vm_pgoff ${hex(vma.vm_pgoff)}`);
  const lines = wrap(`${label} ${words.join(' ')}`, columns - 4).map((text, i) =>
    plain(i === 0 ? `  ${text.replace(label, () => color.cyan(label))}` : `      ${text}`),
  );
  const flags = flagNames(vmaFlags(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi)), k);
  if (flags !== '') lines.push(...wrap(flags.replaceAll('|', ' '), columns, '    ').map(plain));
  if (open) lines.push(plain('    its ->mmap still runs: unmap_mapping_range cannot find it'));
  return [...lines, ...pteLines(k, mm, vma, changed, frames)];
}

/** Stops a walk over a page table. */
class Enough extends Error {}

function pteLines(k: Kernel, mm: Mm, vma: Vma, changed: Changed, frames: Map<number, boolean>): Line[] {
  const focus = firstChanged(mm, vma, changed);
  const start = focus === undefined || vma.pages <= PTES ? vma.vm_start : Math.max(vma.vm_start, focus - BEFORE);
  const rows: string[][] = [];
  const marks: boolean[] = [];
  const p = { lo: 0, hi: 0 };
  let more = false;
  const visit = (vpn: number, level: Level): void => {
    if (rows.length === PTES) {
      more = true;
      throw new Enough();
    }
    const pte = describeEntry(k, vma, vpn, level, p);
    const is = isChanged(changed, mm, vpn);
    if (pte.kind === 'present' && frames.size < FRAMES) frames.set(pte.pfn, is || frames.get(pte.pfn) === true);
    const at = mm.placeName(vpn) ?? `0x${hexAddress(k.arch, vpn)}`;
    const frame = pte.kind === 'swap' ? `slot ${pte.swap!.offset}` : frameWords(pte);
    rows.push([is ? '*' : '', at, pte.raw, pteBits(pte), frame, verdictWord(pte), reasonWord(pte).replace(/^-$/, '')]);
    marks.push(is);
  };
  try {
    mm.pt.forEachEntry(start, vma.vm_end, p, visit);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  const lines = table(rows, { align: 'llrllll', indent: 2, gap: 1 }).map((text, i) => ({ text, changed: marks[i]! }));
  if (start > vma.vm_start) lines.unshift(plain(`    pages before ${start - vma.vm_start} are not shown`));
  if (more) lines.push(plain('    and more PTEs'));
  return lines;
}

function frameLines(k: Kernel, frames: ReadonlyMap<number, boolean>, columns: number): Line[] {
  const shown = [...frames].map(([pfn, changed]) => ({ ...describeFrame(k, pfn), changed }));
  shown.sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }));
  const labels = Math.max(...shown.map(({ label }) => label.length));
  const pfns = Math.max(...shown.map(({ pfn }) => hex(pfn).length));
  return shown.flatMap((frame) => {
    const { changed, label, pfn } = frame;
    const head = `  ${changed ? '*' : ' '} ${label.padEnd(labels)} ${hex(pfn).padStart(pfns)} `;
    const lines = wrap(isFree(frame) ? 'free' : frameText(frame), Math.max(20, columns - head.length));
    return lines.map((text, i) => ({ text: (i === 0 ? head : ' '.repeat(head.length)) + text, changed }));
  });
}

function isFree({ valid, count, mapcount, label }: FrameView): boolean {
  return valid && count === 0 && mapcount === 0 && label.startsWith('pfn:');
}
