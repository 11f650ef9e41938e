// SPDX-License-Identifier: GPL-2.0-or-later
/** A thread that makes inputs and gives them to readers: what hangs it, or takes all its memory, is ended from outside. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { fault } from './command.js';
import type { Answer, Input, Reader } from './reader.js';
import { inputOf, readerNamed } from './turns.js';

export interface Task {
  readonly reader: string;
  /** Makes the input; or it is given. */
  readonly seed?: number;
  readonly input?: Input;
}

export interface Done extends Answer {
  readonly ms: number;
}

const { folder } = workerData as { readonly folder: string };
mkdirSync(folder, { recursive: true });

const polluted = Object.getOwnPropertyNames(Object.prototype).length;

async function run(reader: Reader, input: Input): Promise<Done> {
  const file = `${folder}/${input.name}`;
  writeFileSync(file, input.bytes);
  const since = performance.now();
  let answer: Answer;
  try {
    answer = await reader.run(input, file, folder);
  } catch (error) {
    const text = error instanceof Error ? `${error.stack}` : String(error);
    answer = { rejected: false, fault: fault('internal error', text, text.split('\n')[0]) };
  }
  const names = Object.getOwnPropertyNames(Object.prototype);
  if (names.length !== polluted) {
    const added = names.slice(polluted);
    for (const name of added) delete (Object.prototype as unknown as Record<string, unknown>)[name];
    answer = { ...answer, fault: fault('pollution', `Object.prototype has ${added.join(', ')}`) };
  }
  return { ...answer, ms: performance.now() - since };
}

parentPort!.on('message', (task: Task) => {
  const reader = readerNamed(task.reader)!;
  void run(reader, task.input ?? inputOf(reader, task.seed!)).then((done) => parentPort!.postMessage(done));
});
