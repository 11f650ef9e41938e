// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Transcripts of kernels played on the model, beside the parsing of their lines, which is the least that it can cost,
 * and beside the speed at which the emulated kernels wrote them.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLineBatches } from '@specialbit/events/node';
import { findArchitecture, Player } from '@specialbit/transcripts';
import { processorTime } from './clock.js';
import { ARCHITECTURES } from './lanes.js';
import type { Metric } from './metric.js';
import { takeTurns } from './race.js';
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
    if (file !== undefined) metrics.push(...(await verifyOne(machine, file, emulated, settings)));
  }
  return metrics;
}

async function verifyOne(machine: string, file: string, emulated: number, settings: Settings): Promise<Metric[]> {
  // a slice more than there are pairs: the first one warms up
  const perSlice = Math.ceil(settings.steps / (settings.rounds + 1));
  const slices = await sliced(file, perSlice, settings.rounds + 1);
  await compileFirst(slices);
  const player = new Player(file, ARCHITECTURES, findArchitecture);
  let [played, parsed, line] = [0, 0, 1];
  const play = (): number => {
    const { lines, steps } = slices[played++]!;
    const start = processorTime();
    for (const text of lines) player.play(text, line++);
    return (processorTime() - start) / steps;
  };
  const parse = (): number => {
    const { lines, steps } = slices[parsed++]!;
    const start = processorTime();
    for (const text of lines) JSON.parse(text);
    return (processorTime() - start) / steps;
  };
  play();
  parse();
  const samples = await takeTurns({ parse, play }, slices.length - 1);
  return [
    {
      ...{ workload: 'transcripts', metric: `verify ${machine}`, value: samples.play, unit: 'us/step' },
      reference: { name: 'JSON.parse of its lines', value: samples.parse },
    },
    {
      ...{ workload: 'transcripts', metric: `verify ${machine}, rate`, unit: 'steps/s', moreIsBetter: true },
      value: samples.play.map((us) => 1e6 / us),
      reference: { name: 'the emulated kernel, when it wrote them', value: emulated },
      goals: [{ of: 'ratio', atLeast: 100 }],
    },
  ];
}

/**
 * Plays all of it once with a player of its own. Code is compiled for some 100,000 steps, which the whole check has after a
 * twentieth; else the machine that is measured first would pay for those behind it (x86_64 took 129 us a step, and arm 48).
 */
async function compileFirst(slices: readonly Slice[]): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const player = new Player('', ARCHITECTURES, findArchitecture);
    let line = 1;
    for (const { lines } of slices) for (const text of lines) player.play(text, line++);
    // compiling goes on beside it, and hands over between tasks
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Slice {
  readonly lines: readonly string[];
  /** How many of them are steps. */
  readonly steps: number;
}

/** The beginning of a transcript in slices of as many steps; fewer of them where it is short. */
async function sliced(file: string, steps: number, count: number): Promise<Slice[]> {
  const slices: { lines: string[]; steps: number }[] = [];
  let last = { lines: [] as string[], steps: 0 };
  for await (const { lines } of readLineBatches(file)) {
    for (const text of lines) {
      last.lines.push(text);
      if ('scenario' in (JSON.parse(text) as object)) last.steps++;
      if (last.steps < steps) continue;
      slices.push(last);
      if (slices.length === count) return slices;
      last = { lines: [], steps: 0 };
    }
  }
  return slices;
}
