// SPDX-License-Identifier: GPL-2.0-or-later
/** One thread that plays inputs, replaced when an input hangs it or takes its memory. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fault } from './command.js';
import type { Fault } from './reader.js';
import type { Done, Task } from './worker.js';

/** Megabytes of a thread's heap. */
const MOST_MB = 1500;

export class InputPlayer {
  private worker: Worker | undefined;

  /** `limit`: milliseconds after which an input is said to hang. */
  constructor(
    private readonly folder: string,
    private readonly limit: number,
  ) {}

  play(task: Task): Promise<Done> {
    this.worker ??= new Worker(fileURLToPath(new URL('./worker.js', import.meta.url)), {
      workerData: { folder: this.folder },
      resourceLimits: { maxOldGenerationSizeMb: MOST_MB },
      stdout: true,
      stderr: true,
    });
    const { worker } = this;
    return new Promise((resolve) => {
      const since = performance.now();
      const settle = (done: Omit<Done, 'ms'> & Partial<Done>, ended: boolean): void => {
        clearTimeout(timer);
        worker.off('message', answered).off('error', failed).off('exit', exited);
        if (ended) {
          this.worker = undefined;
          worker.on('error', () => {});
          void worker.terminate();
        }
        resolve({ ms: performance.now() - since, ...done });
      };
      const bad = (found: Fault): void => settle({ rejected: false, fault: found }, true);
      const answered = (done: Done): void => settle(done, false);
      const failed = (error: NodeJS.ErrnoException): void => {
        const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        bad(fault(memory ? 'memory' : 'internal error', `${error.stack}`, error.message));
      };
      const exited = (code: number): void => bad(fault('answer', `the process was ended with ${code}`));
      const timer = setTimeout(() => bad(fault('hang', `no answer within ${this.limit} ms`)), this.limit);
      worker.on('message', answered).on('error', failed).on('exit', exited);
      worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }
}
