// SPDX-License-Identifier: GPL-2.0-or-later
/** A worker thread: takes tasks one after the other, and sends progress and results. */
import { parentPort, workerData } from 'node:worker_threads';
import { onlyPlugins } from '../plugin/only-plugins.js';
import type { FileResult } from './result.js';
import { type Task, type VerifyOptions, verifyFile } from './verify-file.js';

export type ToWorker = { readonly index: number; readonly task: Task };
export type FromWorker =
  | { readonly kind: 'progress'; readonly index: number; readonly steps: number; readonly bytesRead: number }
  | { readonly kind: 'result'; readonly index: number; readonly result: FileResult };

/** What a worker gets when it starts. */
export interface WorkerData extends VerifyOptions {
  readonly plugins: readonly string[];
}

const port = parentPort!;
const options = workerData as WorkerData;
await onlyPlugins(options.plugins);
const send = (message: FromWorker): void => port.postMessage(message);

port.on('message', ({ index, task }: ToWorker) => {
  void verifyFile(task, options, (steps, bytesRead) => send({ kind: 'progress', index, steps, bytesRead })).then(
    (result) => send({ kind: 'result', index, result }),
  );
});
