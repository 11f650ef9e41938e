// SPDX-License-Identifier: GPL-2.0-or-later
/** Worker threads that do the tasks of sweeps. */
import { Worker } from 'node:worker_threads';
import { InternalError } from '@specialbit/events';
import {
  type Entry,
  SearchError,
  type SweepExecutor,
  type SweepSettings,
  type SweepTask,
  type TaskResult,
} from '@specialbit/search';
import { loadedPlugins } from '../architectures.js';
import { SWEEP_THREAD } from '../places.js';
import type { FromThread, ThreadData, ToThread } from './thread.js';

/** What a thread ended with: a log that does not show what its file says of it is the file's fault. */
function failureOf({ message, code }: Extract<FromThread, { kind: 'failure' }>): Error {
  if (code === undefined || code === 'internal') return new InternalError(message);
  return new SearchError('search.state', `a log of the sweep is not what was written of it: ${message}`);
}

/** What tasks are done for: a round of a sweep. */
export interface ThreadWork {
  readonly settings: SweepSettings;
  readonly start: readonly Entry[];
}

/** One thread, which does one task at a time. */
export class Thread {
  private readonly worker: Worker;
  private work: ThreadWork | undefined;
  private waiting: { resolve: (result: TaskResult) => void; reject: (error: Error) => void } | undefined;

  constructor() {
    const workerData: ThreadData = { plugins: loadedPlugins() };
    this.worker = new Worker(SWEEP_THREAD, { workerData });
    this.worker.on('message', (message: FromThread) => {
      const { waiting } = this;
      this.waiting = undefined;
      if (message.kind === 'result') waiting?.resolve(message.result);
      else waiting?.reject(failureOf(message));
    });
    const failed = (error: Error): void => this.waiting?.reject(error);
    this.worker.on('error', failed);
    this.worker.on('messageerror', failed);
  }

  do(work: ThreadWork, task: SweepTask): Promise<TaskResult> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      if (work !== this.work) this.send({ kind: 'begin', ...work });
      this.work = work;
      this.send({ kind: 'task', task });
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private send(message: ToThread): void {
    this.worker.postMessage(message);
  }
}

/** Threads of this process, for one sweep. */
export class Threads implements SweepExecutor {
  stopped = false;
  private readonly threads: Thread[] = [];
  private interrupt: () => void = () => {};

  constructor(
    private readonly settings: SweepSettings,
    private readonly workers: number,
  ) {}

  async run(
    tasks: readonly SweepTask[],
    start: readonly Entry[],
    hear: (result: TaskResult, task: number) => void,
  ): Promise<void> {
    const work: ThreadWork = { settings: this.settings, start };
    let next = 0;
    const drain = async (thread: Thread): Promise<void> => {
      while (next < tasks.length && !this.stopped) {
        const task = next++;
        const result = await thread.do(work, tasks[task]!);
        if (!this.stopped) hear(result, task);
      }
    };
    while (this.threads.length < Math.min(this.workers, tasks.length)) this.threads.push(new Thread());
    const interrupted = new Promise<void>((resolve) => {
      this.interrupt = resolve;
    });
    if (this.stopped) return;
    await Promise.race([interrupted, Promise.all(this.threads.map(drain))]);
  }

  /** What is being done is given up. */
  stop(): void {
    this.stopped = true;
    this.interrupt();
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.end()));
  }
}
