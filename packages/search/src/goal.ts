// SPDX-License-Identifier: GPL-2.0-or-later
/** What a search looks for. */
import { REASONS } from '@specialbit/core';
import type { Exploration, Explored } from '@specialbit/core/kernel';
import { type LogEvent, nearest } from '@specialbit/events';
import { SearchError } from './errors.js';

export interface Goal {
  /** As the command line has it: `parts`, `message`, `crash`, `leak`, `reason:gup_vm_io`. */
  readonly name: string;
  /** Lanes that parted are not followed: what comes then follows from it. */
  readonly untilParted: boolean;
  /** What was reached by an event, in words that are equal for findings of one kind. */
  reached(explored: Explored, event: LogEvent, walk: Exploration): readonly string[];
}

/** What can be looked for; a goal with a colon takes a name. */
export const GOAL_FORMS = ['parts', 'message', 'message:KIND', 'crash', 'reason:NAME', 'signal', 'hang'] as const;

/** The lanes part: something that counts differs after an event. */
const parts: Goal = {
  name: 'parts',
  untilParted: true,
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
  const goal = (reached: Goal['reached']): Goal => ({ name, untilParted: false, reached });
  switch (form) {
    case 'parts':
      if (of === undefined) return parts;
      break;
    case 'message':
      return goal(({ outcomes }, event) => {
        const found = outcomes
          .flatMap((outcome) => outcome?.messages ?? [])
          .filter(({ kind }) => (of ?? kind) === kind);
        const [first] = found;
        return first === undefined ? [] : [`${what(event)}: ${first.kind} ${first.reason}`];
      });
    case 'crash':
      if (of !== undefined) break;
      return goal(({ outcomes }, event) => {
        const crash = outcomes.find((outcome) => (outcome?.crash ?? null) !== null)?.crash;
        return crash == null ? [] : [`${what(event)}: ${crash.kind} in ${crash.where}`];
      });
    case 'reason':
      if (of === undefined || !(of in REASONS)) throw unknownName(name, of);
      return goal(({ outcomes }) =>
        outcomes.some((outcome) => outcome?.reasons.some((reason) => reason === of)) ? [of] : [],
      );
    case 'signal':
      return goal(({ outcomes }, event) => {
        const signal = outcomes.find((outcome) => (outcome?.signal ?? null) !== null)?.signal;
        return signal == null ? [] : [`${what(event)}: ${signal}`];
      });
    case 'hang':
      return goal(({ outcomes }, event) =>
        outcomes.some((outcome) => outcome?.hang === true || outcome?.loop === true) ? [what(event)] : [],
      );
  }
  throw new SearchError(
    'search.goal',
    `expected one of ${GOAL_FORMS.join(', ')} as the goal, found ${JSON.stringify(name)}`,
  );
}

function unknownName(name: string, of = ''): SearchError {
  const near = nearest(of, Object.keys(REASONS));
  const hint = near === undefined ? '' : `; did you mean reason:${near}?`;
  return new SearchError('search.goal', `expected the name of a reason, found ${JSON.stringify(name)}${hint}`);
}
