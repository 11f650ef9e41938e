// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorld, findProfile, kernelOptions, type Outcome, Player, REASONS } from '@specialbit/core';
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
  const profile = findProfile(kernel!)!;
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
  const named = (name: string): boolean => text.includes(`'${name.replace(/^warn_/, '')}'`);
  // where the kernel asks for several things at once, the end of the name says which it was
  const made = [...text.matchAll(/fails\(`([a-z_]+)\$\{[^`]*\}([a-z_]*)`/g)].map(
    ([, start, end]) => new RegExp(`^${start}[a-z_]+${end}$`),
  );
  const dead = Object.keys(REASONS).filter((name) => !named(name) && !made.some((pattern) => pattern.test(name)));
  expect(dead).toEqual([]);
});
