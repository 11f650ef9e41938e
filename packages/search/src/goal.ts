// SPDX-License-Identifier: GPL-2.0-or-later
/** What a search looks for. */
import { Decision, type Outcome, REASONS } from '@specialbit/core';
import type { Exploration, Explored } from '@specialbit/core/kernel';
import { type LogEvent, suggestion } from '@specialbit/events';
import { SearchError } from './errors.js';
import { brokenInvariants, INVARIANT_NAMES, INVARIANTS, type InvariantName } from './invariants/invariants.js';

export interface Goal {
  /** As the command line has it: `parts`, `message`, `crash`, `leak`, `reason:gup_vm_io`. */
  readonly name: string;
  /** It takes two lanes. */
  readonly parts: boolean;
  /** A state in which it was reached is not followed: what comes then follows from it. */
  readonly untilReached: boolean;
  /** Of an invariant: which ones. */
  readonly invariants?: readonly InvariantName[];
  /** Of what shows in outcomes alone: what of it is there. */
  readonly ofOutcomes?: (outcomes: readonly (Outcome | null)[], event: LogEvent) => readonly string[];
  /** What was reached by an event, in words that are equal for findings of one kind. */
  reached(explored: Explored, event: LogEvent, walk: Exploration): readonly string[];
}

/** What can be looked for; a goal with a colon takes a name. */
export const GOAL_FORMS = [
  'parts',
  'message',
  'message:KIND',
  'crash',
  'reason:NAME',
  'decision:NAME',
  'signal',
  'hang',
  'invariant',
  'invariant:NAME',
] as const;

/** What a kernel says, as outcomes have it. */
const MESSAGE_KINDS = [
  'bad page map',
  'bad rss-counter',
  'bad page state',
  'memory type',
  'hugetlb',
  'warning',
] as const satisfies readonly Outcome['messages'][number]['kind'][];

const DECISION_NAMES = Object.values(Decision).filter((name) => typeof name === 'string');

/** The lanes part: something that counts differs after an event. */
const parts: Goal = {
  name: 'parts',
  parts: true,
  untilReached: true,
  reached({ parts }, event) {
    if (parts.length === 0) return [];
    const aspects = new Set(parts.map(({ kind, aspect }) => `${kind} ${aspect}`));
    return [`${what(event)}: ${[...aspects].sort().join(', ')}`];
  },
};

export const what = (event: LogEvent): string => (event.type === 'access' ? event.op : event.type);

/** The goal of that name. Throws SearchError `search.goal`. */
export function goalNamed(name: string): Goal {
  const [form, of] = name.split(':', 2) as [string, string?];
  const goal = (ofOutcomes: NonNullable<Goal['ofOutcomes']>): Goal => ({
    ...{ name, parts: false, untilReached: false, ofOutcomes },
    reached: ({ outcomes }, event) => ofOutcomes(outcomes, event),
  });
  switch (form) {
    case 'parts':
      if (of === undefined) return parts;
      break;
    case 'message':
      if (of !== undefined && !MESSAGE_KINDS.some((kind) => kind === of))
        throw unknownName('a kind of message', name, of, MESSAGE_KINDS);
      return goal((outcomes, event) => {
        const found = outcomes
          .flatMap((outcome) => outcome?.messages ?? [])
          .filter(({ kind }) => (of ?? kind) === kind);
        const [first] = found;
        return first === undefined ? [] : [`${what(event)}: ${first.kind} ${first.reason}`];
      });
    case 'crash':
      if (of !== undefined) break;
      return goal((outcomes, event) => {
        const crash = outcomes.find((outcome) => (outcome?.crash ?? null) !== null)?.crash;
        return crash == null ? [] : [`${what(event)}: ${crash.kind} in ${crash.where}`];
      });
    case 'reason':
      if (of === undefined || !Object.hasOwn(REASONS, of))
        throw unknownName('a reason', name, of, Object.keys(REASONS));
      return goal((outcomes) =>
        outcomes.some((outcome) => outcome?.reasons.some((reason) => reason === of)) ? [of] : [],
      );
    case 'decision': {
      if (of === undefined || !DECISION_NAMES.includes(of))
        throw unknownName("a decision of vm_normal_page()'s", name, of, DECISION_NAMES);
      const wanted = Decision[of as keyof typeof Decision];
      return {
        ...{ name, parts: false, untilReached: false },
        reached: (_, __, walk) => (walk.decisions().some((found) => found.has(wanted)) ? [of] : []),
      };
    }
    case 'invariant': {
      if (of !== undefined && !(of in INVARIANTS)) throw unknownName('an invariant', name, of, Object.keys(INVARIANTS));
      return invariant(name, of === undefined ? INVARIANT_NAMES : [of as InvariantName]);
    }
    case 'signal':
      return goal((outcomes, event) => {
        const signal = outcomes.find((outcome) => (outcome?.signal ?? null) !== null)?.signal;
        return signal == null ? [] : [`${what(event)}: ${signal}`];
      });
    case 'hang':
      return goal((outcomes, event) =>
        outcomes.some((outcome) => outcome?.hang === true || outcome?.loop === true) ? [what(event)] : [],
      );
  }
  throw new SearchError(
    'search.goal',
    `expected one of ${GOAL_FORMS.join(', ')} as the goal, found ${JSON.stringify(name)}`,
  );
}

function unknownName(what: string, name: string, of: string | undefined, names: readonly string[]): SearchError {
  const [form] = name.split(':', 1);
  const whole = names.map((one) => `${form}:${one}`);
  const few = names.length < 10 ? `: ${names.join(', ')}` : '';
  const hint = (of === undefined ? '' : suggestion(name, whole)) || few;
  return new SearchError('search.goal', `expected the name of ${what}, found ${JSON.stringify(name)}${hint}`);
}

/** Something that holds while nobody makes a mistake does not hold any more. */
function invariant(name: string, only: readonly InvariantName[]): Goal {
  return {
    ...{ name, parts: false, untilReached: true, invariants: only },
    reached({ changed }, event, walk) {
      // what unmap_mapping_range() misses, it leaves as it was
      if (!changed && event.type !== 'unmap_mapping_range') return [];
      const found = new Set<string>();
      for (const [l, k] of walk.kernels.entries()) {
        const broken = brokenInvariants(k, { event, driver: walk.driverReferences[l]!, only });
        for (const one of broken) found.add(`${what(event)}: ${one.invariant}`);
      }
      return [...found];
    },
  };
}
