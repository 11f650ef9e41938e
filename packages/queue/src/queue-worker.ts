// SPDX-License-Identifier: GPL-2.0-or-later
/** The side that does what others have begun. It may end at any moment: what it was at is taken by another one. */
import { SearchError, type SweepTask, type TaskResult } from '@specialbit/search';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { connect, redisAddress, redisOptions } from './address.js';
import { taskOf, workOf } from './messages.js';
import { KEPT_SECONDS, type Kept, QUEUE, type QueuedTask, resultsKey, type Work, workKey } from './names.js';

export interface QueueWorkerOptions {
  /** Tasks that are done at once. */
  readonly threads: number;
  /** Does a task, elsewhere than in this thread: what holds this one up is taken for dead. Tasks of one work come with the same object. */
  readonly do: (work: Work, task: SweepTask) => Promise<TaskResult>;
  /** Hears of a server that is gone, and back. */
  readonly warn: (text: string) => void;
}

/** Whoever has not been heard of for so long is dead. */
const LOCK_MS = 6000;
/** How often the dead are looked for. */
const STALLED_MS = 3000;
/** Works that are kept at hand. */
const KEPT_WORKS = 4;

export class QueueWorker {
  private constructor(
    private readonly client: Redis,
    private readonly worker: Worker<QueuedTask>,
  ) {}

  /** Begins to take tasks. Throws SearchError `search.queue` where there is no queue. */
  static async open(address: string, options: QueueWorkerOptions): Promise<QueueWorker> {
    const client = await connect(address, options.warn);
    const works = new Map<string, Promise<Work | undefined>>();
    const workNamed = (name: string): Promise<Work | undefined> => {
      let work = works.get(name);
      if (work === undefined) {
        work = readWork(client, name, options.warn);
        works.set(name, work);
        if (works.size > KEPT_WORKS) works.delete(works.keys().next().value!);
      }
      return work;
    };
    const worker = new Worker<QueuedTask>(
      QUEUE,
      async ({ data }) => {
        const told = heard(() => taskOf(QUEUE, data), options.warn);
        if (told === undefined) return;
        const { work: name, index, task } = told;
        const work = await workNamed(name);
        // nobody waits for it any more
        if (work === undefined) return;
        const kept: Kept = await options.do(work, task).then(
          (result) => ({ result }),
          (error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }),
        );
        await client
          .multi()
          .hset(resultsKey(name), index, JSON.stringify(kept))
          .expire(resultsKey(name), KEPT_SECONDS)
          .exec();
      },
      {
        connection: redisOptions(redisAddress(address)),
        concurrency: options.threads,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_MS,
        // workers that die are no fault of the job
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
    );
    // the client beside it tells of the same
    worker.on('error', () => {});
    await worker.waitUntilReady();
    return new QueueWorker(client, worker);
  }

  /** Gives up what is being done: another one takes it. */
  async close(): Promise<void> {
    await this.worker.close(true);
    this.client.disconnect();
  }
}

async function readWork(client: Redis, name: string, warn: (text: string) => void): Promise<Work | undefined> {
  const text = await client.get(workKey(name));
  return text === null ? undefined : heard(() => workOf(workKey(name), text), warn);
}

/** What no sweep has written is told of, and left. */
function heard<T>(read: () => T, warn: (text: string) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    warn(`${error.message}: left`);
    return undefined;
  }
}
