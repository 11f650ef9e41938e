// SPDX-License-Identifier: GPL-2.0-or-later
/** From a file: JSON Lines, validated; and the cache of the same log. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorld, kernelOptions, Player } from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import { openLogCached, readLogBatches, writeLog } from '@specialbit/events/node';
import { benchLog, laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { race } from './race.js';
import type { Settings } from './settings.js';

export async function reading(settings: Settings): Promise<Metric[]> {
  const folder = await mkdtemp(join(tmpdir(), 'specialbit-bench-'));
  try {
    return await readDriverMix(folder, settings);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readDriverMix(folder: string, settings: Settings): Promise<Metric[]> {
  const workload = 'driver-mix';
  const { header, lines, events } = benchLog(workload, settings.short, settings.seed);
  const path = join(folder, 'driver-mix.jsonl');
  const cache = join(folder, 'cache');
  await writeLog(path, header, events);
  await openLogCached(path, { cache });

  const reducer = (): ((event: LogEvent) => void) => {
    const lane = laneOf(header, 'x86_64');
    const player = new Player(kernelOptions(lane), createWorld(lane));
    return (event) => {
      player.step(event);
    };
  };
  const fromLines = async (each: (event: LogEvent) => void): Promise<void> => {
    for await (const batch of readLogBatches(path)) {
      for (const item of batch) if (item.kind === 'event') each(item.event);
    }
  };
  const fromCache = async (each: (event: LogEvent) => void): Promise<void> => {
    const { log, cached } = await openLogCached(path, { cache });
    if (!cached) throw new Error('the cache was not used');
    for (let i = 0; i < log.length; i++) each(log.get(i));
  };
  const nothing = (): void => undefined;
  const samples = await race(
    {
      parse: () => {
        for (const line of lines) JSON.parse(line);
      },
      lines: () => fromLines(nothing),
      cache: () => fromCache(nothing),
      linesReduced: () => fromLines(reducer()),
      cacheReduced: () => fromCache(reducer()),
    },
    settings,
  );
  const ns = (seconds: readonly number[]): number[] => seconds.map((one) => (one * 1e9) / events.length);
  const parse = { name: 'JSON.parse of each line', value: ns(samples.parse) };
  const unit = 'ns/event';
  return [
    {
      ...{ workload, metric: 'read JSON Lines, validated', value: ns(samples.lines), unit, reference: parse },
      goals: [{ of: 'ratio', atMost: 1.8 }],
    },
    {
      ...{ workload, metric: 'read the binary cache', value: ns(samples.cache), unit },
      reference: { name: 'read JSON Lines, validated', value: ns(samples.lines) },
      goals: [{ of: 'ratio', atMost: 1 / 3 }],
    },
    {
      ...{
        workload,
        metric: 'end to end: read, validate, reduce',
        value: ns(samples.linesReduced),
        unit,
        reference: parse,
      },
      goals: [{ of: 'ratio', atMost: 3.5 }],
    },
    {
      ...{ workload, metric: 'end to end from the cache', value: ns(samples.cacheReduced), unit, reference: parse },
      goals: [{ of: 'ratio', atMost: 2 }],
    },
  ];
}
