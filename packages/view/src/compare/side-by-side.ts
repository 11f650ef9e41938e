// SPDX-License-Identifier: GPL-2.0-or-later
/** Several lanes' states in one table: a row a thing, a column a lane. */
import { formatVmFlags } from '@specialbit/events';
import { countsText, frameWords, pteBits, verdictWord } from '../show/pte-text.js';
import { vmaFlags } from '../show/vma-text.js';
import type { HeldFrame, PageView, VmaView, WorldView } from '../show/world-view.js';
import type { Painted } from '../text/colors.js';
import { MAIL_WIDTH, padEnd, rowLines, width, wrap } from '../text/table.js';
import { foldRuns } from './fold.js';

/** With more lanes than this there is no room for raw values. */
const LANES_WITH_RAW = 2;

interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  /** Where the lanes say the same of a PTE: what one line can say for all of them. */
  readonly shared?: string;
  /** The lanes say different things; raw values of different architectures always differ, and do not count. */
  readonly differs: boolean;
}

/**
 * The states of several lanes as one table; one below the other where they do not fit a mail. Where that takes more
 * than `most` lines, what differs comes alone, and no more of it.
 */
export function sideBySideLines(worlds: readonly WorldView[], most: number, painted: Painted): string[] {
  const events = worlds[0]!.events;
  const all = [...memoryRows(worlds), ...frameRows(worlds)];
  const title = `after ${events === 1 ? '1 event' : `${events} events`}`;
  if (all.length === 0) return [`${title} nothing is mapped`];
  const some = all.some((row) => row.differs);
  const head = `${title}${some ? ' (*: the lanes differ)' : ''}`;
  const folded = folds(all);
  const text = rowsText(worlds, folded, painted);
  if (text.flat().length <= most) return [head, ...text.flat()];
  const differing = folded.filter((row) => row.differs);
  const kept = differing.length > 0 ? differing : folded;
  const [names, ...rows] = rowsText(worlds, kept, painted);
  const lines = [...names!];
  let shown = 0;
  for (const row of rows) {
    if (shown > 0 && lines.length + row.length > most) break;
    lines.push(...row);
    shown++;
  }
  return [head, ...lines, ...left(folded.length - shown, kept.length - shown, some)];
}

function left(rows: number, apart: number, some: boolean): string[] {
  if (rows === 0) return [];
  const differ = some ? `, ${apart === 0 ? 'none' : apart} of them different` : '';
  return [`and ${rows} more rows${differ} (--full shows all)`];
}

/** Runs of pages, and of frames, that are alike. */
function folds(rows: readonly Row[]): Row[] {
  const all = rows.map((row) => ({ ...row, cells: [...row.cells, row.shared ?? ''] }));
  return foldRuns(all).map(({ name, cells, row, count }) => {
    const texts = (count === 1 ? row.cells : cells).slice(0, -1);
    const shared = row.shared === undefined ? {} : { shared: count === 1 ? row.shared : cells.at(-1)! };
    return { name: count === 1 ? row.name : name, cells: texts, differs: row.differs, ...shared };
  });
}

/** The lines of the head and of each row. */
function rowsText(worlds: readonly WorldView[], rows: readonly Row[], { color }: Painted): string[][] {
  const head = ['', '', ...worlds.map((world) => world.lane)];
  let lines = rowLines([head, ...rows.map((row) => [row.differs ? '*' : '', row.name, ...row.cells])]);
  // many lanes do not fit side by side: one below the other, where they differ
  if (lines.flat().some((line) => width(line) > MAIL_WIDTH)) lines = [[], ...stacked(worlds, rows)];
  return lines.map((line, i) => (i > 0 && rows[i - 1]!.differs ? line.map(color.red) : line));
}

/** The lines of each row; lanes that say the same share one. */
function stacked(worlds: readonly WorldView[], rows: readonly Row[]): string[][] {
  const name = rows.reduce((widest, row) => (row.differs ? widest : Math.max(widest, width(row.name))), 0);
  return rows.map(({ name: text, cells, shared, differs }) => {
    if (!differs) return hanging(`   ${padEnd(text, name)}  `, shared ?? cells[0]!);
    const byCell = new Map<string, string[]>();
    for (const [i, cell] of cells.entries()) byCell.set(cell, [...(byCell.get(cell) ?? []), worlds[i]!.lane]);
    const groups = [...byCell].map(([cell, lanes]) => [lanes.join(', '), cell] as const);
    const lane = Math.max(...groups.map(([lanes]) => lanes.length));
    // many lanes leave no room beside them
    if (lane > MAIL_WIDTH / 2) {
      const below = groups.flatMap(([lanes, cell]) => [
        ...wrap(lanes, MAIL_WIDTH, '     '),
        ...hanging('       ', cell),
      ]);
      return [`*  ${text}`, ...below];
    }
    return [`*  ${text}`, ...groups.flatMap(([lanes, cell]) => hanging(`     ${padEnd(lanes, lane)}  `, cell))];
  });
}

/** What does not fit behind `start` goes on below it. */
function hanging(start: string, text: string): string[] {
  if (width(start) + width(text) <= MAIL_WIDTH) return [start + text];
  const [first, ...more] = wrap(text, MAIL_WIDTH - width(start));
  return [start + first!, ...more.map((line) => ' '.repeat(width(start)) + line)];
}

function memoryRows(worlds: readonly WorldView[]): Row[] {
  const rows: Row[] = [];
  const names = worlds.map(({ lane }) => lane);
  for (const mm of union(worlds.map((world) => world.processes.map((process) => process.mm)))) {
    const lanes = worlds.map((world) => world.processes.find((process) => process.mm === mm));
    for (const counter of union(lanes.map((process) => Object.keys(process?.rss ?? {})))) {
      const values = lanes.map((process) => process?.rss[counter]);
      // a process that a lane does not have counts nothing either
      if (values.every((value) => value === undefined || value === 0)) continue;
      rows.push(row(`mm ${mm} ${counter}`, values, (value) => String(value)));
    }
    const vmas = lanes.map((process) => process?.vmas ?? []);
    for (const name of union(vmas.map((list) => list.map(vmaName)))) {
      const found = vmas.map((list) => list.find((vma) => vmaName(vma) === name));
      rows.push(row(`mm ${mm} ${name}`, found, vmaCell));
      addPteRows(
        rows,
        found.map((vma) => vma?.ptes ?? []),
        names,
      );
    }
    addPteRows(
      rows,
      lanes.map((process) => process?.stray ?? []),
      names,
    );
  }
  return rows;
}

function vmaName(vma: VmaView): string {
  return vma.label ?? `0x${vma.start}`;
}

/** `rw-s 2 pages VM_PFNMAP VM_IO`: VM_PAT and its like are an architecture's own, and shown as bits. */
function vmaCell(vma: VmaView): string {
  const flags = vmaFlags(vma.vm_flags);
  const pages = vma.pages === 1 ? '1 page' : `${vma.pages} pages`;
  const telling = TELLING.filter((name) => formatVmFlags(flags).split('|').includes(name));
  return [vma.letters, pages, ...telling].join(' ');
}

/** Flags that decide how PTEs of a VMA are read. */
const TELLING = ['VM_PFNMAP', 'VM_MIXEDMAP', 'VM_IO', 'VM_LOCKED'];

function addPteRows(rows: Row[], lanes: readonly (readonly PageView[])[], names: readonly string[]): void {
  const withRaw = lanes.length <= LANES_WITH_RAW;
  const known = lanes.map((ptes) => new Map(ptes.map((pte) => [pte.at, pte])));
  for (const at of union(lanes.map((ptes) => ptes.map((pte) => pte.at)))) {
    const ptes = known.map((list) => list.get(at));
    const { name, cells } = row(`  ${at}`, ptes, (pte) => (withRaw ? `${pte.raw} ${pteCell(pte)}` : pteCell(pte)));
    const differs = differ(ptes.map((pte) => (pte === undefined ? undefined : sense(pte))));
    const [first] = ptes;
    const shared = differs || first === undefined ? {} : { shared: sharedText(ptes as PageView[], names) };
    rows.push({ name, cells, differs, ...shared });
  }
}

/** `PW-YS D0 NULL (arm: PW-Y-)`: of lanes that mean the same. Young, dirty and special may differ all the same; raw values do. */
function sharedText(ptes: readonly PageView[], names: readonly string[]): string {
  const first = ptes[0]!;
  const others = new Map<string, string[]>();
  for (const [l, pte] of ptes.entries()) {
    if (pte.kind === 'swap' || pteBits(pte) === pteBits(first)) continue;
    others.set(pteBits(pte), [...(others.get(pteBits(pte)) ?? []), names[l]!]);
  }
  const texts = [...others].map(([bits, lanes]) => `${lanes.join(', ')}: ${bits}`);
  return texts.length === 0 ? pteCell(first) : `${pteCell(first)} (${texts.join('; ')})`;
}

function pteCell(pte: PageView): string {
  if (pte.kind === 'swap') return `swap slot ${pte.swap!.offset}`;
  return `${pteBits(pte)} ${frameWords(pte)} ${verdictWord(pte)}`;
}

/** What a PTE means, without the bit that only some architectures have. */
function sense(pte: PageView): string {
  if (pte.kind === 'swap') return `swap ${pte.swap!.offset}`;
  return `${pte.write} ${frameWords(pte)} ${verdictWord(pte)}`;
}

function frameRows(worlds: readonly WorldView[]): Row[] {
  const known = worlds.map((world) => new Map(world.frames.map((frame) => [frame.label, frame])));
  return union(worlds.map((world) => world.frames.map((frame) => frame.label))).map((label) =>
    row(
      label,
      known.map((frames) => frames.get(label)),
      frameCell,
    ),
  );
}

function frameCell(frame: HeldFrame): string {
  if (!frame.valid) return 'no struct page';
  return `${countsText(frame)}${frame.leaked ? ', leaked' : ''}`;
}

function row<T>(name: string, values: readonly (T | undefined)[], text: (value: T) => string): Row {
  const cells = values.map((value) => (value === undefined ? '-' : text(value)));
  return { name, cells, differs: differ(cells) };
}

function differ(cells: readonly unknown[]): boolean {
  return cells.some((cell) => cell !== cells[0]);
}

/** The elements of all lists, each once, in the order of appearance. */
function union<T>(lists: readonly (readonly T[])[]): T[] {
  return [...new Set(lists.flat())];
}
