// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Counts of large folios after random events, on four architectures. `FOLIO_EVENTS=250000` plays so many on each of them, `FOLIO_SEED`
 * begins elsewhere.
 */
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import { describe, expect, it } from 'vitest';
import { FolioRun, type Size } from './folios.testkit.js';

const all = [...x86, ...special];
const EVENTS = Number(process.env.FOLIO_EVENTS ?? 1200);
const SEED = Number(process.env.FOLIO_SEED ?? 1);
const KERNELS = ['6.12', '7.3', '7.3+no_page_mapcount', '7.3+total_mapped_pages'] as const;
/** The share of events that each of them plays. */
const RUNS: readonly (readonly [kernel: (typeof KERNELS)[number], size: Size, share: number])[] = [
  ['6.12', 'small', 0.35],
  ['6.12', 'middle', 0.05],
  ['6.12', 'pmd', 0.05],
  ['7.3', 'small', 0.15],
  ['7.3', 'middle', 0.05],
  ['7.3', 'pmd', 0.05],
  ['7.3+no_page_mapcount', 'small', 0.2],
  ['7.3+total_mapped_pages', 'pmd', 0.1],
];

describe.each(['x86_64', 'arm64', 'i386-pae', 'arm-lpae'])('folios of %s', (name) => {
  const arch = all.find((one) => one.name === name || one.aliases.includes(name))!;

  it.each(RUNS)(
    'on %s (%s)',
    (kernel, size, share) => {
      const run = new FolioRun(arch, kernel, size, SEED);
      run.play(Math.ceil(EVENTS * share));
      expect(run.events).toBe(Math.ceil(EVENTS * share));
    },
    3_600_000,
  );
});
