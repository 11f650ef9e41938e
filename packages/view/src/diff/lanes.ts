// SPDX-License-Identifier: GPL-2.0-or-later
/** Two or more lanes side by side at one moment: what is the same thing in each, and how it differs. */

import type { FrameView } from '@specialbit/core';
import { vm_flags_high, vm_flags_wide, vmFlags } from '@specialbit/core/kernel';
import { formatVmFlags } from '@specialbit/events';
import { frameText, frameWords, hex, pteBits, reasonWord, verdictWord } from '../show/pte-text.js';
import { vmaFlags } from '../show/vma-text.js';
import { type PageView, type ProcessView, type VmaView, type WorldView, worldView } from '../show/world-view.js';
import { append } from '../text/append.js';
import type { LaneHistory } from '../time/lane-history.js';
import { counted } from './change-lines.js';

/** One thing as each lane has it. */
export interface LaneRow {
  readonly kind: 'process' | 'rss' | 'vma' | 'pte' | 'frame';
  /** Null for frames. */
  readonly mm: number | null;
  /** `MM_ANONPAGES`, `ring`, `ring[2]`, `P0`. */
  readonly what: string;
  /** One text a lane; `-` where a lane has none. */
  readonly values: readonly string[];
  /**
   * `same`; `parts`: the lanes mean different things by it; `minor`: only who records accesses, and how
   * vm_normal_page() came to the same answer.
   */
  readonly difference: 'same' | 'minor' | 'parts';
}

interface Cell {
  readonly text: string;
  /** What must be equal for the lanes to agree. */
  readonly meaning: string;
}

/** A frame that only other lanes list. */
const FREE: Cell = { text: 'free', meaning: 'free' };
const IDLE: Cell = { text: 'as at the start', meaning: '' };

/** Rows of everything that some lane has, in the order of the first lane that has it. */
export function laneRows(worlds: readonly WorldView[]): LaneRow[] {
  const rows: LaneRow[] = [];
  const ids = [...new Set(worlds.flatMap((world) => world.processes.map(({ mm }) => mm)))].sort((a, b) => a - b);
  for (const mm of ids) {
    const processes = worlds.map((world) => world.processes.find((process) => process.mm === mm));
    append(rows, processRows(mm, processes));
  }
  const frames = worlds.map((world) => new Map(world.frames.map((frame) => [frame.label, frameCell(frame)])));
  append(
    rows,
    rowsOf('frame', null, frames, (label) => (/^[AF]\d+$/.test(label) ? FREE : IDLE)),
  );
  return rows;
}

function processRows(mm: number, processes: readonly (ProcessView | undefined)[]): LaneRow[] {
  if (processes.some((process) => process === undefined)) {
    const values = processes.map((process) => (process === undefined ? 'no such process' : 'exists'));
    return [{ kind: 'process', mm, what: 'process', values, difference: 'parts' }];
  }
  const rss = processes.map(
    (process) =>
      new Map(Object.entries(process!.rss).map(([name, n]) => [name, { text: String(n), meaning: String(n) }])),
  );
  const vmas = processes.map((process) => new Map(process!.vmas.map((vma) => [vmaKey(vma), vmaCell(vma)])));
  const ptes = processes.map((process) => {
    const pages = [...process!.vmas.flatMap((vma) => vma.ptes), ...process!.stray];
    return new Map(pages.map((page) => [page.at, pteCell(page)]));
  });
  return [...rowsOf('rss', mm, rss), ...rowsOf('vma', mm, vmas), ...rowsOf('pte', mm, ptes)];
}

function rowsOf(
  kind: LaneRow['kind'],
  mm: number | null,
  lanes: readonly ReadonlyMap<string, Cell>[],
  absent: (what: string) => Cell = () => ({ text: '-', meaning: '-' }),
): LaneRow[] {
  const names = [...new Set(lanes.flatMap((lane) => [...lane.keys()]))];
  return names.map((what) => {
    const cells = lanes.map((lane) => lane.get(what) ?? absent(what));
    const texts = new Set(cells.map(({ text }) => text));
    const meanings = new Set(cells.map(({ meaning }) => meaning));
    const difference = meanings.size > 1 ? 'parts' : texts.size > 1 ? 'minor' : 'same';
    return { kind, mm, what, values: cells.map(({ text }) => text), difference };
  });
}

function vmaKey(vma: VmaView): string {
  return vma.label ?? `0x${vma.start}`;
}

/** Addresses are not compared: every architecture has its own. */
function vmaCell(vma: VmaView): Cell {
  // VM_ARCH_1 is VM_PAT on x86, and nothing to anybody else
  const flags = vmaFlags(vm_flags_wide(vma.vm_flags & ~vmFlags.VM_ARCH_1, vm_flags_high(vma.vm_flags)));
  const words = [vma.letters, vma.pages === 1 ? '1 page' : `${vma.pages} pages`];
  if (vma.file !== null) words.push(`vm_pgoff ${hex(vma.vm_pgoff)}`);
  if (flags !== 0) words.push(formatVmFlags(flags).replaceAll('|', ' '));
  const text = words.join(' ');
  // vm_pgoff of a pfn mapping is a pfn, and each machine has its own
  const meaning = text.replace(/vm_pgoff \S+/, '');
  return { text, meaning };
}

function pteCell(page: PageView): Cell {
  if (page.kind === 'swap') return { text: `swap slot ${page.swap!.offset}`, meaning: 'swap' };
  const words = [pteBits(page), frameWords(page), verdictWord(page)];
  if (page.decision !== null && reasonWord(page) !== '-') words.push(reasonWord(page));
  return { text: words.join(' '), meaning: `${frameWords(page)} ${page.write} ${page.verdict}` };
}

function frameCell(frame: FrameView): Cell {
  if (!frame.valid) return { text: 'no struct page', meaning: '' };
  return { text: frameText(frame), meaning: `${frame.count} ${frame.mapcount}` };
}

/** The states of the lanes after `at` events. */
export function viewsAt(histories: readonly LaneHistory[], at: number): WorldView[] {
  return histories.map((history) => worldView(history.at(at).kernel, at));
}

/** `they part in 2 PTEs and 1 counter`. */
export function laneSummary(rows: readonly LaneRow[]): string {
  const of = (kind: LaneRow['kind']): number =>
    rows.filter((row) => row.kind === kind && row.difference === 'parts').length;
  const summary = counted([
    [of('process'), 'process', 'processes'],
    [of('vma'), 'VMA', 'VMAs'],
    [of('pte'), 'PTE', 'PTEs'],
    [of('frame'), 'frame', 'frames'],
    [of('rss'), 'counter', 'counters'],
  ]);
  return summary === undefined ? 'nothing parts them' : `they part in ${summary}`;
}
