// SPDX-License-Identifier: GPL-2.0-or-later
/** Builds reproducers against a kernel's headers and runs them on that kernel, under QEMU. */
import { type Reproducer, type TriedBoot, tryReproducers } from '@specialbit/lab';
import { attended } from '../lab/attended.js';
import { ProgressLine } from '../lab/progress-line.js';
import type { Terminal } from '../terminal.js';

export interface RunOptions {
  readonly headers?: string;
  readonly image?: string;
  readonly cc?: string;
  readonly fatal?: boolean;
  readonly timeout: number;
}

export interface Ran {
  readonly boots: readonly TriedBoot[];
  /** Something was not as expected. */
  readonly failed: boolean;
}

/** Of each reproducer what came of it. Throws LabError. */
export async function runReproducers(
  made: readonly Reproducer[],
  options: RunOptions,
  terminal: Terminal,
): Promise<Ran[]> {
  const line = new ProgressLine(terminal);
  try {
    return await attended(async (attendance) => {
      const { headers, image, cc, fatal = false, timeout } = options;
      const all = await tryReproducers(made, {
        headers: headers!,
        image: image!,
        ...(cc === undefined ? {} : { cc }),
        fatal,
        timeout,
        attendance,
        progress: (text) => line.show(text),
      });
      return all.map((boots) => ({ boots, failed: boots.some(({ failed }) => failed) }));
    });
  } finally {
    line.end();
  }
}
