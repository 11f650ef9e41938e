// SPDX-License-Identifier: GPL-2.0-or-later
/** What proofs say of the events of a log, for the page. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '@specialbit/lab';
import type { SeenOnKernel } from '@specialbit/viewer';
import { hashOfLog } from '../log/hash.js';
import { madeBefore } from '../prove/made-before.js';

/** A file, or those of a folder. */
function filesOf(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return readdirSync(path)
    .filter((name) => /\.jsonl(?:\.gz)?$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** Throws InputError, LabError for proofs of which none is of the log as it is. */
export async function seenOnKernels(log: string, proofs: readonly string[]): Promise<SeenOnKernel[]> {
  const sha256 = hashOfLog(log);
  const lanes = await madeBefore(proofs.flatMap(filesOf), { log, sha256 });
  if (lanes.length === 0)
    throw new LabError(
      'lab.proof',
      `${proofs.join(', ')}: no proof of ${log} as it is: specialbit prove ${log} -o FOLDER makes one`,
    );
  return lanes.map(({ lane, release, date, why, events }) => {
    if (why !== undefined || release === undefined)
      throw new LabError('lab.proof', `${log} on ${lane}: ${why ?? 'no answer'}`);
    const of = (...verdicts: string[]): number[] =>
      [...new Set(events.flatMap(({ verdict, numbers }) => (verdicts.includes(verdict) ? numbers : [])))].sort(
        (a, b) => a - b,
      );
    const differs = of('differs', 'died');
    const agreed = of('agreed').filter((number) => !differs.includes(number));
    return { lane, release, date: date ?? null, agreed, differs };
  });
}
