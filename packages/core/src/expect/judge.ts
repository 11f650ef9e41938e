// SPDX-License-Identifier: GPL-2.0-or-later
/** Whether an expectation holds, given what each lane that it is about says of it. */
import { type Expect, selects } from '@specialbit/events';
import type { Kernel } from '../kernel/base/kernel.js';
import { API_CHANGES } from '../profile/api-changes.js';
import { type Unmet, unmetBy } from './check.js';
import type { OutcomesBefore } from './outcomes.js';

/** A lane that can be asked. */
export interface AskedLane {
  readonly name: string;
  readonly kernel: Kernel;
  readonly outcomes: OutcomesBefore;
}

export interface LaneFinding {
  readonly lane: string;
  readonly unmet: readonly Unmet[];
}

/** How an expectation turned out. */
export interface Judgement {
  readonly holds: boolean;
  /** Lanes that it is about. */
  readonly asked: readonly string[];
  /** Lanes on which something is not so; of `~exists`, lanes on which all is so, with nothing unmet. */
  readonly against: readonly LaneFinding[];
}

/** An expectation about no lane that runs holds. */
export function judge(event: Expect, lanes: readonly AskedLane[]): Judgement {
  const asked = lanes.filter((lane) => isAbout(event, lane.kernel));
  const findings = asked.map(({ name, kernel, outcomes }) => ({ lane: name, unmet: unmetBy(kernel, event, outcomes) }));
  const failed = findings.filter(({ unmet }) => unmet.length > 0);
  const met = findings.filter(({ unmet }) => unmet.length === 0);
  const names = asked.map(({ name }) => name);
  switch (event.quantifier) {
    case 'forall':
      return { holds: failed.length === 0, asked: names, against: failed };
    case 'exists':
      return { holds: asked.length === 0 || met.length > 0, asked: names, against: met.length > 0 ? [] : failed };
    case '~exists':
      return { holds: met.length === 0, asked: names, against: met };
  }
}

/** Do all selectors of `on` fit the lane? */
function isAbout({ on }: Expect, k: Kernel): boolean {
  if (on === undefined) return true;
  const lane = {
    arch: k.arch.name,
    // as lanes are called: linux-6.1 is 6.1, whatever release of it is modelled
    kernel: k.profile.name.replace(/^linux-/, ''),
    version: k.profile.version,
    pteSpecial: k.hasPteSpecial,
    hasFeature: (name: string) => hasFeature(k, name),
  };
  return on.every((selector) => selects(selector, lane));
}

/** A feature of the kernel, one that its architecture brings, or what the architecture has there (`pte_devmap`). */
function hasFeature({ arch, feature, profile }: Kernel, name: string): boolean {
  const own = { ...arch.features, ...feature } as Readonly<Record<string, boolean>>;
  if (own[name] !== undefined) return own[name];
  return [...API_CHANGES, ...arch.changedBy].some((change) => change.name === name && profile.has(change));
}
