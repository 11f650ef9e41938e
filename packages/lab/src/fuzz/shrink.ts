// SPDX-License-Identifier: GPL-2.0-or-later
/** Makes a scenario at which kernel and model differ as small as it gets, each round in one boot of the kernel. */

/** Answers for each of some scenarios whether the difference is still there. */
export type Ask = (scenarios: readonly (readonly string[])[]) => Promise<readonly boolean[]>;

/** Tries without each line, and without halves first; resolves to the lines that are left. */
export async function shrinkScenario(lines: readonly string[], ask: Ask): Promise<readonly string[]> {
  let best = lines;
  for (;;) {
    const half = Math.floor(best.length / 2);
    const tries = [
      ...(best.length > 3 ? [best.slice(half), best.slice(0, half)] : []),
      ...best.map((_, i) => best.filter((__, j) => j !== i)),
    ].filter((candidate) => candidate.length > 0);
    const answers = await ask(tries);
    const smaller = tries.filter((_, i) => answers[i] === true).sort((a, b) => a.length - b.length)[0];
    if (smaller === undefined) return best;
    best = smaller;
  }
}
