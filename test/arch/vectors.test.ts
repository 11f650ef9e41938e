// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Golden vectors: what the kernel's own helpers, compiled from its headers, make of an entry. Every
 * row of every configuration must come out of the codec bit for bit.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Architecture, pteValue, readPte, type SwapEntry } from '@specialbit/core/arch';
import { afterAll, describe, expect, it } from 'vitest';
import { configuration } from './configurations.js';

interface Vectors {
  readonly config: string;
  readonly tests: readonly string[];
  readonly probeOps: readonly string[];
  readonly protectionMap: readonly string[];
  readonly vectors: readonly (readonly [
    pfn: string,
    prot: number,
    chain: string,
    pte: string,
    tests: string,
    pfnOut: string,
  ])[];
  readonly swap: readonly (readonly [
    type: number,
    offset: string,
    pte: string,
    typeOut: number,
    offsetOut: string,
    exclusive: string,
    tests: string,
  ])[];
  readonly probes: readonly (readonly [raw: string, tests: string, results: readonly string[]])[];
}

/** Of 6.12 all configurations; of newer releases those whose entries may differ (tools/pte-vectors makes them). */
const sets = [
  { release: '6.12', folder: new URL('../vectors/', import.meta.url), configurations: 60 },
  { release: '6.18', folder: new URL('../vectors-6.18/', import.meta.url), configurations: 10 },
  { release: '7.3', folder: new URL('../vectors-7.3/', import.meta.url), configurations: 18 },
].map((set) => ({
  ...set,
  files: readdirSync(set.folder)
    .filter((f) => f.endsWith('.json.gz'))
    .sort(),
}));
const count = { configurations: 0, vectors: 0, swap: 0, probes: 0 };

const pte = (hex: string) => readPte(BigInt(hex));
const show = (p: { lo: number; hi: number }): string => `0x${pteValue(p).toString(16)}`;

function testMask(arch: Architecture, names: readonly string[], p: { lo: number; hi: number }): string {
  let mask = 0;
  names.forEach((name, i) => {
    const test = arch.pte.tests[name];
    if (!test) throw new Error(`${arch.name} has no test ${name}`);
    if (test(p)) mask += 2 ** i;
  });
  return `0x${mask.toString(16)}`;
}

function apply(arch: Architecture, chain: string, p: { lo: number; hi: number }): void {
  for (const step of chain ? chain.split(',') : []) {
    const prot = /^modify:(\d+)$/.exec(step)?.[1];
    if (prot !== undefined) arch.pte.modify(p, arch.pte.protection_map[Number(prot)] as { lo: number; hi: number });
    else {
      const op = arch.pte.ops[step];
      if (!op) throw new Error(`${arch.name} has no operation ${step}`);
      op(p);
    }
  }
}

/** The entry as the layout's fields say, without the codec. */
function swapValue(arch: Architecture, type: number, offset: bigint): bigint {
  const { swap } = arch.layout;
  const ones = (n: number): bigint => (1n << BigInt(n)) - 1n;
  return swap.offset.reduce(
    (p, f) => p ^ (((offset >> BigInt(f.from)) & ones(f.count)) << BigInt(f.at)),
    swap.base ^ (BigInt(type) << BigInt(swap.type.at)),
  );
}

describe.each(sets)('golden vectors of Linux $release', ({ release, folder, files, configurations }) => {
  for (const file of files) {
    const v = JSON.parse(gunzipSync(readFileSync(new URL(file, folder))).toString()) as Vectors;
    it(v.config, () => {
      const arch = configuration(v.config, release);
      const failures: string[] = [];
      const check = (row: string, got: unknown, want: unknown): void => {
        const [g, w] = [JSON.stringify(got), JSON.stringify(want)];
        if (g !== w) failures.push(`${row}: expected ${w}, got ${g}`);
      };
      check('protectionMap', arch.pte.protection_map.map(show), v.protectionMap);
      for (const [pfn, prot, chain, raw, tests, pfnOut] of v.vectors) {
        const p = { lo: 0, hi: 0 };
        arch.pte.pfn_pte(p, Number(pfn), arch.pte.protection_map[prot] as { lo: number; hi: number });
        apply(arch, chain, p);
        check(
          `pfn ${pfn} prot ${prot} [${chain}]`,
          [show(p), testMask(arch, v.tests, p), `0x${arch.pte.pfn(p).toString(16)}`],
          [raw, tests, pfnOut],
        );
      }
      const entry: SwapEntry = { type: 0, offset: 0 };
      for (const [type, offset, raw, typeOut, offsetOut, exclusive, tests] of v.swap) {
        if (BigInt(offset) > BigInt(Number.MAX_SAFE_INTEGER)) {
          // No number can hold it, and no swap area is that large: the layout's fields alone are checked.
          check(`swap ${type} ${offset}`, `0x${swapValue(arch, type, BigInt(offset)).toString(16)}`, raw);
          continue;
        }
        const p = { lo: 0, hi: 0 };
        arch.pte.swp_entry_to_pte(p, type, Number(offset));
        arch.pte.pte_to_swp_entry(p, entry);
        const got = [show(p), entry.type, `0x${entry.offset.toString(16)}`, testMask(arch, v.tests, p)];
        arch.pte.swp_mkexclusive(p);
        check(`swap ${type} ${offset}`, [...got, show(p)], [raw, typeOut, offsetOut, tests, exclusive]);
      }
      for (const [raw, tests, results] of v.probes) {
        check(`probe ${raw}`, testMask(arch, v.tests, pte(raw)), tests);
        v.probeOps.forEach((op, i) => {
          const p = pte(raw);
          apply(arch, op, p);
          check(`probe ${raw} ${op}`, show(p), results[i]);
        });
      }
      expect(failures.slice(0, 5)).toEqual([]);
      count.configurations++;
      count.vectors += v.vectors.length;
      count.swap += v.swap.length;
      count.probes += v.probes.length;
    });
  }

  it(`are there for ${configurations} configurations`, () => expect(files).toHaveLength(configurations));
  afterAll(() => {
    console.log(
      `Linux ${release} and before: ${count.configurations} configurations: ${count.vectors} vectors, ${count.swap} swap entries, ${count.probes} probes reproduced`,
    );
  });
});
