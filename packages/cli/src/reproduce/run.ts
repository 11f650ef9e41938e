// SPDX-License-Identifier: GPL-2.0-or-later
/** Builds a reproducer against a kernel's headers and runs it on that kernel, under QEMU. */
import { type Reproducer, type TriedBoot, tryReproducer } from '@specialbit/lab';
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

/** Throws LabError. */
export async function runReproducer(made: Reproducer, options: RunOptions, terminal: Terminal): Promise<Ran> {
  const line = new ProgressLine(terminal);
  try {
    return await attended(async (attendance) => {
      const { headers, image, cc, fatal = false, timeout } = options;
      const boots = await tryReproducer(made, {
        headers: headers!,
        image: image!,
        ...(cc === undefined ? {} : { cc }),
        fatal: fatal && made.fatal,
        timeout,
        attendance,
        progress: (text) => line.show(text),
      });
      return { boots, failed: boots.some(({ failed }) => failed) };
    });
  } finally {
    line.end();
  }
}
