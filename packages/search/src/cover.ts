// SPDX-License-Identifier: GPL-2.0-or-later
/** Every way through vm_normal_page(), and through the calls with which a driver maps frames. */
import { Decision, INSERTER_REASONS, REASONS, type ReasonName } from '@specialbit/core';
import { FRAME_INSERTS, PAGE_INSERTS } from '@specialbit/events';
import { type Goal, what } from './goal.js';

/** A goal for a search of everything (`SearchOptions.all`): each of its kinds is a way, which its log goes. */
export const COVER: Goal = {
  name: 'cover',
  parts: false,
  untilReached: false,
  reached({ outcomes }, event, walk) {
    const ways = new Set<string>();
    for (const decisions of walk.decisions()) {
      for (const decision of decisions) ways.add(decisionWay(decision));
    }
    for (const outcome of outcomes) {
      if (outcome === null) continue;
      const inserts = INSERTERS.has(event.type);
      for (const reason of outcome.reasons) if (INSERTING.has(reason)) ways.add(failureWay(reason));
      if (inserts && outcome.reasons.length === 0) ways.add(`${what(event)}: success`);
    }
    return [...ways];
  },
};

const decisionWay = (decision: Decision): string => `vm_normal_page: ${Decision[decision]}`;

/** A reason by the function that gives it. */
const failureWay = (name: ReasonName): string => `${REASONS[name].where}: ${name}`;

/** Events that are calls of a driver which map frames by PTEs; of huge entries a search counts no success. */
const INSERTERS: ReadonlySet<string> = new Set([
  'remap_pfn_range',
  'io_remap_pfn_range',
  'vm_iomap_memory',
  ...PAGE_INSERTS,
  ...FRAME_INSERTS,
]);

const INSERTING: ReadonlySet<string> = new Set(INSERTER_REASONS);

/** Every way there is, as `COVER` calls them: those that a search did not come to are these without its findings. */
export function everyWay(): readonly string[] {
  const decisions = Object.values(Decision).filter((decision) => typeof decision === 'number');
  return [...decisions.map(decisionWay), ...INSERTER_REASONS.map(failureWay)];
}
