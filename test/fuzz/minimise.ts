// SPDX-License-Identifier: GPL-2.0-or-later
/** Makes an input smaller as long as it is answered with the same fault: by lines, then by pieces of lines. */
import type { Fault, Input } from './reader.js';

type Bad = (input: Input) => Promise<Fault | undefined>;

const same = (a: Fault, b: Fault | undefined): boolean => b !== undefined && a.kind === b.kind && a.where === b.where;

export async function minimised(input: Input, fault: Fault, bad: Bad, until: number): Promise<Input> {
  const latin = Buffer.from(input.bytes).toString('latin1');
  let pieces = latin.split(/(?<=\n)/);
  const tryThese = async (less: readonly string[]): Promise<boolean> =>
    Date.now() < until && same(fault, await bad({ ...input, bytes: Buffer.from(less.join(''), 'latin1') }));
  pieces = await without(pieces, tryThese, until);
  if (pieces.join('').length < 4000) pieces = await without(pieces.join('').split(''), tryThese, until);
  return { ...input, bytes: Buffer.from(pieces.join(''), 'latin1') };
}

/** Leaves out ever smaller parts. */
async function without(
  all: readonly string[],
  still: (less: readonly string[]) => Promise<boolean>,
  until: number,
): Promise<string[]> {
  let kept = [...all];
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length && Date.now() < until; ) {
      const less = kept.toSpliced(from, size);
      if (less.length < kept.length && (await still(less))) kept = less;
      else from += size;
    }
  }
  return kept;
}
