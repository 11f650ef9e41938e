// SPDX-License-Identifier: GPL-2.0-or-later
/** The threads of a log: blocks between `thread.begin` and `thread.end` that follow each other run at once. */
import { isStatement, type LogEvent } from '@specialbit/events';
import { SearchError } from '../errors.js';
import { mapsAndPopulates, openedAccess, populated, type Step, wholeStep } from './step.js';

/** One thread of control, and what it does in order. */
export interface Thread {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Threads that run at once; the next phase begins when all of them are done. */
export type Phase = readonly Thread[];

/** An event with its number in the log, counted from 1. */
export interface NumberedStep {
  readonly number: number;
  readonly event: LogEvent;
}

/** What happens outside of blocks is done by a thread of this name, alone. */
export const ALONE = 'log';

/**
 * The phases of a log. `open`: an `mmap` with calls of the driver becomes `mmap.begin`, each call, and `mmap.end`, a fault what it
 * looks for and what it makes, and what populates a page after the other, where other threads run beside it. Throws SearchError `search.threads`: blocks that do not pair, or lie in each other.
 */
export function phasesOf(events: readonly NumberedStep[], open: boolean): Phase[] {
  const phases: Thread[][] = [];
  let block: { readonly name: string; readonly number: number; readonly steps: NumberedStep[] } | undefined;
  let atOnce: { name: string; steps: NumberedStep[] }[] = [];
  let alone: NumberedStep[] = [];
  const endAtOnce = (): void => {
    const several = atOnce.length > 1;
    if (atOnce.length > 0) phases.push(atOnce.map((thread) => threadOf(thread, open && several)));
    atOnce = [];
  };
  const endAlone = (): void => {
    if (alone.length > 0) phases.push([threadOf({ name: ALONE, steps: alone }, false)]);
    alone = [];
  };
  for (const one of events) {
    const { number, event } = one;
    if (event.type === 'thread.begin') {
      if (block !== undefined) throw misplaced(`event ${number}: the thread ${block.name} is not ended yet`);
      endAlone();
      block = { name: event.name, number, steps: [] };
      if (atOnce.some(({ name }) => name === event.name))
        throw misplaced(`event ${number}: two threads at once are called ${event.name}`);
    } else if (event.type === 'thread.end') {
      if (block === undefined) throw misplaced(`event ${number}: thread.end without thread.begin`);
      atOnce.push(block);
      block = undefined;
    } else if (!isStatement(event)) {
      if (block !== undefined) block.steps.push(one);
      else {
        endAtOnce();
        alone.push(one);
      }
    }
  }
  if (block !== undefined) throw misplaced(`event ${block.number}: the thread ${block.name} is never ended`);
  endAtOnce();
  endAlone();
  return phases;
}

function threadOf({ name, steps }: { name: string; steps: readonly NumberedStep[] }, open: boolean): Thread {
  return {
    name,
    steps: steps.flatMap(({ number, event }) => {
      if (event.type === 'mmap') {
        // so that each way to run it says the same of it
        const mmap = { ...event, label: event.label ?? `mmap.${number}` };
        return open ? mapsAndPopulates(number, mmap, (mmap.call?.length ?? 0) > 0) : [wholeStep(number, mmap)];
      }
      if (open && event.type === 'access') return openedAccess(number, event);
      const populates = event.type === 'madvise' && event.advice.startsWith('MADV_POPULATE_') && 'label' in event.at;
      return open && populates ? populated(number, event) : [wholeStep(number, event)];
    }),
  };
}

const misplaced = (message: string): SearchError => new SearchError('search.threads', message);
