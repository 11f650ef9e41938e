// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How often properties are tried, and with which random numbers. `PROPERTY_RUNS=20 npx vitest ...` tries them 20
 * times as often, with as much more time. The numbers are the same in every run, so that what fails fails again;
 * others are tried with `PROPERTY_SEED=7`, or `PROPERTY_SEED=random`.
 */
import fc from 'fast-check';

const factor = Number(process.env.PROPERTY_RUNS ?? 1);

const seed = process.env.PROPERTY_SEED ?? '1';

/** A property that fails is shrunk within this time, too. */
fc.configureGlobal({ interruptAfterTimeLimit: 5_000 * factor, ...(seed === 'random' ? {} : { seed: Number(seed) }) });

export const runs = (usual: number): { numRuns: number } => ({ numRuns: Math.ceil(usual * factor) });
