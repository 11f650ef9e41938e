// SPDX-License-Identifier: GPL-2.0-or-later
/** The architectures and logs that are measured. */
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import type { LaneOptions } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { formatEvent, type LogEvent, type LogHeader, parseLog } from '@specialbit/events';
import { type WorkloadName, workload } from '@specialbit/workloads';

export const ARCHITECTURES: readonly Architecture[] = [...x86, ...nospecial, ...special];

export function architecture(name: string): Architecture {
  const found = ARCHITECTURES.find((arch) => arch.name === name);
  if (found === undefined) throw new Error(`no architecture ${name}`);
  return found;
}

export interface BenchLog {
  readonly header: LogHeader;
  /** One an event, without newline. */
  readonly lines: readonly string[];
  /** As decoded from the lines. */
  readonly events: readonly LogEvent[];
}

export function benchLog(name: WorkloadName, events: number, seed: number): BenchLog {
  const { header, events: generated } = workload(name, { events, seed });
  const lines = [...generated].map(formatEvent);
  return { header, lines, events: parseLog(`{"specialbit":1}\n${lines.join('\n')}\n`).events };
}

export function laneOf(header: LogHeader, arch: string): LaneOptions {
  return { arch: architecture(arch), machine: header.machine!.default!, files: header.files ?? {} };
}
