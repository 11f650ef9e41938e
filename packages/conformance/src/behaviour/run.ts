// SPDX-License-Identifier: GPL-2.0-or-later
import {
  createWorld,
  DEFAULT_PROFILE,
  defaultContent,
  defaultMachine,
  kernelOptions,
  type LaneOptions,
  Player,
  withConfig,
} from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { parseLog } from '@specialbit/events';
import { frameCounts, outcomeLine, stateLines } from './observe.js';
import type { Scenario } from './scenario.js';

const HEADER =
  '{"specialbit":1,"files":{"dev":"device","tmp":{"kind":"shmem","pages":2,"content":[240,241]}},"config":["CONFIG_FIND_NORMAL_PAGE"]}';

/** A scenario as a log of its own, in JSON Lines. */
export const scenarioLog = ({ log }: Scenario): string => `${HEADER}\n${log.trim()}\n`;

export interface ScenarioResult {
  readonly events: number;
  /** What came of it, a line a thing. */
  readonly lines: readonly string[];
  /** How it differs from what was expected; undefined when it does not. */
  readonly problem: string | undefined;
}

/** Runs a scenario's log on an architecture with its default machine. */
export function runScenario(arch: Architecture, scenario: Scenario): ScenarioResult {
  const { header, events } = parseLog(scenarioLog(scenario), { file: scenario.name });
  const machine = defaultMachine(arch);
  const profile = withConfig(DEFAULT_PROFILE, header.config);
  const lane: LaneOptions = { arch, machine, profile, content: defaultContent(machine), files: header.files ?? {} };
  const lines: string[] = [];
  try {
    const player = new Player(kernelOptions(lane), createWorld(lane));
    const before = frameCounts(player.kernel);
    events.forEach((event, i) => {
      const line = outcomeLine(player.kernel, i + 1, event, player.step(event));
      if (line !== undefined) lines.push(line);
    });
    lines.push(...stateLines(player.kernel, before));
  } catch (error) {
    lines.push(`stops with an error: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { events: events.length, lines, problem: compareLines(lines, expected(arch, scenario)) };
}

/** What must come of a scenario on this architecture. */
function expected(arch: Architecture, { expect, by }: Scenario): readonly string[] {
  if ('always' in expect) return expect.always;
  const has = by === undefined ? arch.special.pte : by(arch);
  return has ? expect.bit : expect.none;
}

function compareLines(found: readonly string[], expected: readonly string[]): string | undefined {
  const extra = found.filter((line) => !expected.includes(line));
  const missing = expected.filter((line) => !found.includes(line));
  if (extra.length === 0 && missing.length === 0 && found.length === expected.length) return undefined;
  const parts = [
    missing.length > 0 ? `expected ${missing.map((line) => `"${line}"`).join(', ')}` : '',
    extra.length > 0 ? `found ${extra.map((line) => `"${line}"`).join(', ')}` : '',
  ].filter((part) => part !== '');
  return parts.join('; ') || 'the same lines in another order, or more than once';
}
