// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit verify --maps FILE LOG`: a replay against what a kernel showed of a process. */
import { createWorld, kernelOptions, LogReferenceError, Player } from '@specialbit/core';
import { type Check, checkMaps, checkPagemap, checkSizes, checkVmFlags, formatDifference } from '@specialbit/importers';
import { readMaps, readPagemap, readSmaps } from '@specialbit/importers/node';
import { count } from '@specialbit/view';
import { markdownFile, markdownRow, markdownText, md } from '@specialbit/view/escape';
import { EXIT, InputError, UsageError } from '../failure.js';
import { recordingFormat } from '../import/imported-log.js';
import { lanesOf } from '../log/lane.js';
import { openLog } from '../log/open-log.js';
import type { Terminal } from '../terminal.js';
import { type CheckJson, checkJson } from './check-json.js';
import { verifyRecordings } from './verify-recording.js';

export interface SnapshotOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
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
  if (path === undefined || more.length > 0)
    throw new UsageError('usage.files', 'expected one log to compare with the snapshot');
  const log = await openLog(path);
  const [lane] = lanesOf(log.file, log.header, undefined, ['x86_64']);
  const player = new Player(kernelOptions(lane!), createWorld(lane!));
  let done = 0;
  let last = 0;
  try {
    for await (const batch of log.events) {
      for (const { event } of batch) {
        if (options.at !== undefined && done >= options.at) break;
        done++;
        if ('mm' in event) last = event.mm;
        try {
          player.step(event);
        } catch (error) {
          if (!(error instanceof LogReferenceError)) throw error;
        }
      }
    }
  } finally {
    await log.close();
  }
  if (options.at !== undefined && done < options.at) {
    throw new UsageError('usage.moment', `--at ${options.at}: ${path} has ${done} ${done === 1 ? 'event' : 'events'}`);
  }
  const kernel = player.kernel;
  const id = options.mm ?? (kernel.mms.has(last) ? last : [...kernel.mms.keys()].at(-1));
  const mm = id === undefined ? undefined : kernel.mms.get(id);
  if (mm === undefined) throw new InputError('usage.process', `${path}: no mm ${id ?? ''} after ${done} events`);
  const checks: [string, Check][] = [];
  if (options.maps !== undefined) checks.push(['VMAs', checkMaps(kernel, mm, (await readMaps(options.maps)).value)]);
  if (options.smaps !== undefined) {
    const { value } = await readSmaps(options.smaps);
    checks.push(['VMAs', checkMaps(kernel, mm, value)], ['VmFlags', checkVmFlags(kernel, mm, value)]);
    checks.push(['sizes', checkSizes(kernel, mm, value, { pss: true })]);
  }
  if (options.pagemap !== undefined) {
    checks.push(['pages', checkPagemap(kernel, mm, (await readPagemap(options.pagemap)).value)]);
  }
  if (options.json === true && options.markdown === true)
    throw new UsageError('usage.options', 'expected either --json or --markdown');
  const fine = checks.every(([, check]) => check.differences.length === 0);
  if (options.json === true) {
    const found: Record<string, CheckJson> = {};
    for (const [what, check] of checks) found[what] = checkJson(check, options.max);
    await terminal.out(
      `${JSON.stringify({ log: path, mm: mm.id, events: done, agrees: fine, checks: found }, null, 2)}\n`,
    );
    return fine ? EXIT.fine : EXIT.finding;
  }
  if (options.markdown === true) {
    const rows = checks.map(([what, { equal, compared }]) =>
      markdownRow([what, count(compared), count(equal)].map(markdownText)),
    );
    const shown = checks.flatMap(([, { differences }]) => differences.slice(0, options.max));
    const list = shown.map((difference) => md`- ${markdownText(formatDifference(difference))}`);
    const lines = [
      md`| what | compared | equal |`,
      md`| --- | ---: | ---: |`,
      ...rows,
      ...(list.length === 0 ? [] : [md``, ...list]),
    ];
    await terminal.out(markdownFile(lines));
    return fine ? EXIT.fine : EXIT.finding;
  }
  for (const [what, check] of checks) {
    await terminal.out(`${what}: ${count(check.equal)} of ${count(check.compared)} equal\n`);
    for (const difference of check.differences.slice(0, options.max)) {
      await terminal.out(`  ${formatDifference(difference)}\n`);
    }
    const rest = check.differences.length - options.max;
    if (rest > 0) await terminal.out(`  and ${count(rest)} more\n`);
  }
  return fine ? EXIT.fine : EXIT.finding;
}
