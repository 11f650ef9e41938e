// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The worst that /proc says of a large folio without counts of pages: found by going through short logs on paper, and played
 * by the model. The logs: a process gets a folio and forks, and then each process unmaps one range of it at most.
 */
import { architectures } from '@specialbit/arch-x86';
import { createWorld, findProfile, kernelOptions, laneOf, Player } from '@specialbit/core';
import { type FolioOfProcess, folioCounts } from '@specialbit/core/kernel';
import { parseLog } from '@specialbit/events';

/** Pages that a process unmaps, `[from, to)`. */
type Cut = readonly [from: number, to: number];
const NONE: Cut = [0, 0];

/** What each process does. */
export type Plan = readonly Cut[];

const ARCH = architectures.find(({ name }) => name === 'x86_64')!;
const PAGE = 4;
const PMD_ORDER = 9;

/** folio_average_page_mapcount() of so many mapped pages. */
const average = (total: number, pages: number): number =>
  total === 0 ? 0 : Math.max(1, Math.floor((total + pages / 2) / pages));

/** Too much, or too little. */
type Way = 'more' | 'less';

/** Ends of ranges at which an average or a share can turn. */
export function turns(pages: number): number[] {
  const half = pages / 2;
  const all = [0, 1, half / 2, half - 1, half, half + 1, half + half / 2, pages - 1, pages];
  return [...new Set(all.filter((n) => Number.isInteger(n) && n >= 0 && n <= pages))].sort((a, b) => a - b);
}

const every = (pages: number): number[] => Array.from({ length: pages + 1 }, (_, i) => i);

/**
 * The plan after which Pss of some process is off the most in one way, with the fewest unmappings of those that are as bad; by
 * how many pages, from the rule alone.
 */
export function worst(
  pages: number,
  processes: number,
  way: Way,
  ends: (pages: number) => number[] = turns,
): { readonly plan: Plan; readonly off: number } {
  const at = ends(pages);
  const lengths = at.slice(1).map((end, i) => end - at[i]!);
  // a range as its first and last piece; that of nothing comes first
  const cuts: [from: number, to: number][] = [[0, 0]];
  for (let from = 0; from < at.length; from++) for (let to = from + 1; to < at.length; to++) cuts.push([from, to]);
  const mapped = cuts.map(([from, to]) => pages - (at[to]! - at[from]!));
  const chosen = new Array<number>(processes).fill(0);
  const users = new Array<number>(lengths.length).fill(processes);
  let best = { plan: [] as number[], off: 0, moves: 0 };
  const judge = (): void => {
    const total = chosen.reduce((sum, cut) => sum + mapped[cut]!, 0);
    // one reference: nothing is looked up
    if (total <= 1) return;
    const each = average(total, pages);
    let off = 0;
    for (const cut of chosen) {
      const [from, to] = cuts[cut]!;
      let exact = 0;
      for (let i = 0; i < lengths.length; i++) if (i < from || i >= to) exact += lengths[i]! / users[i]!;
      const by = mapped[cut]! / each - exact;
      off = Math.max(off, way === 'more' ? by : -by);
    }
    const moves = chosen.reduce((sum, cut) => sum + (cut > 0 ? 1 : 0), 0);
    if (off > best.off + 1e-9 || (off > best.off - 1e-9 && off > 0 && moves < best.moves))
      best = { plan: [...chosen], off, moves };
  };
  // processes are alike, and so is the order in which they unmap
  const choose = (process: number, first: number): void => {
    if (process === processes) {
      judge();
      return;
    }
    for (let cut = first; cut < cuts.length; cut++) {
      const [from, to] = cuts[cut]!;
      chosen[process] = cut;
      for (let i = from; i < to; i++) users[i]!--;
      choose(process + 1, cut);
      for (let i = from; i < to; i++) users[i]!++;
    }
  };
  choose(0, 0);
  return { plan: best.plan.map((cut): Cut => cuts[cut]!.map((i) => at[i]!) as [number, number]), off: best.off };
}

/** The same, with any range at all. */
export const worstOfAll = (pages: number, processes: number, way: Way): number =>
  worst(pages, processes, way, every).off;

/** The events of a plan, as a log has them. */
export function logOf(order: number, plan: Plan): string {
  const pages = 2 ** order;
  const thp = order === PMD_ORDER ? 'always' : { [`hugepages-order${order}/enabled`]: 'always' };
  const events = [
    { type: 'mmap', label: 'a', at: '0x40000000', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED', pages, prot: 'rw' },
    { type: 'write', at: 'a' },
    ...plan.slice(1).map((_, i) => ({ type: 'fork', child: i + 1 })),
    ...plan.flatMap(([from, to], mm) =>
      to > from ? [{ type: 'munmap', ...(mm === 0 ? {} : { mm }), at: `a[${from}]`, pages: to - from }] : [],
    ),
  ];
  return [{ specialbit: 1, thp }, ...events].map((line) => JSON.stringify(line)).join('\n');
}

/** What the model has of the folio after the log. */
export function played(order: number, plan: Plan, kernel: string): readonly FolioOfProcess[] {
  const { header, events } = parseLog(logOf(order, plan));
  const lane = laneOf(header, ARCH, findProfile(kernel)!);
  const player = new Player(kernelOptions(lane), createWorld(lane));
  for (const event of events) player.step(event);
  const folio = folioCounts(player.kernel).find((one) => one.order === order);
  return folio?.processes ?? [];
}

const shortly = (plan: Plan): string => {
  const cuts = plan.flatMap(([from, to], mm) => (to > from ? [`mm ${mm}: munmap a[${from}] ${to - from}`] : []));
  return cuts.length === 0 ? 'nothing' : cuts.join('; ');
};

const kilobytes = (bytes: number): string => {
  const off = bytes / 1024;
  return `${off > 0 ? '+' : ''}${Number(off.toFixed(1))}`;
};

/** The rows of the table: orders 2 to 9, one to four processes. */
export function tableLines(): string[] {
  const lines = [
    '| order | pages | processes | Pss, kB too much | after | Pss, kB too little | after | Uss, kB | after |',
    '| ---: | ---: | ---: | ---: | --- | ---: | --- | ---: | --- |',
  ];
  for (let order = 2; order <= PMD_ORDER; order++) {
    for (let processes = 1; processes <= 4; processes++) lines.push(rowOf(order, processes));
  }
  return lines;
}

function rowOf(order: number, processes: number): string {
  const pages = 2 ** order;
  const cells = (['more', 'less'] as const).flatMap((way) => {
    const { plan, off } = worst(pages, processes, way);
    if (off === 0) return ['0', ''];
    const offs = played(order, plan, '7.3+no_page_mapcount').map(({ pss }) => pss.reported - pss.exact);
    const found = way === 'more' ? Math.max(...offs) : Math.min(...offs);
    // the rule on paper and the model say the same, but for what fixed point cuts off
    if (Math.abs(Math.abs(found) / 1024 - off * PAGE) > 0.5)
      throw new Error(`order ${order}: ${found} and ${off} pages`);
    return [kilobytes(found), shortly(plan)];
  });
  const lonely = lonelyOf(order, processes);
  return `| ${[order, pages, processes, ...cells, ...lonely].join(' | ')} |`;
}

/**
 * Uss is all or nothing: worst is a process that has all but one page to itself, and with three or more one that found no slot
 * and is the last, of which a part that is mapped by itself is gone.
 */
function lonelyOf(order: number, processes: number): string[] {
  const pages = 2 ** order;
  if (processes === 1) return ['0', ''];
  const all: Cut = [0, pages];
  const others = new Array<Cut>(Math.max(0, processes - 3)).fill(all);
  const plans: Plan[] =
    processes === 2
      ? [[NONE, [1, pages]]]
      : [
          [all, all, NONE, ...others],
          [NONE, [1, pages], all, ...others],
        ];
  let best = { off: 0, plan: [] as Plan };
  for (const plan of plans) {
    const offs = played(order, plan, '7.3+no_page_mapcount').map(({ uss }) => uss.reported - uss.exact);
    const off = Math.min(0, ...offs);
    if (off < best.off) best = { off, plan };
  }
  return best.off === 0 ? ['0', ''] : [kilobytes(best.off), shortly(best.plan)];
}
