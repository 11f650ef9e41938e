// SPDX-License-Identifier: GPL-2.0-or-later
/** What is not the same in all lanes, and which lanes show the same. */
import type { CellKind } from '@specialbit/view';
import { CELL, type Cells, KINDS, type LaneMoment, type VmaCells } from '../protocol.js';

/** The kinds that are one answer of vm_normal_page(): how a lane came to it does not part it from another. */
const ANSWER: Readonly<Record<CellKind, number>> = {
  ...{ none: 0, page: 1, special: 2, rule: 2, zero: 2, bad: 3, swap: 4, stray: 5 },
};
const ANSWERS = KINDS.map((kind) => ANSWER[kind]);

/** What a cell means to lanes of any architecture. */
function sense({ kind, bits, count }: Cells, i: number): number {
  return ANSWERS[kind[i]!]! | ((bits[i]! & CELL.write) << 3) | ((count[i]! + 1) << 4);
}

/** Marks in all lanes what another lane has otherwise. */
export function markDiffering(lanes: readonly LaneMoment[]): LaneMoment[] {
  if (lanes.length < 2) return [...lanes];
  const vmas = differingKeys(lanes.map((lane) => new Map(lane.vmas.map((vma) => [vma.key, vmaSense(vma)]))));
  const frames = differingKeys(
    lanes.map((lane) => new Map(lane.frames.map((f) => [f.label, `${f.valid ? `${f.count} ${f.mapcount}` : ''}`]))),
    true,
  );
  const counters = differingKeys(
    lanes.map((lane) => new Map(lane.counters.map((c) => [`${c.mm} ${c.name}`, c.value]))),
  );
  const byKey = new Map<string, Cells[]>();
  for (const lane of lanes) for (const { key, cells } of lane.vmas) byKey.set(key, [...(byKey.get(key) ?? []), cells]);
  const apart = new Set<string>();
  for (const [key, cells] of byKey) if (markCells(cells)) apart.add(key);
  return lanes.map((lane) => ({
    ...lane,
    vmas: lane.vmas.map((vma) => ({ ...vma, differs: vmas.has(vma.key) || apart.has(vma.key) })),
    frames: lane.frames.map((frame) => ({ ...frame, differs: frames.has(frame.label) })),
    counters: lane.counters.map((c) => ({ ...c, differs: counters.has(`${c.mm} ${c.name}`) })),
  }));
}

const vmaSense = ({ letters, pages, flags }: Pick<VmaCells, 'letters' | 'pages' | 'flags'>): string =>
  `${letters} ${pages} ${flags.join()}`;

/** Keys that some lane has not, or has with another value. `absent`: what is not there is no difference. */
function differingKeys<T>(lanes: readonly ReadonlyMap<string, T>[], absent = false): Set<string> {
  const found = new Set<string>();
  for (const key of new Set(lanes.flatMap((lane) => [...lane.keys()]))) {
    const having = lanes.filter((lane) => lane.has(key));
    if (!absent && having.length < lanes.length) found.add(key);
    const first = having[0]!.get(key);
    if (having.some((lane) => lane.get(key) !== first)) found.add(key);
  }
  return found;
}

/** Marks the cells of one VMA in its lanes; whether any differs. */
function markCells(lanes: readonly Cells[]): boolean {
  const [base, ...others] = lanes as [Cells, ...Cells[]];
  const known = new Map<number, number>();
  for (let i = 0; i < base.page.length; i++) if (base.kind[i] !== 0) known.set(base.page[i]!, sense(base, i));
  const apart = new Set<number>();
  for (const cells of others) {
    let met = 0;
    for (let i = 0; i < cells.page.length; i++) {
      if (cells.kind[i] === 0) continue;
      const page = cells.page[i]!;
      const there = known.get(page);
      if (there === undefined) apart.add(page);
      else met++;
      if (there !== undefined && there !== sense(cells, i)) apart.add(page);
    }
    if (met === known.size) continue;
    const here = new Set(cells.page.filter((_, i) => cells.kind[i] !== 0));
    for (const page of known.keys()) if (!here.has(page)) apart.add(page);
  }
  if (apart.size === 0) return false;
  for (const { page, pages, bits } of lanes) {
    for (let i = 0; i < page.length; i++) {
      const end = page[i]! + pages[i]!;
      const within = pages[i] === 1 ? apart.has(page[i]!) : [...apart].some((one) => one >= page[i]! && one < end);
      if (within) bits[i]! |= CELL.differs;
    }
  }
  return true;
}

/** Lanes that show the same as one: their indices together, in the place of the first. */
export function groupAlike<L extends Shown>(lanes: readonly L[]): L[] {
  const groups = new Map<string, { first: L; lanes: number[] }>();
  for (const lane of lanes) {
    const key = keyOf(lane);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: lane, lanes: [...lane.lanes] });
    else group.lanes.push(...lane.lanes);
  }
  return [...groups.values()].map(({ first, lanes: all }) => ({ ...first, lanes: all }));
}

/** What of a lane is shown. */
interface Shown extends Pick<LaneMoment, 'lanes' | 'counters' | 'failed' | 'returned'> {
  readonly vmas: readonly (Omit<VmaCells, 'cells'> & { readonly seen: { readonly hash: string } })[];
  /** The counts of its frames. */
  readonly digest: number;
}

function keyOf({ vmas, digest, counters, failed, returned }: Shown): string {
  const parts = vmas.map((vma) => `${vma.key} ${vmaSense(vma)} ${vma.seen.hash}`);
  const counted = counters.map(({ mm, name, value }) => `${mm} ${name} ${value}`);
  // addresses are an architecture's own; errors and signals are not
  return [...parts, String(digest), ...counted, failed ? returned : ''].join('\n');
}
