// SPDX-License-Identifier: GPL-2.0-or-later
/** A mapping as suites see it: how it is made, how it is touched, and which frames it has. */
import type { LogHeader } from '@specialbit/events';

/** One line of a log. */
export type Json = Readonly<Record<string, unknown>>;

export interface Stage {
  /** Pages of the mapping, which is called `m`. */
  readonly pages: number;
  /** One entry of the PMD level maps it. */
  readonly huge: boolean;
  readonly shared: boolean;
  readonly writable: boolean;
  /** The file that is mapped. */
  readonly file: string;
  readonly way: { readonly hook: string };
  /** What the header has to have. */
  readonly header: Pick<LogHeader, 'files' | 'blocks' | 'thp'>;
  /** Every page of the mapping that is looked at. */
  readonly looked: readonly number[];
  /** The driver's frames, whose counts have to be in order in the end. */
  readonly driverFrames: readonly string[];
  /** The frame that page `i` is to map; undefined where the kernel picks it. */
  frame(i: number): string | undefined;
  /** The mapping is made, as far as `->mmap` makes it; `during`: what happens before it is linked, behind the driver's calls. */
  map(during?: readonly Json[]): Json[];
  /** A process touches page `i`. */
  touch(op: 'read' | 'write', i: number, mm?: number, label?: string): Json[];
}
