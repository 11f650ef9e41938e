// SPDX-License-Identifier: GPL-2.0-or-later
/** The lines of a recording, with their numbers. */

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** All lines of a text. */
export function linesOf(text: string): Line[] {
  const parts = text.split('\n');
  if (parts.at(-1) === '') parts.pop();
  return parts.map((part, i) => ({ text: part.endsWith('\r') ? part.slice(0, -1) : part, line: i + 1 }));
}
