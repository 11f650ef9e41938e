// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Every error that a user may see has a code, and every code stands in a catalogue: one line, what to do about it,
 * and the function of the kernel that it speaks of. Each package keeps the catalogue of its own errors; the
 * command shows all of them.
 */

export interface ErrorEntry {
  /** What is wrong, in one line. */
  readonly summary: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The function of the kernel that it speaks of, with its file; absent where it speaks of none. */
  readonly kernel?: string;
}

export type ErrorCatalogue<Code extends string = string> = Readonly<Record<Code, ErrorEntry>>;

/** What a log, a plugin, a recording or a command line can get wrong. */
export abstract class CodedError<Code extends string = string> extends Error {
  abstract readonly code: Code;
}

/** An argument of a function of ours that names what is not there. */
export class OutOfRange<Code extends string = string> extends RangeError {
  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message);
  }
}

/** Something that cannot be: a fault of specialbit itself. */
export class InternalError extends CodedError<'internal'> {
  override readonly name = 'InternalError';
  readonly code = 'internal';
}

/** Small letters, so that neither Node.js's (`ENOENT`) nor any other's code is taken for one of ours. */
const CODE = /^[a-z]+(?:-[a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)?$/;

/** The code of an error of ours, whichever copy of a package made it; undefined for one of anybody else. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && CODE.test(code) ? code : undefined;
}
