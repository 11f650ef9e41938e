// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Runs the command in processes that may do little: read the command's own files, write none, start nothing, and take so
 * much time and memory. What a log can make the model do ends there.
 */
import { spawn } from 'node:child_process';
import { InputError } from '../failure.js';
import { COMMAND, COMMAND_FOLDER } from '../places.js';
import { type Bind, boundToParent } from './bound-process.js';

export interface Limits {
  /** Seconds. */
  readonly timeout: number;
  /** MiB. */
  readonly memory: number;
  readonly jobs: number;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a process may print before it is ended, bytes. */
const MOST_OUTPUT = 8 * 2 ** 20;
/** Calls that wait. */
const MOST_WAITING = 32;
/** How the permission model is asked for: by Node 20, and by later ones. */
const GUARD = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';

/** Why a call has no answer: said to who called, and nothing else ends. */
const callEnded = (why: string): InputError => new InputError('mcp.ended', why);

export class Processes {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly over = new AbortController();
  /** Ends with the server, be that killed. */
  private readonly bound: Bind;

  constructor(private readonly limits: Limits) {
    this.bound = boundToParent(limits.timeout);
  }

  /** Ends what runs, and takes no more. */
  end(): void {
    this.over.abort();
  }

  /** Throws InputError where a limit was reached, or `signal` says that nobody waits for it any more. */
  async run(args: readonly string[], input: Buffer, cancelled: AbortSignal): Promise<Ran> {
    const signal = AbortSignal.any([cancelled, this.over.signal]);
    await this.turn(signal);
    try {
      return await this.ran(args, input, signal);
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }

  private async turn(signal: AbortSignal): Promise<void> {
    while (this.running >= this.limits.jobs) {
      if (this.waiting.length >= MOST_WAITING) throw callEnded(`busy: ${MOST_WAITING} calls wait already`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      if (signal.aborted) {
        // the turn is another's
        if (this.running < this.limits.jobs) this.waiting.shift()?.();
        throw callEnded('cancelled');
      }
    }
    this.running++;
  }

  private ran(args: readonly string[], input: Buffer, signal: AbortSignal): Promise<Ran> {
    const { timeout, memory } = this.limits;
    const guards = ['--no-warnings', `--max-old-space-size=${memory}`, GUARD, `--allow-fs-read=${COMMAND_FOLDER}*`];
    return new Promise((resolve, reject) => {
      const [command, words] = this.bound(process.execPath, [...guards, COMMAND, ...args]);
      const child = spawn(command, words, {
        env: { NO_COLOR: '1', SPECIALBIT_CACHE: 'off' },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      let ended: InputError | undefined;
      const end = (why: string): void => {
        ended ??= callEnded(why);
        child.kill('SIGKILL');
      };
      const timer = setTimeout(
        () => end(`ended after ${timeout} seconds: ask for less (fewer lanes, events, a lower depth)`),
        timeout * 1000,
      );
      const cancel = (): void => end('cancelled');
      signal.addEventListener('abort', cancel, { once: true });
      if (signal.aborted) cancel();
      const parts = { out: [] as Buffer[], err: [] as Buffer[] };
      let size = 0;
      const take = (into: Buffer[]) => (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_OUTPUT) end(`ended after ${MOST_OUTPUT} bytes of output: ask for less ("at", fewer lanes)`);
        else into.push(chunk);
      };
      child.stdout.on('data', take(parts.out));
      child.stderr.on('data', take(parts.err));
      // it may have enough, or have ended
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
      };
      child.on('error', (error) => {
        settle();
        reject(error);
      });
      child.on('close', (code, killed) => {
        settle();
        const [out, err] = [parts.out, parts.err].map((all) => Buffer.concat(all).toString()) as [string, string];
        if (ended !== undefined) reject(ended);
        else if (killed !== null || (code ?? 0) > 128 || /JavaScript heap out of memory/.test(err))
          reject(callEnded(`ended: it took more than ${memory} MiB of memory; ask for less`));
        else resolve({ code: code ?? 2, out, err });
      });
    });
  }
}
