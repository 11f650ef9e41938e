// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The side that begins a sweep. It puts tasks into the queue and gathers results from a hash beside it, each under the
 * number of its task: a task that is done twice, since a worker was taken for dead or Redis forgot the last second, writes
 * the same once more; one that is nowhere any more is put in again.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Entry,
  SearchError,
  type SweepExecutor,
  type SweepSettings,
  type SweepTask,
  type TaskResult,
} from '@specialbit/search';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connect, redisAddress, redisOptions } from './address.js';
import { keptOf } from './messages.js';
import { KEPT_SECONDS, QUEUE, type QueuedTask, resultsKey, type Work, workKey } from './names.js';

export interface SweepQueueOptions {
  /** Hears of a server that is gone, and back. */
  readonly warn: (text: string) => void;
  /** After how long without a result tasks are looked for; 5,000 ms by default. */
  readonly repairMs?: number;
}

const POLL_MS = 100;
const REPAIR_MS = 5000;

export class SweepQueue implements SweepExecutor {
  stopped = false;
  private readonly id = randomBytes(8).toString('hex');
  private steps = 0;

  private constructor(
    private readonly settings: SweepSettings,
    private readonly client: Redis,
    private readonly queue: Queue<QueuedTask>,
    private readonly repairMs: number,
  ) {}

  /** Throws SearchError `search.queue` where there is none. */
  static async open(address: string, settings: SweepSettings, options: SweepQueueOptions): Promise<SweepQueue> {
    const client = await connect(address, options.warn);
    const queue = new Queue<QueuedTask>(QUEUE, { connection: redisOptions(redisAddress(address)) });
    // the client beside it tells of the same
    queue.on('error', () => {});
    return new SweepQueue(settings, client, queue, options.repairMs ?? REPAIR_MS);
  }

  /** See SweepExecutor. Throws SearchError `search.queue` where a worker failed. */
  async run(
    tasks: readonly SweepTask[],
    start: readonly Entry[],
    hear: (result: TaskResult, task: number) => void,
  ): Promise<void> {
    const work = `${this.id}-${this.steps++}`;
    const value: Work = { settings: this.settings, start };
    const text = JSON.stringify(value);
    const left = new Set(tasks.keys());
    const put = async (): Promise<void> => {
      await this.client.set(workKey(work), text, 'EX', KEPT_SECONDS);
      await this.queue.addBulk([...left].map((index) => jobOf({ work, index, task: tasks[index]! })));
    };
    try {
      if (left.size > 0) await put();
      let put_at = Date.now();
      while (left.size > 0 && !this.stopped) {
        if (await this.gather(work, left, hear)) put_at = Date.now();
        else if (Date.now() - put_at > this.repairMs) {
          // what is queued or being done is not put in again: its name is taken
          await put();
          put_at = Date.now();
        } else await sleep(POLL_MS);
      }
    } finally {
      await this.forget(work, left);
    }
  }

  stop(): void {
    this.stopped = true;
  }

  async close(): Promise<void> {
    await this.queue.close();
    await this.client.quit();
  }

  /** Takes what is there. True: something was. */
  private async gather(
    work: string,
    left: Set<number>,
    hear: (result: TaskResult, task: number) => void,
  ): Promise<boolean> {
    const fields = await this.client.hkeys(resultsKey(work));
    const fresh = fields.filter((field) => left.has(Number(field)));
    for (const field of fresh) {
      const text = await this.client.hget(resultsKey(work), field);
      if (text === null) continue;
      const kept = keptOf(`${resultsKey(work)} ${field}`, text);
      if ('failure' in kept) throw new SearchError('search.queue', `a worker could not do its job: ${kept.failure}`);
      left.delete(Number(field));
      hear(kept.result, Number(field));
    }
    return fresh.length > 0;
  }

  /** Takes away what is left of a step. */
  private async forget(work: string, left: ReadonlySet<number>): Promise<void> {
    await this.client.del(workKey(work), resultsKey(work));
    // one that is being done is locked, and finds at its end that nobody waits for it
    await Promise.allSettled([...left].map((index) => this.queue.remove(jobName(work, index))));
  }
}

const jobName = (work: string, index: number): string => `${work}-${index}`;

function jobOf(task: QueuedTask): {
  name: string;
  data: QueuedTask;
  opts: { jobId: string; removeOnComplete: boolean; removeOnFail: boolean };
} {
  return {
    name: task.task.kind,
    data: task,
    opts: { jobId: jobName(task.work, task.index), removeOnComplete: true, removeOnFail: true },
  };
}
