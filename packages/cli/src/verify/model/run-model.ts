// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs another implementation: gives it a stripped transcript on standard input, and takes what it writes for what it answers. */
import { spawn } from 'node:child_process';

/** What a model wrote for one transcript. */
export interface ModelRun {
  /** Answers by `keyOf`: the first of each step. */
  readonly answers: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Lines that are no records, and the first of them. */
  readonly garbage: { readonly lines: number; readonly first: string | undefined };
  /** How it ended, where that was not by itself with 0. */
  readonly problem: string | undefined;
  /** It did not run at all: there is no such command. */
  readonly missing: boolean;
}

export const keyOf = (scenario: string, seq: number): string => `${seq} ${scenario}`;

/** A model that writes more than this is ended, bytes. */
const MOST_OUTPUT = 2 ** 30;
/** How a shell ends that found no command, or one that it may not run. */
const NOT_FOUND = [126, 127];

/** `timeout` in seconds. Never throws for what a model does. */
export function runModel(command: string, input: Iterable<string>, timeout: number): Promise<ModelRun> {
  return new Promise((resolve) => {
    // a group of its own, so that all of it can be ended
    const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const answers = new Map<string, Readonly<Record<string, unknown>>>();
    let garbage = 0;
    let first: string | undefined;
    let problem: string | undefined;
    let size = 0;
    let rest = '';
    let said = '';
    const end = (why: string): void => {
      problem ??= why;
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // it is gone
      }
    };
    const timer = setTimeout(() => end(`was ended after ${timeout} seconds`), timeout * 1000);
    const take = (text: string): void => {
      if (text.trim() === '') return;
      const record = parsed(text);
      if (record === undefined) {
        garbage++;
        first ??= text.slice(0, 80);
        return;
      }
      const { scenario, seq } = record;
      if (typeof scenario !== 'string' || typeof seq !== 'number') return;
      const key = keyOf(scenario, seq);
      if (!answers.has(key)) answers.set(key, record);
    };
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      size += chunk.length;
      if (size > MOST_OUTPUT) return end(`was ended after ${MOST_OUTPUT} bytes of output`);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) take(line);
    });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (chunk: string) => {
      said = (said + chunk).slice(-2000);
    });
    // it need not read all of it
    child.stdin.on('error', () => {});
    void feed(child.stdin, input);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({
        answers,
        garbage: { lines: 0, first: undefined },
        problem: `cannot be started: ${error.message}`,
        missing: true,
      });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      take(rest);
      const last = said.trim().split('\n').at(-1)!.slice(0, 160);
      const words = last === '' ? '' : `: ${last}`;
      if (signal !== null) problem ??= `was ended by ${signal}${words}`;
      else if (code !== 0) problem ??= `ended with ${code}${words}`;
      const missing = code !== null && NOT_FOUND.includes(code) && answers.size === 0;
      resolve({ answers, garbage: { lines: garbage, first }, problem, missing });
    });
  });
}

async function feed(
  stdin: NodeJS.WritableStream & { readonly destroyed?: boolean },
  input: Iterable<string>,
): Promise<void> {
  let text = '';
  const write = async (): Promise<void> => {
    const more = stdin.write(text);
    text = '';
    if (!more)
      await new Promise<void>((resolve) => {
        const done = (): void => resolve();
        stdin.once('drain', done);
        stdin.once('close', done);
      });
  };
  for (const line of input) {
    text += `${line}\n`;
    if (text.length > 1 << 16) await write();
    if (stdin.destroyed === true) return;
  }
  stdin.end(text);
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
