// SPDX-License-Identifier: GPL-2.0-or-later
/** The scenarios on kernels of one's choice: how many of their expectations hold on each. */
import { table, wrap } from '@specialbit/view';
import { architectureNamed } from '../architectures.js';
import { EXIT } from '../failure.js';
import { type CheckedExpectations, checkExpectations, wholeLog } from '../log/check-expectations.js';
import { kernelsNamed, laneOf } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { type GalleryEntry, isMissing, type Scenario } from './scenario.js';

interface OnKernel extends CheckedExpectations {
  readonly kernel: string;
}

interface ScenarioOnKernels {
  readonly id: string;
  readonly log: string;
  readonly architectures: readonly string[];
  readonly kernels: readonly OnKernel[];
}

/** Resolves to the exit code. Throws UsageError, LogError. */
export async function runOnKernels(
  entries: readonly GalleryEntry[],
  names: readonly string[],
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  const scenarios: ScenarioOnKernels[] = [];
  for (const entry of entries) if (!isMissing(entry)) scenarios.push(await onKernels(entry, names));
  const failed = scenarios.filter(({ kernels }) => kernels.some(({ unheld }) => unheld.length > 0));
  if (json) await terminal.out(`${JSON.stringify(scenarios, null, 2)}\n`);
  else await terminal.out(`${tableLines(entries, scenarios, terminal).join('\n')}\n`);
  return failed.length > 0 ? EXIT.finding : EXIT.fine;
}

/** Each architecture of the scenario's lanes, on each of the kernels. */
async function onKernels({ id, log: file, lanes }: Scenario, names: readonly string[]): Promise<ScenarioOnKernels> {
  const log = await wholeLog(file);
  const architectures = [...new Set(lanes.map((lane) => lane.split('@')[0]!))];
  const kernels = kernelsNamed(names).map((profile) => {
    const on = architectures.map((name) => laneOf(log.file, log.header, architectureNamed(name), profile));
    return { kernel: profile.name.replace(/^linux-/, ''), ...checkExpectations(log, on) };
  });
  return { id, log: file, architectures, kernels };
}

function tableLines(
  entries: readonly GalleryEntry[],
  scenarios: readonly ScenarioOnKernels[],
  { color }: Terminal,
): string[] {
  const kernels = scenarios[0]?.kernels.map(({ kernel }) => kernel) ?? [];
  const cell = ({ asked, met }: CheckedExpectations): string => {
    if (asked === 0) return color.dim('none');
    return met === asked ? color.green(`${met}/${asked}`) : color.red(`${met}/${asked}`);
  };
  const rows = scenarios.map(({ id, architectures, kernels: on }) => [id, ...on.map(cell), architectures.join(', ')]);
  const align = `l${'r'.repeat(kernels.length)}l`;
  const lines = table([['id', ...kernels, 'architectures'], ...rows], { align, wrapLast: true });
  for (const { id, kernels: on } of scenarios) {
    for (const { kernel, unheld } of on) {
      for (const { number, lines: found } of unheld) {
        lines.push('', `${id} on ${kernel}, event ${number} does not hold:`);
        lines.push(...found.flatMap((text) => wrap(text, 76, '  ')));
      }
    }
  }
  const missing = entries.filter(isMissing);
  if (missing.length > 0) lines.push('', ...wrap(`not to be played yet: ${missing.map(({ id }) => id).join(', ')}`));
  const all = scenarios.flatMap(({ kernels: on }) => on);
  const sum = (of: (one: CheckedExpectations) => number): number => all.reduce((total, one) => total + of(one), 0);
  lines.push('', `expectations met: ${sum(({ met }) => met)} of ${sum(({ asked }) => asked)}`);
  return lines;
}
