// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit kernel facts [NAME]`: the kernel functions that the model plays, and what it leaves out of them. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import { suggestion } from '@specialbit/events';
import { factsLines, factsNamed, factsTable, kernelFacts, partsOf } from '@specialbit/view';
import { EXIT, UsageError } from '../failure.js';
import { kernelNamed } from '../log/lane.js';
import type { Terminal } from '../terminal.js';

/** Resolves to the exit code. Throws UsageError for a name that is none. `kernel`: whose names functions and files have. */
export async function facts(
  name: string | undefined,
  { kernel, json = false }: { readonly kernel?: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const profile = kernel === undefined ? DEFAULT_PROFILE : kernelNamed(kernel);
  if (name === undefined) {
    const all = json ? JSON.stringify(kernelFacts(profile), null, 2) : factsTable(terminal, profile).join('\n');
    await terminal.out(`${all}\n`);
    return EXIT.fine;
  }
  const found = factsNamed(name, profile);
  if (found.length === 0) {
    const hint = suggestion(name, [...new Set(kernelFacts(profile).flatMap((known) => [known.name, known.function]))]);
    throw new UsageError(
      'usage.facts',
      `no event, part or kernel function of the model is called ${name}${hint}; "specialbit kernel facts" lists them`,
    );
  }
  const shown = json
    ? JSON.stringify(
        found.map((one) => ({ ...one, parts: partsOf(one, profile) })),
        null,
        2,
      )
    : found.map((one) => factsLines(one, terminal, profile).join('\n')).join('\n\n');
  await terminal.out(`${shown}\n`);
  return EXIT.fine;
}
