// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Who looks at what: each operation is done to one raw entry of a driver's page while one thing is exchanged, VM_PFNMAP,
 * VM_MIXEDMAP or the special bit, and what comes of it is compared. No list says it.
 */
import type { Json } from '../scene.js';
import type { AtlasMaker } from './atlas.js';
import { type Cell, cellOf } from './cell.js';
import { type Ground, OPERATIONS, type Operation } from './operations.js';

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
