// SPDX-License-Identifier: GPL-2.0-or-later
/** Transcripts of kernels played on the model, beside the speed at which the emulated kernels wrote them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLineBatches } from '@specialbit/events/node';
import { findArchitecture, Player } from '@specialbit/transcripts';
import { ARCHITECTURES } from './lanes.js';
import type { Metric } from './metric.js';
import type { Settings } from './settings.js';

/** Steps a second of one emulated machine, as the summary of the transcripts gives them. */
const EMULATED: Readonly<Record<string, number>> = { x86_64: 3253, arm: 1641, riscv64: 1820, m68k: 2232 };
const FILES = ['random.jsonl.gz', 'curated.jsonl.gz'];

/** `folders`: where transcripts may lie, the first that has them is used. */
export async function verifying(settings: Settings, folders: readonly string[]): Promise<Metric[]> {
  const metrics: Metric[] = [];
  for (const [machine, emulated] of Object.entries(EMULATED)) {
    const file = folders
      .flatMap((folder) => FILES.map((name) => join(folder, machine, name)))
      .find((path) => existsSync(path));
    if (file === undefined) continue;
    const player = new Player(file, ARCHITECTURES, findArchitecture);
    let steps = 0;
    const start = performance.now();
    for await (const { first, lines } of readLineBatches(file)) {
      for (const [i, text] of lines.entries()) {
        if (player.play(text, first + i).kind === 'step' && ++steps >= settings.steps) break;
      }
      if (steps >= settings.steps) break;
    }
    metrics.push({
      ...{ workload: 'transcripts', metric: `verify ${machine}`, unit: 'steps/s' },
      value: (steps * 1000) / (performance.now() - start),
      reference: { name: 'the emulated kernel', value: emulated },
    });
  }
  return metrics;
}
