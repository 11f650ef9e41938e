// SPDX-License-Identifier: GPL-2.0-or-later
/** Spreads transcripts over worker threads. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { loadedPlugins } from '../architectures.js';
import { VERIFY_WORKER } from '../places.js';
import type { Input } from './inputs.js';
import { addResult, emptyResult, type FileResult } from './result.js';
import { type Task, type VerifyOptions, verifyFile } from './verify-file.js';
import type { FromWorker, ToWorker, WorkerData } from './worker.js';

/** Below this a worker costs more than it saves, bytes of all files. */
const SMALL = 128 * 1024;
/** A file is split when there are not enough files for all cores; parts smaller than this are not worth it. */
const PART_BYTES = 128 * 1024;

export interface PoolProgress {
  steps: number;
  /** Of everything that is to be read, 0 to 1. */
  share: number;
}

export interface PoolOptions extends VerifyOptions {
  /** Worker threads; absent: one a core. */
  readonly jobs?: number | undefined;
  readonly onProgress: (progress: PoolProgress) => void;
}

/** One result a file, in the order of the files. */
export async function verifyAll(inputs: readonly Input[], options: PoolOptions): Promise<FileResult[]> {
  const jobs = Math.max(1, options.jobs ?? availableParallelism());
  const tasks = split(inputs, jobs);
  const total = inputs.reduce((sum, input) => sum + input.bytes, 0);
  const progress = new Progress(tasks, total, options.onProgress);
  const parts =
    jobs === 1 || total < SMALL
      ? await inline(tasks, options, progress)
      : await inWorkers(tasks, Math.min(jobs, tasks.length), options, progress);
  const results = inputs.map((input) => emptyResult(input.file));
  for (const [i, part] of parts.entries()) addResult(results[tasks[i]!.input]!, part);
  for (const result of results) sortByLine(result, options.max);
  return results;
}

interface PooledTask extends Task {
  /** Index of its file. */
  readonly input: number;
  readonly bytes: number;
}

function split(inputs: readonly Input[], jobs: number): PooledTask[] {
  const wanted = inputs.length >= 2 * jobs ? 1 : Math.ceil((2 * jobs) / inputs.length);
  return inputs.flatMap(({ file, bytes }, input) => {
    const parts = jobs === 1 ? 1 : Math.max(1, Math.min(wanted, jobs, Math.floor(bytes / PART_BYTES)));
    return Array.from({ length: parts }, (_, part) => ({ input, file, part, parts, bytes }));
  });
}

class Progress {
  private steps = 0;
  private readonly share: number[];

  constructor(
    private readonly tasks: readonly PooledTask[],
    private readonly total: number,
    private readonly report: (progress: PoolProgress) => void,
  ) {
    this.share = tasks.map(() => 0);
  }

  update(index: number, steps: number, bytesRead: number): void {
    this.steps += steps;
    this.share[index] = bytesRead / this.tasks[index]!.parts;
    const done = this.share.reduce((sum, bytes) => sum + bytes, 0);
    this.report({ steps: this.steps, share: this.total === 0 ? 1 : done / this.total });
  }
}

async function inline(tasks: readonly PooledTask[], options: VerifyOptions, progress: Progress): Promise<FileResult[]> {
  const results: FileResult[] = [];
  for (const [index, task] of tasks.entries()) {
    results.push(await verifyFile(task, options, (steps, bytesRead) => progress.update(index, steps, bytesRead)));
  }
  return results;
}

function inWorkers(
  tasks: readonly PooledTask[],
  jobs: number,
  options: VerifyOptions,
  progress: Progress,
): Promise<FileResult[]> {
  // the largest first, so that no long one is left for the end
  const queue = tasks
    .map((_, i) => i)
    .sort((a, b) => tasks[b]!.bytes / tasks[b]!.parts - tasks[a]!.bytes / tasks[a]!.parts);
  const results: FileResult[] = new Array(tasks.length);
  const workerData: WorkerData = { max: options.max, known: options.known, plugins: loadedPlugins() };
  let left = tasks.length;
  return new Promise((resolve, reject) => {
    const workers = Array.from({ length: jobs }, () => new Worker(VERIFY_WORKER, { workerData }));
    const stop = (): void => {
      for (const worker of workers) void worker.terminate();
    };
    const next = (worker: Worker): void => {
      const index = queue.shift();
      if (index !== undefined) worker.postMessage({ index, task: tasks[index]! } satisfies ToWorker);
    };
    for (const worker of workers) {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'progress') return progress.update(message.index, message.steps, message.bytesRead);
        results[message.index] = message.result;
        if (--left > 0) return next(worker);
        stop();
        resolve(results);
      });
      const failed = (error: Error): void => {
        stop();
        reject(error);
      };
      worker.on('error', failed);
      // a result that cannot be read is none
      worker.on('messageerror', failed);
      next(worker);
    }
  });
}

/** Parts of a file interleave; what is shown first is what stands first in it. */
function sortByLine(result: FileResult, max: number): void {
  result.mismatches.sort((a, b) => a.line - b.line).splice(max);
  result.apart.sort((a, b) => a.line - b.line);
  result.known.sort((a, b) => a.line - b.line);
}
