// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How often properties are tried. `PROPERTY_RUNS=20 npx vitest ...` tries them 20 times as often, with as
 * much more time.
 */
import fc from 'fast-check';

const factor = Number(process.env.PROPERTY_RUNS ?? 1);

/** A property that fails is shrunk within this time, too. */
fc.configureGlobal({ interruptAfterTimeLimit: 5_000 * factor });

export const runs = (usual: number): { numRuns: number } => ({ numRuns: Math.ceil(usual * factor) });
