// SPDX-License-Identifier: GPL-2.0-or-later
/** What every command needs. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Terminal } from './terminal.js';

export interface CommandContext {
  readonly terminal: Terminal;
  /** Tells the exit code. */
  readonly done: (code: number) => void;
  /** The command line with all commands, or with those that are among `names` (others say only what they are). */
  readonly whole: (names?: readonly string[]) => Promise<Command>;
}

export const EXIT_CODES = `
Exit codes: 0 fine; 1 a mismatch, or architectures that part; 2 wrong usage or
unreadable input.`;

/** An option's number. */
export function natural(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a number.');
  return Number(text);
}

/** An option that can be given several times, or with commas. */
export function list(text: string, before: string[] = []): string[] {
  return [...before, text];
}
