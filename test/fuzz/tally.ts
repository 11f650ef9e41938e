// SPDX-License-Identifier: GPL-2.0-or-later
/** A figure for each reader. */
import type { Done } from './worker.js';

export interface Figure {
  inputs: number;
  /** Refused with an error of the user's. */
  rejected: number;
  faults: number;
  /** Milliseconds, of all and of the slowest one, and the case of that. */
  ms: number;
  slowest: number;
  slowestCase: number;
}

export type Figures = Readonly<Record<string, Figure>>;

export class Tally {
  private readonly of = new Map<string, Figure>();

  add(reader: string, seed: number, { rejected, fault, ms }: Done): void {
    const figure = this.of.get(reader) ?? { inputs: 0, rejected: 0, faults: 0, ms: 0, slowest: 0, slowestCase: seed };
    this.of.set(reader, figure);
    figure.inputs++;
    figure.ms += ms;
    if (rejected) figure.rejected++;
    if (fault !== undefined) figure.faults++;
    if (ms <= figure.slowest) return;
    figure.slowest = ms;
    figure.slowestCase = seed;
  }

  figures(): Figures {
    return Object.fromEntries(this.of);
  }

  static table(figures: Figures): string {
    const rows = Object.entries(figures).map(([name, f]) => [
      name,
      String(f.inputs),
      String(f.rejected),
      String(f.faults),
      `${(f.ms / f.inputs).toFixed(1)} ms`,
      `${f.slowest.toFixed(0)} ms`,
      `case ${f.slowestCase}`,
    ]);
    const sum = (of: (figure: Figure) => number): string =>
      String(Object.values(figures).reduce((all, one) => all + of(one), 0));
    rows.unshift(['reader', 'inputs', 'rejected', 'faults', 'mean', 'slowest', '']);
    rows.push(['all', sum((f) => f.inputs), sum((f) => f.rejected), sum((f) => f.faults), '', '', '']);
    const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
    const line = (row: readonly string[]): string =>
      row
        .map((cell, i) => (i === 0 || i === 6 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd();
    return `${rows.map(line).join('\n')}\n`;
  }
}
