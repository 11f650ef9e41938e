// SPDX-License-Identifier: GPL-2.0-or-later
/** Takes out of a transcript what was observed: what is left is what was asked, and which frames the allocator chose. */
import { TranscriptError } from './errors.js';

interface Dumped {
  readonly mms?: readonly { readonly vmas?: readonly { readonly pt?: readonly (readonly unknown[])[] }[] }[];
  readonly folios?: unknown;
}

/** What is asked of a step. */
export interface AskedStep {
  readonly scenario: string;
  readonly seq: number;
  readonly mm: number;
  readonly op: { readonly name: string };
}

export interface StrippedLine {
  /** The record as a model reads it. */
  readonly text: string;
  /** The whole record of a step, with the kernel's answer; undefined for a header and a begin record. */
  readonly step: (AskedStep & Readonly<Record<string, unknown>>) | undefined;
}

/** Strips the records of one transcript, in their order. */
export class Stripper {
  private seen = new Set<string>();

  constructor(private readonly file: string) {}

  /** Undefined for a blank line, and for the end of a scenario in which the kernel died: it does not tell what was asked. */
  strip(text: string, line: number): StrippedLine | undefined {
    if (text.trim() === '') return undefined;
    const record = this.parse(text, line);
    if ('begin' in record) this.seen = new Set();
    if (!('scenario' in record)) return { text, step: undefined };
    if (!('op' in record)) return undefined;
    const step = record as unknown as AskedStep & Readonly<Record<string, unknown>>;
    const { scenario, seq, mm, op } = step;
    const dump = (record.dump ?? {}) as Dumped;
    if (dump.folios !== undefined)
      throw this.error(
        line,
        'this transcript is of the laboratory for huge pages, whose folios the stripped form does not have',
      );
    const alloc = { ...((record.alloc ?? {}) as Record<string, string>), ...this.newPages(dump) };
    const asked = { scenario, seq, mm, op, ...(Object.keys(alloc).length === 0 ? {} : { alloc }) };
    return { text: JSON.stringify(asked), step };
  }

  /** Label to pfn of the pages of processes and files that no step before showed. */
  private newPages({ mms = [] }: Dumped): Record<string, string> {
    const alloc: Record<string, string> = {};
    for (const { vmas = [] } of mms) {
      for (const { pt = [] } of vmas) {
        for (const [, , kind, pfn, label] of pt) {
          if (kind === 'swap' || typeof label !== 'string' || !/^[AF]\d/.test(label) || this.seen.has(label)) continue;
          this.seen.add(label);
          alloc[label] = pfn as string;
        }
      }
    }
    return alloc;
  }

  private parse(text: string, line: number): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    } catch {
      // said below
    }
    throw this.error(line, `expected a JSON record, found ${JSON.stringify(text.slice(0, 60))}`);
  }

  private error(line: number, problem: string): TranscriptError {
    return new TranscriptError('transcript.record', this.file, line, problem);
  }
}
