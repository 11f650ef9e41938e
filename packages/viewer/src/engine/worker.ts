// SPDX-License-Identifier: GPL-2.0-or-later
/** The engine in a thread of its own: takes requests, answers them, and plays ahead while nobody asks. */

import { problemOf } from '@specialbit/view/writing';
import type { Answer, CallName, Request } from '../protocol.js';
import { Engine } from './engine.js';

/** What a worker has of its own, and a page has otherwise. */
interface WorkerScope {
  onmessage: ((message: { readonly data: Request }) => void) | null;
  postMessage(answer: Answer): void;
}

/** Milliseconds of work before the next request is looked at, and events that are played at once. */
const SLICE = 6;
const AHEAD = 32;
/** Milliseconds between two reports of what was played ahead. */
const REPORT = 60;

const scope = globalThis as unknown as WorkerScope;
/** The build makes scripts of both, since a page that was opened from a disk has no workers of modules. */
const engine = new Engine(() => import('../recordings/recordings.js'));
/** Calls that are not done; the newest of a name is the one that somebody waits for. */
const running = new Map<CallName, number>();
let surveying = false;

/** Calls about a moment that nobody waits for any more when another moment is asked for. */
const LATER: ReadonlySet<CallName> = new Set(['partings', 'past']);

/** Requests that came meanwhile are taken first. Timers would wait four milliseconds each time. */
const channel = new MessageChannel();
const resumed: (() => void)[] = [];
channel.port1.onmessage = () => resumed.shift()?.();
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    resumed.push(resolve);
    channel.port2.postMessage(null);
  });

async function answer({ id, call, asked }: Request): Promise<void> {
  running.set(call, id);
  try {
    const method = engine[call] as (asked: unknown) => unknown;
    let result = method.call(engine, asked);
    const seen = running.get('look');
    const still = (): boolean => !LATER.has(call) || running.get('look') === seen;
    if (isGenerator(result)) result = await drive(result, () => running.get(call) === id && still());
    else if (result instanceof Promise) result = await result;
    scope.postMessage({ id, result });
  } catch (error) {
    scope.postMessage({ id, problem: problemOf(error) });
  }
  if (!surveying) void survey();
}

const isGenerator = (value: unknown): value is Generator<unknown, unknown, void> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value && 'next' in value;

/** Runs to the end, unless somebody has asked the same anew: then null. */
async function drive(work: Generator<unknown, unknown, void>, wanted: () => boolean): Promise<unknown> {
  for (;;) {
    const until = performance.now() + SLICE;
    while (performance.now() < until) {
      const step = work.next();
      if (step.done === true) return step.value;
    }
    await pause();
    if (!wanted()) return null;
  }
}

async function survey(): Promise<void> {
  surveying = true;
  let last = 0;
  try {
    while (!engine.surveyed) {
      const until = performance.now() + SLICE;
      while (performance.now() < until && !engine.surveyed) engine.playAhead(AHEAD);
      if (engine.surveyed || performance.now() - last > REPORT) {
        last = performance.now();
        scope.postMessage({ survey: engine.news() });
      }
      await pause();
    }
    while (engine.surveyed && engine.warm()) await pause();
    while (engine.surveyed && (await engine.pack())) await pause();
  } finally {
    surveying = false;
  }
}

scope.onmessage = ({ data }) => void answer(data);
