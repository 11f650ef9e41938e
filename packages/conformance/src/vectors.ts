// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Golden vectors: raw values that the kernel's own helpers, compiled from its headers, or a simulator of
 * the hardware computed. The format is that of a JSON file; numbers are hex strings, and an empty one is not
 * compared.
 */

import { findProfile } from '@specialbit/core';
import { type Architecture, ones, type Pte, readPte, type SwapEntry } from '@specialbit/core/arch';
import { OutOfRange } from '@specialbit/events';
import { apply, protection } from './entries.js';
import { show } from './laws/law.js';

type Hex = string;

export interface GoldenVectors {
  /** The architecture that they are of, by its name here: `arm64`. */
  readonly config?: string;
  /** The kernel whose headers gave them, `6.12.117`: what the architecture is in that kernel is checked. */
  readonly kernel?: string;
  /** Names of the tests, in the order of the bits of every `tests` mask below. */
  readonly tests: readonly string[];
  /** vm_get_page_prot(0) to (15). */
  readonly protectionMap?: readonly Hex[];
  /**
   * `[pfn, protection, chain, pte, tests, pte_pfn]`: pfn_pte of protection number `protection`, then the
   * operations of `chain` (`mkdirty,mkwrite`; `modify:5` is pte_modify to protection 5).
   */
  readonly vectors?: readonly (readonly [Hex, number, string, Hex, Hex, Hex])[];
  /** `[type, offset, pte, type back, offset back, pte marked exclusive, tests]` */
  readonly swap?: readonly (readonly [number, Hex, Hex, number, Hex, Hex, Hex])[];
  /** `[pte, tests, result of each of probeOps]` */
  readonly probes?: readonly (readonly [Hex, Hex, readonly Hex[]])[];
  readonly probeOps?: readonly string[];
}

export interface VectorResult {
  readonly rows: number;
  /** One line for each row that does not agree. */
  readonly problems: readonly string[];
}

/** Puts every row through the architecture's codec. Throws OutOfRange for a test or operation that it lacks. */
export function checkVectors(newest: Architecture, v: GoldenVectors): VectorResult {
  const kernel = v.kernel === undefined ? undefined : findProfile(v.kernel);
  const arch = kernel === undefined ? newest : newest.at(kernel);
  const run = new Run(arch, v.tests);
  if (v.protectionMap !== undefined) {
    v.protectionMap.forEach((want, i) => {
      run.compare(`protection ${i}`, { pte: show(protection(arch, i)) }, { pte: want });
    });
  }
  for (const [pfn, prot, chain, pte, tests, back] of v.vectors ?? []) run.vector(pfn, prot, chain, pte, tests, back);
  for (const row of v.swap ?? []) run.swap(...row);
  for (const [raw, tests, results] of v.probes ?? []) run.probe(raw, tests, results, v.probeOps ?? []);
  return { rows: run.rows, problems: run.problems };
}

class Run {
  rows = 0;
  readonly problems: string[] = [];

  constructor(
    private readonly arch: Architecture,
    private readonly names: readonly string[],
  ) {}

  compare(row: string, found: Readonly<Record<string, Hex>>, expected: Readonly<Record<string, Hex>>): void {
    this.rows++;
    const wrong = Object.keys(expected).filter(
      (key) => expected[key] !== '' && BigInt(found[key] as Hex) !== BigInt(expected[key] as Hex),
    );
    if (wrong.length === 0) return;
    const parts = wrong.map(
      (key) => `${key}: expected ${this.word(key, expected[key])}, found ${this.word(key, found[key])}`,
    );
    this.problems.push(`${row}: ${parts.join('; ')}`);
  }

  vector(pfn: Hex, prot: number, chain: string, pte: Hex, tests: Hex, back: Hex): void {
    const p: Pte = { lo: 0, hi: 0 };
    this.arch.pte.pfn_pte(p, Number(pfn), protection(this.arch, prot));
    this.chain(p, chain);
    const found = { pte: show(p), tests: this.mask(p), pte_pfn: `0x${this.arch.pte.pfn(p).toString(16)}` };
    this.compare(`pfn ${pfn}, protection ${prot}, [${chain}]`, found, { pte, tests, pte_pfn: back });
  }

  swap(type: number, offset: Hex, pte: Hex, typeBack: number, offsetBack: Hex, exclusive: Hex, tests: Hex): void {
    const row = `swap entry (${type}, ${offset})`;
    const { pte: codec } = this.arch;
    if (BigInt(offset) > BigInt(Number.MAX_SAFE_INTEGER)) {
      // larger than any swap area, and than a number: the layout's fields alone
      this.compare(row, { pte: `0x${swapValue(this.arch, type, BigInt(offset)).toString(16)}` }, { pte });
      return;
    }
    const p: Pte = { lo: 0, hi: 0 };
    const back: SwapEntry = { type: 0, offset: 0 };
    codec.swp_entry_to_pte(p, type, Number(offset));
    codec.pte_to_swp_entry(p, back);
    const found = {
      pte: show(p),
      type: `0x${back.type.toString(16)}`,
      offset: `0x${back.offset.toString(16)}`,
      tests: this.mask(p),
    };
    codec.swp_mkexclusive(p);
    this.compare(
      row,
      { ...found, exclusive: show(p) },
      { pte, type: `0x${typeBack.toString(16)}`, offset: offsetBack, tests, exclusive },
    );
  }

  probe(raw: Hex, tests: Hex, results: readonly Hex[], ops: readonly string[]): void {
    this.compare(`raw ${raw}`, { tests: this.mask(readPte(BigInt(raw))) }, { tests });
    ops.forEach((op, i) => {
      const want = results[i];
      if (want === undefined) return;
      const p = readPte(BigInt(raw));
      this.chain(p, op);
      this.compare(`raw ${raw}, ${op}`, { pte: show(p) }, { pte: want });
    });
  }

  private chain(p: Pte, chain: string): void {
    for (const step of chain === '' ? [] : chain.split(',')) {
      if (!step.startsWith('modify:') && this.arch.pte.ops[step] === undefined) {
        throw new OutOfRange(
          'vectors.name',
          `${this.arch.name} has no operation ${step}; it has ${Object.keys(this.arch.pte.ops).join(', ')}`,
        );
      }
      apply(this.arch, p, step);
    }
  }

  private mask(p: Pte): Hex {
    let mask = 0n;
    this.names.forEach((name, i) => {
      const test = this.arch.pte.tests[name];
      if (test === undefined) {
        throw new OutOfRange(
          'vectors.name',
          `${this.arch.name} has no test ${name}; it has ${Object.keys(this.arch.pte.tests).join(', ')}`,
        );
      }
      if (test(p)) mask |= 1n << BigInt(i);
    });
    return `0x${mask.toString(16)}`;
  }

  /** A mask of tests by their names, everything else as it is. */
  private word(key: string, value: Hex | undefined): string {
    if (key !== 'tests' || value === undefined) return String(value);
    const set = this.names.filter((_, i) => (BigInt(value) >> BigInt(i)) & 1n);
    return set.length === 0 ? 'none of the tests' : set.join('+');
  }
}

function swapValue(arch: Architecture, type: number, offset: bigint): bigint {
  const { swap } = arch.layout;
  return swap.offset.reduce(
    (p, f) => p ^ (((offset >> BigInt(f.from)) & ones(f.count)) << BigInt(f.at)),
    swap.base ^ (BigInt(type) << BigInt(swap.type.at)),
  );
}
