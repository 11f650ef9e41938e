// SPDX-License-Identifier: GPL-2.0-or-later
/** The atlas as data: for every kind of mapping what each operation does, with and without the bit, on every kernel. */
import type { NamedLane, ReasonView } from '@specialbit/core';
import { decodeHeader, formatHeader, type LogHeader } from '@specialbit/events';
import { headerJson } from '../proof.js';
import type { Json } from '../scene.js';
import { Starts } from '../trial.js';
import { type Cell, cellOf } from './cell.js';
import type { BitLevel, Chapter, Kind } from './kinds.js';
import { fits, OPERATIONS, type Operation } from './operations.js';

/** What some lanes have in common, and others not. */
export interface Answer {
  readonly text: string;
  /** `6.1`, `6.12-7.3`; empty for all kernels. */
  readonly kernels: string;
  /** Architectures, where those of one column differ; empty for all. */
  readonly archs: readonly string[];
  readonly reasons: readonly ReasonView[];
  readonly failed: boolean;
}

export interface Row {
  readonly operation: string;
  readonly withBit: readonly Answer[];
  readonly without: readonly Answer[];
  /** The log, as text; the last event is the operation. */
  readonly log: string;
  readonly events: number;
}

export interface Section {
  readonly kind: Kind;
  /** Why there is no such mapping, where there is none on any lane. */
  readonly impossible: readonly Answer[];
  readonly rows: readonly Row[];
}

export interface AtlasChapter {
  readonly chapter: Chapter;
  readonly sections: readonly Section[];
}

/** Architectures of the columns: with the bit and without, those of one family and of others. */
export interface AtlasLanes {
  readonly archs: readonly { readonly name: string; readonly bit: boolean }[];
  /**
   * The same for entries of the PMD and PUD level, where these architectures have huge ones; absent: huge kinds are left out. Of PUDs
   * no architecture has them without the bit.
   */
  readonly huge?: Readonly<Record<'pmd' | 'pud', readonly { readonly name: string; readonly bit: boolean }[]>>;
  /** Proven kernels, oldest first: `6.1`. */
  readonly kernels: readonly string[];
  /** Every architecture, for what a call answers on each of the newest kernel; absent: none are compared. */
  readonly all?: readonly string[];
  readonly lane: (arch: string, kernel: string, header: LogHeader) => NamedLane;
}

/** What lanes of one column answer. */
export interface Answers {
  readonly answers: Answer[];
  readonly failed: boolean;
  /** On none of them there was something to do it to. */
  readonly impossible: boolean;
}

export class AtlasMaker {
  readonly starts = new Starts();
  private readonly lanes = new Map<string, NamedLane>();

  constructor(readonly given: AtlasLanes) {}

  laneOf(arch: string, kernel: string, header: Json): NamedLane {
    const key = `${arch} ${kernel} ${JSON.stringify(header)}`;
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      lane = this.given.lane(arch, kernel, decodeHeader(header));
      this.lanes.set(key, lane);
    }
    return lane;
  }

  /** Plays `acts` on every lane, and puts together what is alike. */
  answers(header: Json, acts: Parameters<typeof cellOf>[1], bit: boolean, level: BitLevel = 'pte'): Answers {
    return this.cells(header, (lane) => cellOf(lane, acts, this.starts), bit, level);
  }

  /** The same of cells that are found in another way. */
  cells(header: Json, cell: (lane: NamedLane) => Cell, bit: boolean, level: BitLevel): Answers {
    const { kernels } = this.given;
    const column = this.archsOf(level).filter((arch) => arch.bit === bit);
    const cells = column.flatMap(({ name }) =>
      kernels.map((kernel) => ({
        arch: name,
        kernel,
        cell: cell(this.laneOf(name, kernel, header)),
      })),
    );
    return {
      answers: grouped(cells, kernels, column.length),
      failed: cells.every((one) => one.cell.failed),
      impossible: cells.every((one) => one.cell.impossible),
    };
  }

  /** The architectures of a chapter's columns. */
  archsOf(level: BitLevel): AtlasLanes['archs'] {
    return level === 'pte' ? this.given.archs : (this.given.huge?.[level] ?? []);
  }

  chapter(chapter: Chapter): AtlasChapter {
    return { chapter, sections: chapter.kinds.map((kind) => this.section(kind, chapter.level)) };
  }

  private section(kind: Kind, level: BitLevel): Section {
    const { scene } = kind;
    const header = { specialbit: 1, ...headerJson(scene.header) };
    // where neither reading nor writing comes to anything, there is no such mapping
    const [read, write] = OPERATIONS.slice(0, 2).map((operation) => this.row(kind, header, operation, level));
    if (read!.failed && write!.failed) {
      const seen = [...read!.row.withBit, ...read!.row.without];
      const texts = new Map(seen.map((answer) => [`${answer.text} ${answer.kernels}`, answer]));
      return { kind, impossible: [...texts.values()], rows: [] };
    }
    const asked = OPERATIONS.filter((operation) => fits(operation, scene));
    return { kind, impossible: [], rows: asked.map((operation) => this.row(kind, header, operation, level).row) };
  }

  private row(
    { name, scene }: Kind,
    header: Json,
    operation: Operation,
    level: BitLevel,
  ): { row: Row; failed: boolean } {
    const before = [...scene.map(), ...operation.before(scene)];
    const act = operation.act(scene);
    const acts = { ...operation, before, act };
    const withBit = this.answers(header, acts, true, level);
    const without = this.answers(header, acts, false, level);
    const arch = this.archsOf(level).map((one) => `${one.name}@${this.given.kernels.at(-1)!}`);
    const head = formatHeader(decodeHeader({ ...header, title: `${name}: ${operation.name}`, arch }));
    const events = [...before, act];
    const log = [head, ...events.map((json) => JSON.stringify(json))].map((line) => `${line}\n`).join('');
    return {
      row: {
        operation: operation.name,
        withBit: withBit.answers,
        without: without.answers,
        log,
        events: events.length,
      },
      failed: withBit.failed && without.failed,
    };
  }
}

interface Played {
  readonly arch: string;
  readonly kernel: string;
  readonly cell: Cell;
}

/** Equal cells together: first kernel by kernel, then runs of kernels that answer alike. */
function grouped(cells: readonly Played[], kernels: readonly string[], archs: number): Answer[] {
  const byText = new Map<string, Played[]>();
  for (const played of cells) byText.set(played.cell.text, [...(byText.get(played.cell.text) ?? []), played]);
  return [...byText.values()].map((same) => {
    const names = [...new Set(same.map(({ arch }) => arch))];
    const on = kernels.filter((kernel) => same.some((one) => one.kernel === kernel));
    return {
      text: same[0]!.cell.text,
      failed: same[0]!.cell.failed,
      kernels: on.length === kernels.length ? '' : rangeText(on, kernels),
      archs: names.length === archs ? [] : names,
      reasons: same
        .flatMap(({ cell }) => cell.reasons)
        .filter((one, i, all) => all.findIndex(({ name }) => name === one.name) === i),
    };
  });
}

/** `6.1`, `6.12 to 7.3`, `6.1, 7.3`. */
export function rangeText(on: readonly string[], kernels: readonly string[]): string {
  const first = kernels.indexOf(on[0]!);
  const run = kernels.slice(first, first + on.length).every((kernel, i) => kernel === on[i]);
  if (!run || on.length === 1) return on.join(', ');
  return `${on[0]} to ${on.at(-1)}`;
}
