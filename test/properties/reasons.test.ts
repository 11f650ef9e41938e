// SPDX-License-Identifier: GPL-2.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { createWorld, kernelOptions, type LaneOptions, LogReferenceError, Player, PROFILES } from '@specialbit/core';
import { type LogEvent, parseLog } from '@specialbit/events';
import { findArchitecture, Player as TranscriptPlayer } from '@specialbit/transcripts';
import { WORKLOADS, workload } from '@specialbit/workloads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registry } from '../arch/configurations.js';
import { laneOf } from './lanes.js';
import { flagMap, silentChanges, unexplained } from './reasons.testkit.js';
import { runs } from './runs.js';
import { scenario } from './scenarios.js';

const KERNELS = ['6.1', '6.12', '6.18', '7.3'];
const profileOf = (kernel: string) => PROFILES.find(({ name }) => name === `linux-${kernel}`)!;

/** Plays events, with `flags` looks at every change of vm_flags, passes over those that name what no event made, and fails at the first without a reason. */
function play(lane: LaneOptions, events: Iterable<LogEvent>, flags: boolean): void {
  const player = new Player(kernelOptions(lane), createWorld(lane));
  let n = 0;
  for (const event of events) {
    n++;
    const before = flags ? flagMap(player.kernel) : undefined;
    try {
      const out = player.step(event);
      const wrong = unexplained(player.kernel, event, out);
      if (before !== undefined) wrong.push(...silentChanges(before, flagMap(player.kernel), event, out));
      if (wrong.length > 0) expect.fail(`event ${n} ${JSON.stringify(event)}: ${wrong.join('; ')}`);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
    }
  }
}

describe.each(['x86_64', 'arm', 'riscv64', 'm68k', 'x86_64-swap'])('random logs on %s', (arch) => {
  it.each(KERNELS)('have a reason for everything, on %s', (kernel) => {
    const profile = profileOf(kernel);
    fc.assert(
      fc.property(scenario(), (s) => play(laneOf(arch, s.header, { profile }), s.events, true)),
      runs(12),
    );
  });
});

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe('transcripts of kernels', () => {
  const files = readdirSync(here('../kernels'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.jsonl.gz'),
  );

  it.each(files)('%s has a reason for everything', (file) => {
    const player = new TranscriptPlayer(file, registry.all, findArchitecture);
    const lines = gunzipSync(readFileSync(here(`../kernels/${file}`)))
      .toString()
      .split('\n');
    for (const [i, text] of lines.entries()) {
      if (text === '') continue;
      const played = player.play(text, i + 1);
      if (played.kind !== 'step' || played.apart !== null) continue;
      const { kernel } = player.running!;
      // a scenario's steps are of one event or more, and what they ask for does not show here
      const wrong = unexplained(kernel, undefined, kernel.out).filter((text) => !text.includes('did not fail'));
      if (wrong.length > 0) expect.fail(`${file}:${i + 1}: ${text.slice(0, 120)}: ${wrong.join('; ')}`);
    }
  });
});

describe('workloads', () => {
  it.each(WORKLOADS)('%s has a reason for everything', (name) => {
    for (const arch of ['x86_64', 'arm'])
      for (const kernel of ['6.12', '7.3']) {
        const { header, events } = workload(name, { events: 3000 });
        play(laneOf(arch, header, { profile: profileOf(kernel) }), events, false);
      }
  });
});

describe('examples', () => {
  const logs = ['', 'gallery/', 'porting/'].flatMap((folder) =>
    readdirSync(here(`../../examples/${folder}`))
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => folder + name),
  );

  it.each(logs)('%s has a reason for everything', (name) => {
    const { header, events } = parseLog(readFileSync(here(`../../examples/${name}`), 'utf8'));
    const all = [...events];
    for (const arch of ['x86_64', 'arm', 'm68k'])
      for (const kernel of KERNELS) play(laneOf(arch, header, { profile: profileOf(kernel) }), all, false);
  });
});
