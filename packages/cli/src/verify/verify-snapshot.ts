// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit verify --maps FILE LOG`, and `specialbit verify RECORDING`: a replay against what a kernel showed. */
import { createWorld, kernelOptions, LogReferenceError, Session } from '@specialbit/core';
import {
  type Check,
  checkMaps,
  checkPagemap,
  checkSizes,
  checkVmFlags,
  formatDifference,
  importRecording,
  openRecording,
  readMaps,
  readPagemap,
  readSmaps,
  replayChecked,
} from '@specialbit/importers';
import { count, table } from '@specialbit/view';
import { architectureNamed } from '../architectures.js';
import { EXIT, InputError, UsageError } from '../failure.js';
import { recordingFormat } from '../import/imported-log.js';
import { lanesOf } from '../log/lane.js';
import { openLog } from '../log/open-log.js';
import type { Terminal } from '../terminal.js';

export interface SnapshotOptions {
  readonly maps?: string;
  readonly smaps?: string;
  readonly pagemap?: string;
  readonly at?: number;
  readonly mm?: number;
  readonly max: number;
}

/** Is this a comparison with a snapshot, and no play of transcripts? */
export async function isSnapshotCheck(paths: readonly string[], options: SnapshotOptions): Promise<boolean> {
  if (options.maps !== undefined || options.smaps !== undefined || options.pagemap !== undefined) return true;
  for (const path of paths) if ((await recordingFormat(path)) !== 'recording') return false;
  return true;
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function verifySnapshots(
  paths: readonly string[],
  options: SnapshotOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.maps === undefined && options.smaps === undefined && options.pagemap === undefined) {
    return verifyRecordings(paths, options, terminal);
  }
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0) throw new UsageError('expected one log to compare with the snapshot');
  const log = await openLog(path);
  const [lane] = lanesOf(log.file, log.header, undefined, ['x86_64']);
  const session = new Session(kernelOptions(lane!), createWorld(lane!));
  let done = 0;
  let last = 0;
  try {
    for await (const batch of log.events) {
      for (const { event } of batch) {
        if (options.at !== undefined && done >= options.at) break;
        done++;
        if ('mm' in event) last = event.mm;
        try {
          session.step(event);
        } catch (error) {
          if (!(error instanceof LogReferenceError)) throw error;
        }
      }
      session.commit();
    }
  } finally {
    await log.close();
  }
  if (options.at !== undefined && done < options.at) {
    throw new UsageError(`--at ${options.at}: ${path} has ${done} ${done === 1 ? 'event' : 'events'}`);
  }
  const kernel = session.live;
  const id = options.mm ?? (kernel.mms.has(last) ? last : [...kernel.mms.keys()].at(-1));
  const mm = id === undefined ? undefined : kernel.mms.get(id);
  if (mm === undefined) throw new InputError(`${path}: no mm ${id ?? ''} after ${done} events`);
  const checks: [string, Check][] = [];
  if (options.maps !== undefined) checks.push(['VMAs', checkMaps(kernel, mm, (await readMaps(options.maps)).value)]);
  if (options.smaps !== undefined) {
    const { value } = await readSmaps(options.smaps);
    checks.push(['VMAs', checkMaps(kernel, mm, value)], ['VmFlags', checkVmFlags(kernel, mm, value)]);
    checks.push(['Rss and Anonymous', checkSizes(kernel, mm, value)]);
  }
  if (options.pagemap !== undefined) {
    checks.push(['pages', checkPagemap(kernel, mm, (await readPagemap(options.pagemap)).value)]);
  }
  let fine = true;
  for (const [what, check] of checks) {
    fine &&= check.differences.length === 0;
    await terminal.out(`${what}: ${count(check.equal)} of ${count(check.compared)} equal\n`);
    for (const difference of check.differences.slice(0, options.max)) {
      await terminal.out(`  ${formatDifference(difference)}\n`);
    }
    const rest = check.differences.length - options.max;
    if (rest > 0) await terminal.out(`  and ${count(rest)} more\n`);
  }
  return fine ? EXIT.fine : EXIT.finding;
}

/** A row for each snapshot of each recording. */
async function verifyRecordings(
  paths: readonly string[],
  options: SnapshotOptions,
  terminal: Terminal,
): Promise<number> {
  let fine = true;
  for (const path of paths) {
    const imported = await importRecording(await openRecording(path), { local: true });
    const rows = [['snapshot', 'process', 'VMAs', 'VmFlags', 'anon_vma', 'Rss', 'pages', '']];
    const differences: string[] = [];
    const of = (check: Check): string => `${check.equal}/${check.compared}`;
    replayChecked(imported, architectureNamed('x86_64'), ({ checkpoint, image, maps, flags, vmas, sizes, pages }) => {
      const name = `${checkpoint.mark.n} ${checkpoint.mark.label}`;
      rows.push([name, String(image.pid), of(maps), of(flags), of(vmas), of(sizes), of(pages), `+${pages.extra}`]);
      for (const difference of [...maps.differences, ...flags.differences]) {
        differences.push(`${name} ${image.pid}: ${formatDifference(difference)}`);
      }
    });
    await terminal.out(`${path}\n${table(rows, { align: 'lrrrrrrr', indent: 2 }).join('\n')}\n`);
    for (const difference of differences.slice(0, options.max)) await terminal.out(`  ${difference}\n`);
    fine &&= differences.length === 0;
  }
  return fine ? EXIT.fine : EXIT.finding;
}
