// SPDX-License-Identifier: GPL-2.0-or-later
/** Lines that could not be read: counted by reason, a few of each kept for the summary. */

export interface Problem {
  readonly file: string;
  readonly line: number;
  /** What is wrong with the line, in a few words; problems are counted by it. */
  readonly what: string;
  readonly text: string;
}

/** How many examples of one kind of problem a summary shows. */
const EXAMPLES = 2;
const SHOWN = 100;

export class Problems {
  private readonly byKind = new Map<string, { count: number; examples: Problem[] }>();
  /** Lines that were read, and lines that say nothing about memory. */
  read = 0;
  skipped = 0;

  constructor(readonly file: string) {}

  add(line: number, what: string, text: string): void {
    let kind = this.byKind.get(what);
    if (kind === undefined) {
      kind = { count: 0, examples: [] };
      this.byKind.set(what, kind);
    }
    kind.count++;
    if (kind.examples.length < EXAMPLES) {
      const short = text.length > SHOWN ? `${text.slice(0, SHOWN)} …` : text;
      kind.examples.push({ file: this.file, line, what, text: short });
    }
  }

  get count(): number {
    let count = 0;
    for (const kind of this.byKind.values()) count += kind.count;
    return count;
  }

  /** Kinds of problems, the most frequent first. */
  kinds(): { readonly what: string; readonly count: number; readonly examples: readonly Problem[] }[] {
    return [...this.byKind].map(([what, kind]) => ({ what, ...kind })).sort((a, b) => b.count - a.count);
  }
}
