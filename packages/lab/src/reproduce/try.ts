// SPDX-License-Identifier: GPL-2.0-or-later
/** Builds reproducers against a kernel's headers, and runs them on that kernel with an initramfs of nothing else. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attendance } from '../attendance.js';
import { asLabError, cacheFolder, openCache } from '../cache.js';
import { LabError } from '../errors.js';
import { LogFile } from '../run-logged.js';
import { bootTrials } from './boot-trials.js';
import { buildTrials } from './build-trials.js';
import { judged, type TriedBoot } from './judge-console.js';
import { machineOf, releaseOf } from './kernel-headers.js';
import type { Reproducer } from './reproduce.js';

export interface TryOptions {
  /** The kernel's headers, and the kernel: of one build. */
  readonly headers: string;
  readonly image: string;
  /** The compiler of the module; the machine's when absent. */
  readonly cc?: string;
  /** A boot of its own for each reproducer of what kills the kernel, in which that is made too. */
  readonly fatal: boolean;
  /** Seconds for a boot, and for each reproducer. */
  readonly timeout: number;
  readonly attendance: Attendance;
  readonly progress: (text: string) => void;
}

/**
 * What came of each reproducer, in their order: all of them in one boot, and in a new one where the kernel died or kept a module;
 * with `fatal` a second of its own for each that kills the kernel. Throws LabError.
 */
export async function tryReproducers(trials: readonly Reproducer[], options: TryOptions): Promise<TriedBoot[][]> {
  const work = mkdtempSync(join(tmpdir(), 'specialbit-reproduce-'));
  const { attendance, headers, image, fatal, timeout, progress } = options;
  attendance.own(work);
  // it outlives the work: what fails names it
  const log = new LogFile(join(openCache(cacheFolder()), 'reproduce.log'));
  try {
    const machine = machineOf(headers);
    if (!existsSync(image)) throw new LabError('lab.source', `${image}: there is no kernel`);
    await buildTrials(trials, machine, work, { ...options, log });
    const release = releaseOf(headers);
    const built = trials.map((made, i) => ({ made, folder: join(work, `${i + 1}`), boots: [] as TriedBoot[] }));
    const boot = async (some: typeof built, deadly: boolean): Promise<number> => {
      const played = (n: number): void =>
        progress(some.length === 1 ? `booting ${release}` : `${release}: ${n} of ${some.length} played`);
      played(0);
      const { parts, printed, complaint, late, seconds } = await bootTrials(some, machine, work, {
        ...{ image, timeout, attendance, fatal: deadly, progress: played },
      });
      const texts = parts.length === 0 ? [printed] : parts;
      for (const [i, text] of texts.entries()) {
        const told = { release, fatal: deadly, late, seconds, timeout };
        some[i]!.boots.push(judged(text, complaint, told));
      }
      return texts.length;
    };
    for (let next = 0; next < built.length; ) next += await boot(built.slice(next), false);
    if (fatal) for (const one of built) if (one.made.fatal) await boot([one], true);
    return built.map(({ boots }) => boots);
  } catch (error) {
    throw asLabError(error, work);
  } finally {
    log.close();
    attendance.remove(work);
  }
}
