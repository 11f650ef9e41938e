// SPDX-License-Identifier: GPL-2.0-or-later
import { comparing } from './comparing.js';
import { folios } from './folios.js';
import { growing } from './growing.js';
import { longLog } from './long-log.js';
import type { Metric } from './metric.js';
import { page } from './page.js';
import { reading } from './reading.js';
import { reducing } from './reducing.js';
import { searching } from './searching.js';
import type { Settings } from './settings.js';
import { starting } from './starting.js';
import { sweeping } from './sweeping.js';
import { verifying } from './verifying.js';
import { wideMapping } from './wide-mapping.js';

type Part = (settings: Settings, transcripts: readonly string[]) => Promise<Metric[]>;

/** In this order: memory is measured while little else has been done. */
export const PARTS: Readonly<Record<string, Part>> = {
  wide: wideMapping,
  folios,
  long: longLog,
  reduce: reducing,
  read: reading,
  compare: comparing,
  growth: growing,
  search: searching,
  verify: verifying,
  start: starting,
  sweep: sweeping,
  page,
};

export interface RunOptions {
  readonly settings: Settings;
  readonly transcripts: readonly string[];
  /** Names of PARTS; all of them when empty. */
  readonly only: readonly string[];
  readonly progress: (line: string) => void;
}

export async function run({ settings, transcripts, only, progress }: RunOptions): Promise<Metric[]> {
  const metrics: Metric[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const start = performance.now();
    metrics.push(...(await part(settings, transcripts)));
    progress(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  return metrics;
}
