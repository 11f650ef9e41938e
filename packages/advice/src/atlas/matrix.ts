// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Who looks at what: each operation is done to one raw entry of a driver's page while one thing is exchanged, VM_PFNMAP,
 * VM_MIXEDMAP or the special bit, and what comes of it is compared. No list says it.
 */
import { headerJson } from '../proof.js';
import type { Json } from '../scene.js';
import type { AtlasMaker } from './atlas.js';
import { type Cell, cellOf } from './cell.js';
import { HugeScene, pfnGround } from './ground.js';
import type { BitLevel } from './kinds.js';
import { fits, type Ground, OPERATIONS, type Operation } from './operations.js';

export interface MatrixRow {
  readonly operation: string;
  /** It matters whether the VMA has the flag: with the bit set in the entry, clear, or on an architecture without. */
  readonly pfnmap: boolean;
  readonly mixedmap: boolean;
  /** It matters whether the entry has the bit. */
  readonly bit: boolean;
  /** On an architecture that has none. */
  readonly pfnmapWithout: boolean;
  readonly mixedmapWithout: boolean;
  /** Kernel functions that said no, or complained, in one of the runs. */
  readonly deciders: readonly string[];
  /** The kernels on which any of this is otherwise than on the newest. */
  readonly otherwise: readonly string[];
}

const FLAGS = ['', 'VM_PFNMAP', 'VM_MIXEDMAP'] as const;

/** A page that the driver put there by hand, so that nothing but flags and the bit is exchanged. */
function acts(
  operation: Operation,
  flags: (typeof FLAGS)[number],
  special: boolean,
  write: boolean,
): Parameters<typeof cellOf>[1] {
  const before: Json[] = [
    { type: 'mmap', label: 'm', pages: 2, prot: 'rw', file: 'dev' },
    ...[0, 1].map((i) => ({ type: 'set_pte', at: `m[${i}]`, frame: `P${i}`, special, write })),
    ...(flags === '' ? [] : [{ type: 'vm_flags_mod', at: 'm', set: flags }]),
  ];
  const first = operation.before(PLAIN).filter(({ type }) => type !== 'read');
  return { ...operation, before: [...before, ...first], act: operation.act(PLAIN) };
}

/** What operations ask of a scene. */
const PLAIN: Ground = {
  pages: 2,
  looked: [0, 1],
  file: 'dev',
  touch: (op, i) => [{ type: op, at: `m[${i}]` }],
};

export function matrixOf(maker: AtlasMaker): MatrixRow[] {
  const { archs, kernels } = maker.given;
  const withBit = archs.find(({ bit }) => bit)!.name;
  const without = archs.find(({ bit }) => !bit)!.name;
  const header = { specialbit: 1, files: { dev: { kind: 'device', pages: 0 } } };
  return OPERATIONS.map((operation) => {
    const deciders = new Set<string>();
    const run = (arch: string, kernel: string, flags: (typeof FLAGS)[number], special: boolean): string => {
      // entries that can be written to, and those that cannot
      const cells = [true, false].map(
        (write): Cell =>
          cellOf(maker.laneOf(arch, kernel, header), acts(operation, flags, special, write), maker.starts),
      );
      for (const { where, convention } of cells.flatMap(({ reasons }) => reasons)) if (!convention) deciders.add(where);
      return cells.map(({ text }) => text).join('; ');
    };
    const looks = (
      kernel: string,
    ): Pick<MatrixRow, 'pfnmap' | 'mixedmap' | 'bit' | 'pfnmapWithout' | 'mixedmapWithout'> => {
      const text = FLAGS.map((flags) => [true, false].map((special) => run(withBit, kernel, flags, special)));
      const [none, pfnmap, mixedmap] = text as [string[], string[], string[]];
      const bare = FLAGS.map((flags) => run(without, kernel, flags, false));
      return {
        pfnmap: none.some((one, i) => one !== pfnmap[i]),
        mixedmap: none.some((one, i) => one !== mixedmap[i]),
        bit: text.some(([set, clear]) => set !== clear),
        pfnmapWithout: bare[0] !== bare[1],
        mixedmapWithout: bare[0] !== bare[2],
      };
    };
    const newest = looks(kernels.at(-1)!);
    const otherwise = kernels.filter((kernel) => JSON.stringify(looks(kernel)) !== JSON.stringify(newest));
    return {
      operation: operation.name,
      ...newest,
      deciders: [...deciders].sort(),
      otherwise,
    };
  });
}

/** Of huge entries: does it matter which flags their VMA has? */
export interface HugeMatrixRow {
  readonly operation: string;
  readonly pfnmap: boolean;
  readonly mixedmap: boolean;
  /** On an architecture without the bit at that level; undefined where there is none. */
  readonly without: { readonly pfnmap: boolean; readonly mixedmap: boolean } | undefined;
  readonly deciders: readonly string[];
  readonly otherwise: readonly string[];
}

/** How a level's entries are looked at: on the newest kernel, and those that differ from it. */
interface Looks {
  readonly withBit: { readonly pfnmap: boolean; readonly mixedmap: boolean };
  readonly without: HugeMatrixRow['without'];
}

/**
 * The same of entries of the PMD and PUD level: vmf_insert_pfn_pmd() and vmf_insert_pfn_pud() made them in a shared mapping, of a
 * device's memory and of a folio, and the flags were exchanged behind that. Whether they have the bit nobody can exchange: the
 * calls set it where there is one.
 */
export function hugeMatrixOf(maker: AtlasMaker, level: Exclude<BitLevel, 'pte'>): HugeMatrixRow[] {
  const { kernels } = maker.given;
  const archs = maker.archsOf(level);
  const memories = level === 'pmd' ? (['D', 'C'] as const) : (['D'] as const);
  const scenes = memories.map((memory) => new HugeScene(pfnGround(level, memory, true, 'VM_PFNMAP')));
  const asked = OPERATIONS.filter((operation) => fits(operation, scenes[0]!));
  return asked.map((operation) => {
    const deciders = new Set<string>();
    const run = (arch: string, kernel: string, flags: (typeof FLAGS)[number]): string => {
      const cells = scenes.map((scene) => {
        const lane = maker.laneOf(arch, kernel, { specialbit: 1, ...headerJson(scene.header) });
        return cellOf(lane, hugeActs(operation, scene, flags), maker.starts);
      });
      for (const { where, convention } of cells.flatMap(({ reasons }) => reasons)) if (!convention) deciders.add(where);
      return cells.map(({ text }) => text).join('; ');
    };
    const looksOf = (arch: string, kernel: string): Looks['withBit'] => {
      const [none, pfnmap, mixedmap] = FLAGS.map((flags) => run(arch, kernel, flags));
      return { pfnmap: none !== pfnmap, mixedmap: none !== mixedmap };
    };
    const bare = archs.find(({ bit }) => !bit)?.name;
    const looks = (kernel: string): Looks => ({
      withBit: looksOf(archs.find(({ bit }) => bit)!.name, kernel),
      without: bare === undefined ? undefined : looksOf(bare, kernel),
    });
    const newest = looks(kernels.at(-1)!);
    const otherwise = kernels.filter((kernel) => JSON.stringify(looks(kernel)) !== JSON.stringify(newest));
    return {
      operation: operation.name,
      ...newest.withBit,
      without: newest.without,
      deciders: [...deciders].sort(),
      otherwise,
    };
  });
}

function hugeActs(operation: Operation, scene: HugeScene, flags: (typeof FLAGS)[number]): Parameters<typeof cellOf>[1] {
  const exchange: Json =
    flags === 'VM_PFNMAP'
      ? { type: 'vm_flags_mod', at: 'm', set: flags }
      : { type: 'vm_flags_mod', at: 'm', clear: 'VM_PFNMAP', ...(flags === '' ? {} : { set: flags }) };
  const first = operation.before(scene).filter(({ type }) => type !== 'read');
  const before = [...scene.map(), ...scene.touch('read', 0), exchange, ...first];
  return { ...operation, before, act: operation.act(scene) };
}
