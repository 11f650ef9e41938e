// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a picture of a moment shows: VMAs with their page table entries, the frames that these map, and what differs from
 * the picture before it. Runs of entries that say the same are one row, so that ten thousand pages fit a page of paper.
 */
import { flagNames } from '@specialbit/core';
import { frameText, pteBits, verdictWord } from '../show/pte-text.js';
import { vmaFlags } from '../show/vma-text.js';
import type { HeldFrame, PageView, ProcessView, VmaView, WorldView } from '../show/world-view.js';

/** How a thing differs from what the panel before has: `+` new, `~` other, `-` gone; `''` as there, or the first panel. */
export type Mark = '' | '+' | '~' | '-';

/** Entries of consecutive pages that say the same. */
export interface EntryRow {
  /** Unique in the picture, fit for every format. */
  readonly id: string;
  /** `ring[2]`, `ring[0..9999]`. */
  readonly at: string;
  /** `8000000008000227 PW-YS`; without the raw value where it is a run. */
  readonly bits: string;
  /** `page`, `NULL`, `bad`, `-`. */
  readonly verdict: string;
  readonly pages: number;
  /** The id of the frame box; null where nothing is mapped. */
  readonly frame: string | null;
  readonly mark: Mark;
}

export interface VmaBox {
  readonly id: string;
  readonly title: string;
  readonly flags: string;
  readonly rows: readonly EntryRow[];
  readonly mark: Mark;
}

/** A frame, or a run of frames. */
export interface FrameBox {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** It has a struct page. */
  readonly valid: boolean;
  readonly mark: Mark;
}

/** One lane at one moment. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly vmas: readonly VmaBox[];
  readonly frames: readonly FrameBox[];
}

export interface Picture {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Rows of one VMA that are drawn; what is beyond is one row that says how many. */
const ROWS = 24;

/** A panel of a world; `name` tells it from the others. */
export interface PanelSource {
  readonly name: string;
  readonly world: WorldView;
}

/** The picture of some lanes or moments; each is marked against the first. */
export function pictureOf(title: string, shown: readonly PanelSource[]): Picture {
  const base = shown[0]?.world;
  return {
    title,
    panels: shown.map(({ name, world }, i) => panelOf(`p${i}`, name, world, i === 0 ? undefined : base)),
  };
}

/** What an entry says, but for where it is. */
const saying = (page: PageView): string => `${page.level} ${pteBits(page)} ${verdictWord(page)}`;
/** What must be equal for an entry to be the same: of two architectures, what it means and not how it is written. */
const meaning = (page: PageView, likeRaw: boolean): string =>
  likeRaw
    ? `${saying(page)} ${page.raw} ${page.frame ?? ''}`
    : `${page.kind} ${page.write} ${verdictWord(page)} ${page.frame ?? ''}`;
const countsOf = (frame: HeldFrame): string => `${frame.count} ${frame.mapcount} ${frame.leaked}`;

function panelOf(id: string, title: string, world: WorldView, base: WorldView | undefined): Panel {
  const before = base === undefined ? undefined : indexOf(base, base.arch === world.arch);
  const rowsOf = new Map<string, string>();
  const vmas = world.processes.flatMap((process) => vmaBoxes(id, world, process, before, rowsOf));
  if (before !== undefined) vmas.push(...gone(id, world, base!));
  return { id, title, vmas, frames: frameBoxes(id, world, before, rowsOf) };
}

interface Before {
  /** The same architecture: raw values can be compared. */
  readonly likeRaw: boolean;
  readonly vmas: ReadonlyMap<string, string>;
  readonly entries: ReadonlyMap<string, string>;
  readonly frames: ReadonlyMap<string, string>;
}

/** By label where there is one: lanes put mappings at different addresses. */
const vmaKey = (mm: number, vma: VmaView): string => `${mm} ${vma.label ?? vma.start}`;
const vmaText = (vma: VmaView): string => `${vma.pages} ${vma.letters} ${vma.flags}`;

function indexOf(world: WorldView, likeRaw: boolean): Before {
  const entries = new Map<string, string>();
  const vmas = new Map<string, string>();
  for (const { mm, vmas: list, stray } of world.processes) {
    for (const vma of list) {
      vmas.set(vmaKey(mm, vma), vmaText(vma));
      for (const page of vma.ptes) entries.set(`${mm} ${page.at}`, meaning(page, likeRaw));
    }
    for (const page of stray) entries.set(`${mm} ${page.at}`, meaning(page, likeRaw));
  }
  return { likeRaw, vmas, entries, frames: new Map(world.frames.map((frame) => [frame.label, countsOf(frame)])) };
}

function marked(now: string, before: string | undefined, compared: boolean): Mark {
  if (!compared || now === before) return '';
  return before === undefined ? '+' : '~';
}

/** `rows`: from the label of a frame to the box that shows it. */
function vmaBoxes(
  panel: string,
  world: WorldView,
  { mm, vmas, stray }: ProcessView,
  before: Before | undefined,
  frames: Map<string, string>,
): VmaBox[] {
  const several = world.processes.length > 1 ? `mm ${mm}: ` : '';
  const boxes = vmas.map((vma, i): VmaBox => {
    const id = `${panel}m${mm}v${i}`;
    const name = vma.label === null ? '' : `${vma.label} `;
    const title = `${several}${name}${vma.start}-${vma.end} ${vma.letters}, ${vma.pages} pages${vma.open ? ', ->mmap runs' : ''}`;
    const rows = entryRows(id, panel, mm, vma.ptes, before, frames);
    const mark = marked(vmaText(vma), before?.vmas.get(vmaKey(mm, vma)), before !== undefined);
    return {
      id,
      title,
      flags: `${flagWords(vma)}${vma.file === null ? '' : `, ${vma.file} from page ${vma.vm_pgoff}`}`,
      rows,
      mark,
    };
  });
  if (stray.length === 0) return boxes;
  const id = `${panel}m${mm}stray`;
  const rows = entryRows(id, panel, mm, stray, before, frames);
  return [
    ...boxes,
    { id, title: `${several}entries that no VMA covers`, flags: '', rows, mark: before === undefined ? '' : '+' },
  ];
}

/** The flags that the letters do not show already. */
function flagWords({ vm_flags }: VmaView): string {
  return flagNames(vmaFlags(vm_flags)).replaceAll('|', ' ');
}

/** VMAs that the first panel has and this one has not. */
function gone(panel: string, world: WorldView, base: WorldView): VmaBox[] {
  const here = new Set(world.processes.flatMap(({ mm, vmas }) => vmas.map((vma) => vmaKey(mm, vma))));
  return base.processes.flatMap(({ mm, vmas }) =>
    vmas
      .filter((vma) => !here.has(vmaKey(mm, vma)))
      .map((vma, i): VmaBox => {
        const title = `${vma.label ?? ''} ${vma.start}-${vma.end} ${vma.letters}`.trim();
        return { id: `${panel}m${mm}gone${i}`, title, flags: '', rows: [], mark: '-' };
      }),
  );
}

function entryRows(
  id: string,
  panel: string,
  mm: number,
  pages: readonly PageView[],
  before: Before | undefined,
  frames: Map<string, string>,
): EntryRow[] {
  const mark = (page: PageView): Mark =>
    marked(meaning(page, before?.likeRaw ?? true), before?.entries.get(`${mm} ${page.at}`), before !== undefined);
  let runs = fold(
    pages,
    (a, b) => saying(a) === saying(b) && mark(a) === mark(b) && b.pfn === a.pfn + a.pages && follows(a, b),
  );
  // frames of all kinds: entries that say the same are one row, wherever their frames are
  if (runs.length > ROWS) runs = fold(pages, (a, b) => saying(a) === saying(b) && mark(a) === mark(b));
  const left = runs.slice(ROWS).flat();
  if (runs.length > ROWS) runs = runs.slice(0, ROWS);
  const rows = runs.map((run, i): EntryRow => {
    const [first] = run as [PageView];
    const last = run.at(-1)!;
    const one = run.length === 1;
    const box = first.frame === null ? null : boxOf(panel, frames, run);
    return {
      id: `${id}e${i}`,
      at: one ? first.at : `${first.at} .. ${last.at}`,
      bits: `${one ? `${first.raw} ` : ''}${pteBits(first)}${first.level === 'pte' ? '' : ` ${first.level.toUpperCase()}`}`,
      verdict: verdictWord(first),
      pages: run.reduce((sum, page) => sum + page.pages, 0),
      frame: box,
      mark: mark(first),
    };
  });
  if (left.length === 0) return rows;
  const pagesLeft = left.reduce((sum, page) => sum + page.pages, 0);
  return [
    ...rows,
    {
      id: `${id}more`,
      at: `and ${left.length} more entries`,
      bits: '',
      verdict: '',
      pages: pagesLeft,
      frame: null,
      mark: left.some((page) => mark(page) !== '') ? '~' : '',
    },
  ];
}

/** The next entry begins where this one ends. */
function follows(a: PageView, b: PageView): boolean {
  return a.level === b.level && a.kind === b.kind && a.kind !== 'swap';
}

function fold<T>(list: readonly T[], same: (a: T, b: T) => boolean): T[][] {
  const runs: T[][] = [];
  for (const item of list) {
    const run = runs.at(-1);
    if (run !== undefined && same(run.at(-1)!, item)) run.push(item);
    else runs.push([item]);
  }
  return runs;
}

/** The box of the frames of a run: the one that another run with the same first frame has. */
function boxOf(panel: string, frames: Map<string, string>, run: readonly PageView[]): string {
  const label = run[0]!.frame!;
  const key = run.length === 1 ? label : `${label}..${run.at(-1)!.frame}`;
  const known = frames.get(key);
  if (known !== undefined) return known;
  const id = `${panel}f${frames.size}`;
  frames.set(key, id);
  return id;
}

function frameBoxes(
  panel: string,
  world: WorldView,
  before: Before | undefined,
  boxes: ReadonlyMap<string, string>,
): FrameBox[] {
  const byLabel = new Map(world.frames.map((frame) => [frame.label, frame]));
  const ordered = world.frames;
  const shown = new Set<string>();
  const list: FrameBox[] = [];
  const markOf = (frame: HeldFrame): Mark =>
    marked(countsOf(frame), before?.frames.get(frame.label), before !== undefined);
  for (const [key, id] of boxes) {
    const [first, last] = key.split('..') as [string, string?];
    const frame = byLabel.get(first);
    if (frame === undefined) continue;
    if (last === undefined) {
      shown.add(first);
      list.push({ id, title: titleOf(frame), text: frameText(frame), valid: frame.valid, mark: markOf(frame) });
      continue;
    }
    const run = runOf(ordered, frame, byLabel.get(last)!);
    for (const { label } of run) shown.add(label);
    list.push({
      id,
      title: `${first} .. ${last}`,
      text: sharedText(run),
      valid: frame.valid,
      mark: run.map(markOf).find((mark) => mark !== '') ?? '',
    });
  }
  const rest = ordered.filter(({ label }) => !shown.has(label));
  for (const run of fold(
    rest,
    (a, b) => b.pfn === a.pfn + 1 && frameText(a) === frameText(b) && markOf(a) === markOf(b),
  )) {
    const [first] = run as [HeldFrame];
    const title = run.length === 1 ? titleOf(first) : `${first.label} .. ${run.at(-1)!.label}`;
    list.push({
      id: `${panel}r${list.length}`,
      title,
      text: `${frameText(first)}${first.leaked ? ', leaked' : ''}`,
      valid: first.valid,
      mark: markOf(first),
    });
  }
  return list;
}

/** The frames between two by their number; of frames here and there, these two. */
function runOf(frames: readonly HeldFrame[], first: HeldFrame, last: HeldFrame): HeldFrame[] {
  if (last.pfn < first.pfn) return [first, last];
  return frames.filter(({ pfn }) => pfn >= first.pfn && pfn <= last.pfn);
}

const titleOf = (frame: HeldFrame): string => `${frame.label} (pfn 0x${frame.pfn.toString(16)})`;

/** What all frames of a run say, or that they differ. */
function sharedText(run: readonly HeldFrame[]): string {
  const texts = new Set(run.map(frameText));
  const frames = `${run.length} frames`;
  return texts.size === 1 ? `${frames}, each ${[...texts][0]}` : `${frames}, counts differ`;
}
