// SPDX-License-Identifier: GPL-2.0-or-later
/** What is fuzzed: something that makes an input from random numbers, and something that is given it. */
import type { Random } from './random.js';

/** An input, whole: what it is called, its bytes, and what is done with it. */
export interface Input {
  /** The name of its file. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Of the command; FILE is where the input lies, OUT a file to be written. */
  readonly args: readonly string[];
}

/** What is wrong with how an input was answered; `kind` and `where` stay the same while it is made smaller. */
export interface Fault {
  readonly kind:
    | 'internal error'
    | 'hang'
    | 'memory'
    | 'lost line'
    | 'control character'
    | 'markup'
    | 'pollution'
    | 'answer'
    | 'wrong world';
  /** A line of what was said, without what differs from input to input. */
  readonly where: string;
  readonly text: string;
}

export interface Answer {
  /** Refused with an error of the user's. */
  readonly rejected: boolean;
  readonly fault?: Fault;
}

export interface Reader {
  readonly name: string;
  /** Its turns in comparison with others. */
  readonly weight?: number;
  /** An input without bytes: only its seed tells it, and it is not made smaller. */
  readonly whole?: boolean;
  readonly make: (random: Random) => Input;
  /** `file`: where the input lies. `folder` is its own. */
  readonly run: (input: Input, file: string, folder: string) => Promise<Answer>;
}

export const FILE = 'FILE';
export const OUT = 'OUT';
