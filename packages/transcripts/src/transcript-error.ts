// SPDX-License-Identifier: GPL-2.0-or-later

/** A line of a transcript that is no record, or not one that can follow: what, where, and what was expected. */
export class TranscriptError extends Error {
  override readonly name = 'TranscriptError';
  constructor(
    readonly file: string,
    /** From 1; 0: the file as a whole. */
    readonly line: number,
    problem: string,
  ) {
    super(line > 0 ? `${file}:${line}: ${problem}` : `${file}: ${problem}`);
  }
}
