// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Random logs on random lanes, with every invariant after each event; the same log once more, forwards and backwards: the
 * same worlds, the same outcomes, and a diff that is what changed.
 */
import {
  createWorld,
  diffWorlds,
  kernelOptions,
  LogReferenceError,
  Player,
  Timeline,
  type World,
} from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import fc from 'fast-check';
import { registry } from '../arch/configurations.js';
import { checkCounts, checkEnd, checkStructure } from '../properties/invariants.js';
import { LANES, laneOf } from '../properties/lanes.js';
import { type Scenario, scenario, scenarioLog } from '../properties/scenarios.js';
import { worldText } from '../properties/world-text.js';
import { fault } from './command.js';
import { Random } from './random.js';
import type { Answer, Fault, Input, Reader } from './reader.js';

const ARCHS = registry.all.map(({ name }) => name);

const seedOf = ({ bytes }: Input): number => Buffer.from(bytes).readUInt32LE(0);

/** Plays what can be played. */
function play(
  arch: string,
  s: Scenario,
  wellBehaved: boolean,
): { events: LogEvent[]; worlds: World[]; outcomes: string[]; wrong: string[] } {
  const lane = laneOf(arch, s.header);
  const player = new Player(kernelOptions(lane), createWorld(lane));
  const worlds = [player.world()];
  const events: LogEvent[] = [];
  const outcomes: string[] = [];
  const wrong: string[] = [];
  const gets: Record<string, number> = {};
  for (const event of s.events) {
    try {
      const outcome = player.step(event);
      outcomes.push(JSON.stringify(outcome));
      const { kernel } = player;
      if (wellBehaved) count(gets, event);
      if (outcome.crash === null)
        wrong.push(...checkStructure(kernel), ...(wellBehaved ? checkCounts(kernel, gets) : []));
      if (wellBehaved)
        wrong.push(...kernel.out.messages.filter(({ kind }) => kind !== 'warning').map(({ text }) => text));
      events.push(event);
      worlds.push(player.world());
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
    }
    if (wrong.length > 0) break;
  }
  if (wellBehaved && wrong.length === 0) wrong.push(...checkEnd(player.kernel));
  return { events, worlds, outcomes, wrong };
}

function count(gets: Record<string, number>, event: LogEvent): void {
  if (event.type !== 'get_page' && event.type !== 'put_page') return;
  if (!('label' in event.frame)) return;
  gets[event.frame.label] = (gets[event.frame.label] ?? 0) + (event.type === 'get_page' ? 1 : -1);
}

async function check(input: Input): Promise<Answer> {
  const random = new Random(seedOf(input));
  const wellBehaved = random.once(2);
  const [s] = fc.sample(scenario({ wellBehaved, maxEvents: 80 }), { seed: random.next() | 0, numRuns: 1 });
  // the books of some 32-bit machines go wrong in the kernel itself: their PROT_NONE entries look swapped
  const arch = random.pick(wellBehaved ? LANES : ARCHS);
  const wrong = (kind: Fault['kind'], what: string): Answer => ({
    rejected: false,
    fault: fault(kind, `${arch}: ${what}\n${scenarioLog(s!)}`, what),
  });
  const first = play(arch, s!, wellBehaved);
  if (first.wrong.length > 0) return wrong('wrong world', first.wrong.join('; '));
  const again = play(arch, s!, false);
  const lane = laneOf(arch, s!.header);
  const options = kernelOptions(lane);
  const text = (world: World): string => worldText(options.arch, world);
  const texts = first.worlds.map(text);
  if (again.worlds.some((world, n) => text(world) !== texts[n]))
    return wrong('wrong world', 'played again, another world');
  if (again.outcomes.join('\n') !== first.outcomes.join('\n'))
    return wrong('wrong world', 'played again, another outcome');
  const timeline = new Timeline({ options, world: createWorld(lane) }, first.events, { every: 1 + random.below(20) });
  for (let n = first.events.length; n >= 0; n--) {
    if (text(timeline.at(n)) !== texts[n]) return wrong('wrong world', 'a step back leads to another world');
  }
  for (let tries = 0; tries < 8; tries++) {
    const [a, b] = [random.below(texts.length), random.below(texts.length)];
    if (text(timeline.at(a)) !== texts[a]) return wrong('wrong world', 'a seek leads to another world');
    const seen = JSON.stringify(timeline.diff(a, b));
    if (seen !== JSON.stringify(diffWorlds(options.arch, first.worlds[a]!, first.worlds[b]!)))
      return wrong('wrong world', 'a diff of the timeline is not that of the worlds');
  }
  return { rejected: false };
}

export const MODEL: Reader = {
  name: 'model',
  weight: 4,
  whole: true,
  make: (random) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(random.next());
    return { name: 'seed', bytes, args: [] };
  },
  run: check,
};
