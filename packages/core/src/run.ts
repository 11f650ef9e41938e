// SPDX-License-Identifier: GPL-2.0-or-later
/** The beginning for a program that uses the model: from a log and an architecture to what came of it. */
import type { LogEvent, LogHeader } from '@specialbit/events';
import { OutOfRange } from '@specialbit/events';
import type { Architecture } from './arch/architecture.js';
import { type EntryView, entriesOf } from './explain/entries.js';
import { LogReferenceError } from './kernel/base/errors.js';
import type { Outcome } from './kernel/base/outcome.js';
import { defaultContent, defaultMachine } from './machine/default-machine.js';
import { Player } from './player.js';
import { type Profile, withConfig } from './profile/profile.js';
import { DEFAULT_PROFILE, findProfile } from './profile/profiles.js';
import { EventError } from './timeline/event-error.js';
import { createWorld, kernelOptions, type LaneOptions } from './world/create.js';
import type { World } from './world/world.js';

/**
 * The lane of an architecture that a log's header describes: the machine that it has for this architecture (by its name or an
 * alias), for every other one (`default`), or the architecture's own; huge pages where it asks for them and the architecture
 * has them; what its frames hold; its files; and the kernel,
 * `profile` or else the header's or the newest proven one, with the header's Kconfig symbols set.
 *
 * Throws OutOfRange `api.profile` where the header names a kernel that is not known.
 */
export function laneOf(header: LogHeader, arch: Architecture, profile?: Profile): LaneOptions {
  const machines = header.machine ?? {};
  const named = [arch.name, ...arch.aliases].find((name) => machines[name] !== undefined);
  const machine = (named === undefined ? undefined : machines[named]) ?? machines.default;
  const { thp } = header;
  const huge = thp !== undefined && arch.pmd !== undefined;
  const described = machine ?? defaultMachine(arch, header);
  const onThis = huge && described.thp !== true ? { ...described, thp: true } : described;
  return {
    arch,
    machine: onThis,
    content: defaultContent(onThis),
    profile: withConfig(profile ?? profileOf(header), [
      ...(header.config ?? []),
      ...(huge ? ['CONFIG_TRANSPARENT_HUGEPAGE'] : []),
    ]),
    ...(huge ? { thp } : {}),
    ...(header.hugetlb === undefined || arch.pmd === undefined ? {} : { hugetlb: header.hugetlb }),
    ...(header.files === undefined ? {} : { files: header.files }),
  };
}

function profileOf({ profile }: LogHeader): Profile {
  if (profile === undefined) return DEFAULT_PROFILE;
  const found = findProfile(profile);
  if (found === undefined) throw new OutOfRange('api.profile', `no such kernel: ${profile}`);
  return found;
}

/** A log that was played on one lane. */
export interface Run {
  readonly lane: LaneOptions;
  /** The world after the last event. For any other moment: `new Timeline(run.lane, log.events)`. */
  readonly world: World;
  /** What each event returned and caused, in the order of the log. */
  readonly outcomes: readonly Outcome[];
  /** Every entry of every page table at the end: what it is, and what vm_normal_page() says of it. */
  readonly entries: readonly EntryView[];
}

/**
 * Plays a log to its end. `on`: an architecture, whose lane is the one of the log's header (`laneOf`), or a lane.
 *
 * Throws EventError for an event that names what does not exist, OutOfRange where the header names an unknown kernel.
 */
export function run(
  log: { readonly header: LogHeader; readonly events: readonly LogEvent[] },
  on: Architecture | LaneOptions,
): Run {
  const lane = 'arch' in on ? on : laneOf(log.header, on);
  const options = kernelOptions(lane);
  const player = new Player(options, createWorld(lane));
  const outcomes = log.events.map((event, index) => {
    try {
      return player.step(event);
    } catch (error) {
      if (error instanceof LogReferenceError) throw new EventError(index, error);
      throw error;
    }
  });
  const world = player.world();
  return { lane, world, outcomes, entries: entriesOf(options, world) };
}
