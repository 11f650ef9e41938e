// SPDX-License-Identifier: GPL-2.0-or-later
/** Processes and folders that must not outlive the command: ended and removed when it is interrupted. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** As a shell reports the end by a signal. */
const BY_SIGNAL: Readonly<Record<(typeof SIGNALS)[number], number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

export class Attendance {
  private readonly children = new Set<ChildProcess>();
  private readonly folders = new Set<string>();
  private readonly handlers = SIGNALS.map((signal) => ({
    signal,
    handler: (): void => {
      this.end();
      process.exit(BY_SIGNAL[signal]);
    },
  }));

  /** Begins to listen for the signals that end a command. `leave` has to follow. */
  constructor() {
    for (const { signal, handler } of this.handlers) process.on(signal, handler);
  }

  /** Starts a process of a group of its own, so that what it starts ends with it. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(command, args, { ...options, detached: true });
    this.children.add(child);
    child.once('close', () => this.children.delete(child));
    child.once('error', () => this.children.delete(child));
    return child;
  }

  /** Ends a process and what it has started. */
  kill(child: ChildProcess): void {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended
    }
  }

  /** The folder is removed when the command ends. */
  own(folder: string): void {
    this.folders.add(folder);
  }

  /** Removes a folder that is no longer needed. */
  remove(folder: string): void {
    this.folders.delete(folder);
    rmSync(folder, { recursive: true, force: true });
  }

  /** Ends every process, removes every folder, and listens no more. */
  leave(): void {
    this.end();
    for (const { signal, handler } of this.handlers) process.off(signal, handler);
  }

  private end(): void {
    for (const child of this.children) this.kill(child);
    for (const folder of [...this.folders]) this.remove(folder);
  }
}
