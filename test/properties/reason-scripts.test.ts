// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorld, kernelOptions, type Outcome, Player, PROFILES, REASONS } from '@specialbit/core';
import { parseLog } from '@specialbit/events';
import { expect, it } from 'vitest';
import { KERNEL } from '../architecture/calls.testkit.js';
import { sourcesOf } from '../architecture/imports.testkit.js';
import { laneOf } from './lanes.js';
import { SCRIPTS } from './reason-scripts.testkit.js';
import { reasonsOf, unexplained } from './reasons.testkit.js';

it.each(SCRIPTS)('$reason on $lane', ({ reason, lane, events }) => {
  const [arch, kernel] = lane.split('@');
  const lines = [{ specialbit: 1, files: { dev: { kind: 'device' } } }, ...events].map((line) => JSON.stringify(line));
  const log = parseLog(lines.join('\n'));
  const profile = PROFILES.find(({ name }) => name === `linux-${kernel}`)!;
  const options = laneOf(arch!, log.header, { profile });
  const player = new Player(kernelOptions(options), createWorld(options));
  let out: Outcome | undefined;
  for (const event of log.events) {
    out = player.step(event);
    expect(unexplained(player.kernel, event, out)).toEqual([]);
  }
  expect(reasonsOf(out!)).toContain(reason);
});

it('every reason is given somewhere in the kernel', () => {
  const files = sourcesOf(KERNEL).filter((file) => !/^reason\/|\.test(?:kit)?\.ts$/.test(file));
  const text = files.map((file) => readFileSync(join(KERNEL, file), 'utf8')).join('\n');
  // a warning is given by its id
  const dead = Object.keys(REASONS).filter((name) => !text.includes(`'${name.replace(/^warn_/, '')}'`));
  expect(dead).toEqual([]);
});
