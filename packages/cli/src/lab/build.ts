// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit lab build`, and building for commands that boot. */

import { existsSync } from 'node:fs';
import { InternalError } from '@specialbit/events';
import { type Attendance, type BuiltKernel, buildKernel, cacheFolder, findMachine } from '@specialbit/lab';
import { EXIT } from '../failure.js';
import { LAB_GUEST } from '../places.js';
import type { Printed } from '../schema/outputs.js';
import type { Terminal } from '../terminal.js';
import { attended } from './attended.js';
import { ProgressLine } from './progress-line.js';

export interface BuildCommandOptions {
  readonly kernel: string;
  readonly arch: string;
  readonly config?: string[];
  readonly jobs: number;
  readonly built?: boolean;
  readonly json?: boolean;
}

/** Resolves to the exit code. Throws LabError. */
export async function build(options: BuildCommandOptions, terminal: Terminal): Promise<number> {
  const started = performance.now();
  const built = await attended((attendance) => builtFor(options, attendance, terminal));
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  if (options.json === true) {
    const printed: Printed<'lab.build'> = { ...built, seconds };
    await terminal.out(`${JSON.stringify(printed, null, 2)}\n`);
    return EXIT.fine;
  }
  const { release, machine, image, cached } = built;
  await terminal.out(
    `Linux ${release} for ${machine}: ${cached ? 'there already' : `made in ${seconds} s`}\n${image}\n`,
  );
  return EXIT.fine;
}

/** A kernel from the cache, or a new one. */
export async function builtFor(
  { kernel, arch, config = [], jobs, built = false }: Omit<BuildCommandOptions, 'json'>,
  attendance: Attendance,
  terminal: Terminal,
): Promise<BuiltKernel> {
  const line = new ProgressLine(terminal);
  try {
    return await buildKernel(kernel, findMachine(arch), {
      guest: guestFolder(),
      cache: cacheFolder(),
      jobs,
      onlyBuilt: built,
      config: config.flatMap((text) => text.split(',')),
      progress: (text) => line.show(text),
      attendance,
    });
  } finally {
    line.end();
  }
}

/** Where the sources of the driver and the init program are. */
function guestFolder(): string {
  const found = LAB_GUEST.find((folder) => existsSync(folder));
  if (found === undefined) throw new InternalError('the sources of the laboratory are not beside the command');
  return found;
}
