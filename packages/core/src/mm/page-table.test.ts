// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffWorlds } from '../timeline/diff.js';
import { hugeWithBits as arch, PMD_PAGES, PUD_PAGES } from '../toy-huge.testkit.js';
import { emptyWorld, type World } from '../world/world.js';
import { Journal } from './journal.js';
import { LabelMap } from './label-map.js';
import { type HugeLevel, LEVEL_NAMES, type Level, PMD, PTE, PUD } from './level.js';
import type { ProcessState } from './mm.js';
import { emptyPageTable, PageTable, type PageTableRoot } from './page-table.js';
import { codecOf, pageTableLayout } from './page-table-layout.js';
import { emptySlots, Slots } from './slots.js';

const layout = pageTableLayout(arch);
const PAGES = [1, PMD_PAGES, PUD_PAGES] as const;
const journal = new Journal();
const table = (root?: PageTableRoot): PageTable => new PageTable(layout, journal, root);
const RW = arch.pte.protection_map[3]!;

/** A present entry of a level, distinguished by `n`. */
function entry(level: Level, n: number): { lo: number; hi: number } {
  const p = { lo: 0, hi: 0 };
  if (level === PTE) {
    arch.pte.pfn_pte(p, 1 + (n % 0x7fff), { ...RW });
    return p;
  }
  const codec = level === PMD ? arch.pmd! : arch.pud!;
  codec.pfn_pxd(p, PAGES[level] * (1 + (n % 60)), { ...RW });
  codec.mkhuge(p);
  return p;
}

const hex = (p: { lo: number; hi: number }): string => (p.lo >>> 0).toString(16);

/** A page table as a list: `level first` -> raw. */
class Model {
  readonly entries: Map<string, string>;

  constructor(from?: Model) {
    this.entries = new Map(from?.entries);
  }

  at(level: Level, first: number): string {
    return `${first} ${level}`;
  }

  /** Does an entry, of any level, lie in the range? */
  any(start: number, end: number): boolean {
    return [...this.entries.keys()].some((key) => {
      const [first, level] = key.split(' ').map(Number) as [number, Level];
      return first < end && first + PAGES[level] > start;
    });
  }

  sorted(start = 0, end = Number.POSITIVE_INFINITY): string[] {
    return [...this.entries]
      .map(([key, raw]) => {
        const [first, level] = key.split(' ').map(Number) as [number, Level];
        return { first, level, raw };
      })
      .filter(({ first, level }) => first < end && first + PAGES[level] > start)
      .sort((a, b) => a.first - b.first)
      .map(({ first, level, raw }) => `${first} ${LEVEL_NAMES[level]} ${raw}`);
  }
}

function content(pt: PageTable, start = 0, end = 2 ** 20): string[] {
  const found: string[] = [];
  const p = { lo: 0, hi: 0 };
  pt.forEachEntry(start, end, p, (first, level) => found.push(`${first} ${LEVEL_NAMES[level]} ${hex(p)}`));
  return found;
}

// near the boundaries of PMDs and PUDs, and anywhere
const vpn = fc.oneof(
  fc
    .tuple(fc.nat(4), fc.nat(3), fc.integer({ min: -2, max: 2 }))
    .map(([u, m, d]) => Math.max(0, u * PUD_PAGES + m * PMD_PAGES + d)),
  fc.nat(5 * PUD_PAGES),
);
const level = fc.constantFrom<Level>(PTE, PTE, PMD, PMD, PUD);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), level, vpn, n: fc.nat(1000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('clear' as const), level, vpn }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
);

function apply(pt: PageTable, model: Model, s: { level: Level; vpn: number; n?: number }): void {
  const first = s.vpn - (s.vpn % PAGES[s.level]);
  const key = model.at(s.level, first);
  if (s.n === undefined) {
    // pte_clear() below an entry of a higher level would be a page table that is not there
    if (s.level === PTE && pt.isHuge(first)) return;
    if (s.level === PTE) pt.clear(first);
    else pt.clearHuge(s.level as HugeLevel, s.vpn);
    model.entries.delete(key);
    return;
  }
  if (!model.entries.has(key) && model.any(first, first + PAGES[s.level])) return;
  const raw = entry(s.level, s.n);
  if (s.level === PTE) pt.set(first, raw);
  else pt.setHuge(s.level as HugeLevel, s.vpn, raw);
  model.entries.set(key, hex(raw));
}

function world(pageTable: PageTableRoot): World {
  const mms = new Slots<ProcessState>(emptySlots);
  const fields = {
    locked_vm: 0,
    start_brk: 0,
    brk: 0,
    start_stack: 0,
    comm: '',
    has_pinned: false,
    huge_zero_page: false,
    merge_any: false,
  };
  mms.set(0, { id: 0, fields, rss: [0, 0, 0, 0], labels: LabelMap.empty, vmas: [], pageTable });
  return { ...emptyWorld, mms: mms.commit() };
}

describe('a page table with levels', () => {
  it('is what was stored in it, from every root on', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.array(fc.tuple(vpn, vpn), { maxLength: 4 }),
        (steps, ranges) => {
          const pt = table();
          const model = new Model();
          const roots: { root: PageTableRoot; sorted: string[] }[] = [];
          for (const s of steps) {
            if (s.do === 'commit') roots.push({ root: pt.commit(), sorted: model.sorted() });
            else apply(pt, model, s);
          }
          // and taken back in the middle of everything
          const mark = journal.begin();
          const other = new Model(model);
          for (const s of steps) if (s.do !== 'commit') apply(pt, other, s);
          if (steps.length % 2 === 0) pt.commit();
          journal.rollback(mark, { undo: () => undefined });
          expect(content(pt)).toEqual(model.sorted());
          expect(pt.huge).toBe([...model.entries.keys()].filter((key) => !key.endsWith(' 0')).length);
          for (const [a, b] of ranges) {
            const [start, end] = [Math.min(a, b), Math.max(a, b) + 1];
            expect(content(pt, start, end)).toEqual(model.sorted(start, end));
            expect(pt.isEmpty(start, end)).toBe(model.sorted(start, end).length === 0);
          }
          roots.push({ root: pt.commit(), sorted: model.sorted() });
          for (const { root, sorted } of roots) expect(content(table(root))).toEqual(sorted);
          // what a diff says, applied to the one, gives the other
          for (let i = 1; i < roots.length; i++) {
            const before = new Map(roots[i - 1]!.sorted.map((line) => [line.slice(0, line.lastIndexOf(' ')), line]));
            const empty = (name: string): string =>
              hex(codecOf(arch, LEVEL_NAMES.indexOf(name as 'pte') as Level)!.empty);
            const { ptes } = diffWorlds(arch, world(roots[i - 1]!.root), world(roots[i]!.root));
            for (const change of ptes) {
              const at = `${change.vpn} ${change.level}`;
              expect(before.get(at) ?? `${at} ${empty(change.level)}`).toBe(`${at} ${hex(change.before)}`);
              if (hex(change.after) === empty(change.level)) before.delete(at);
              else before.set(at, `${at} ${hex(change.after)}`);
            }
            expect([...before.values()].sort()).toEqual([...roots[i]!.sorted].sort());
            expect(ptes.map((change) => change.vpn)).toEqual(ptes.map((change) => change.vpn).sort((x, y) => x - y));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is copied like it is walked', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), vpn, vpn, (steps, a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b) + 1];
        const pt = table();
        const model = new Model();
        for (const s of steps) if (s.do !== 'commit') apply(pt, model, s);
        const copy = table();
        const p = { lo: 0, hi: 0 };
        const huge =
          (of: HugeLevel) =>
          (first: number): boolean => {
            copy.setHuge(of, first, p);
            return true;
          };
        pt.copyRange(copy, start, end, p, { pte: () => true, pmd: huge(PMD), pud: huge(PUD) });
        expect(content(copy)).toEqual(model.sorted(start, end));
        expect(content(pt)).toEqual(model.sorted());
      }),
    );
  });
});

describe('a walk', () => {
  const p = { lo: 0, hi: 0 };

  it('goes PMD by PMD, and through the parts of what was split', () => {
    const pt = table();
    pt.set(5, entry(PTE, 1));
    pt.setHuge(PMD, PMD_PAGES, entry(PMD, 1));
    pt.set(2 * PMD_PAGES, entry(PTE, 2));
    pt.setHuge(PMD, 3 * PMD_PAGES, entry(PMD, 2));
    pt.setHuge(PUD, PUD_PAGES, entry(PUD, 3));
    const seen: string[] = [];
    pt.walk(0, PUD_PAGES + 1, p, {
      pte: (at) => seen.push(`pte ${at}`),
      pmd: (first) => {
        seen.push(`pmd ${first}`);
        if (first === PMD_PAGES) return true;
        // split: two of its pages stay mapped
        pt.clearHuge(PMD, first);
        pt.set(first, entry(PTE, 3));
        pt.set(first + 9, entry(PTE, 3));
        return false;
      },
      pud: (first) => {
        seen.push(`pud ${first}`);
        pt.clearHuge(PUD, first);
        return false;
      },
    });
    expect(seen).toEqual([
      'pte 5',
      `pmd ${PMD_PAGES}`,
      `pte ${2 * PMD_PAGES}`,
      `pmd ${3 * PMD_PAGES}`,
      `pte ${3 * PMD_PAGES}`,
      `pte ${3 * PMD_PAGES + 9}`,
      `pud ${PUD_PAGES}`,
    ]);
  });

  it('meets an entry that begins before the range, and does not go on for ever', () => {
    const pt = table();
    pt.setHuge(PMD, 0, entry(PMD, 1));
    const seen: number[] = [];
    const visit = { pte: () => undefined, pud: () => true };
    pt.walk(7, 9, p, { ...visit, pmd: (first) => seen.push(first) > 0 });
    expect(seen).toEqual([0]);
    expect(() => pt.walk(7, 9, p, { ...visit, pmd: () => false })).toThrow('neither done with nor split');
  });
});

it('says what maps a page, and lets nothing be mapped twice', () => {
  const pt = table();
  const p = { lo: 0, hi: 0 };
  pt.setHuge(PMD, 300, entry(PMD, 4));
  expect([pt.lookup(511, p), hex(p)]).toEqual([PMD, hex(entry(PMD, 4))]);
  expect([pt.lookup(512, p), hex(p)]).toEqual([PTE, '0']);
  expect([pt.isHuge(256), pt.isHuge(255), pt.getHuge(PUD, 300, p)]).toEqual([true, false, false]);
  pt.get(300, p);
  expect(hex(p)).toBe('0');
  expect(() => pt.setHuge(PUD, 0, entry(PUD, 1))).toThrow('mapped already');
  pt.set(700, entry(PTE, 1));
  expect(() => pt.setHuge(PMD, 700, entry(PMD, 1))).toThrow('mapped already');
  // a page table that has no entries gives way
  pt.clear(700);
  pt.setHuge(PMD, 700, entry(PMD, 1));
  expect(pt.huge).toBe(2);
  pt.clearHuge(PMD, 700);
  expect(content(pt)).toEqual([`256 pmd ${hex(entry(PMD, 4))}`]);
  expect(emptyPageTable.huge).toBe(0);
});

it('tells who listens of every write, with what stood there', () => {
  const pt = table();
  const heard: string[] = [];
  pt.mm = 7;
  pt.touched = {
    entry: (mm, of, at, lo) => void heard.push(`${mm} ${LEVEL_NAMES[of]} ${at} ${(lo >>> 0).toString(16)}`),
  };
  pt.setHuge(PMD, 300, entry(PMD, 4));
  pt.setHuge(PMD, 300, entry(PMD, 5));
  pt.clearHuge(PMD, 301);
  pt.clearHuge(PMD, 301);
  pt.set(300, entry(PTE, 1));
  pt.clear(300);
  expect(heard).toEqual([
    '7 pmd 256 0',
    `7 pmd 256 ${hex(entry(PMD, 4))}`,
    `7 pmd 256 ${hex(entry(PMD, 5))}`,
    '7 pte 300 0',
    `7 pte 300 ${hex(entry(PTE, 1))}`,
  ]);
});

describe('a leaf that is copied as a whole', () => {
  const bits = { lo: 0, hi: 0 };
  const copy = (
    from: PageTable,
    change: (p: { lo: number; hi: number }) => boolean,
  ): { to: PageTable; asked: number } => {
    const to = table();
    let asked = 0;
    from.copyRange(
      to,
      0,
      384,
      { lo: 0, hi: 0 },
      {
        pte: () => true,
        pmd: () => true,
        pud: () => true,
        alone: {
          bits,
          copy: (p) => {
            asked++;
            return change(p);
          },
        },
      },
    );
    return { to, asked };
  };
  const filled = (): PageTable => {
    const pt = table();
    for (let vpn = 0; vpn < 256; vpn++) pt.set(vpn, entry(PTE, vpn));
    return pt;
  };

  it('is shared until one of the two writes to it', () => {
    const from = filled();
    const before = content(from);
    const { to, asked } = copy(from, () => true);
    expect(asked).toBe(2);
    from.clear(3);
    to.clear(200);
    expect(content(from)).toEqual(before.toSpliced(3, 1));
    expect(content(to)).toEqual(before.toSpliced(200, 1));
  });

  it('is written anew where the copies differ, each by the same bits', () => {
    const from = filled();
    const before = content(from);
    const { to } = copy(from, (p) => {
      arch.pte.mkold(p);
      return true;
    });
    const { to: single } = copy(from, () => false);
    expect(content(single)).toEqual(before);
    const p = { lo: 0, hi: 0 };
    for (let vpn = 0; vpn < 256; vpn++) {
      to.get(vpn, p);
      const old = entry(PTE, vpn);
      arch.pte.mkold(old);
      expect(p).toEqual(old);
    }
    expect(content(from)).toEqual(before);
  });
});
