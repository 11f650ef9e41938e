// SPDX-License-Identifier: GPL-2.0-or-later
/** Proofs that were made before, held against the logs and the model of today: no kernel is booted. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { compileLog, type Proof, splitProofs } from '@specialbit/lab';
import type { StepRecord } from '@specialbit/transcripts';
import { InputError } from '../failure.js';
import { wholeLog } from '../log/check-expectations.js';
import { lanesOf } from '../log/lane.js';
import { judgeSteps, type ProvedLane } from './judge-steps.js';

/** What the proofs of some files show. `of`: only those of logs with that SHA-256. Throws InputError, LabError, LogError. */
export async function madeBefore(
  files: readonly string[],
  of?: { readonly log: string; readonly sha256: string },
): Promise<ProvedLane[]> {
  const results: ProvedLane[] = [];
  for (const file of files)
    for (const { proof, lines } of splitProofs(textOf(file), file)) {
      if (of === undefined) results.push(await judged(proof, proof.log.file, lines));
      else if (of.sha256 === proof.log.sha256) results.push(await judged(proof, of.log, lines));
    }
  return results;
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file);
    return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw new InputError(
      'input.unreadable',
      `${file}: cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
    );
  }
}

async function judged(
  { lane: name, date, kernel: { release } }: Proof,
  file: string,
  lines: readonly string[],
): Promise<ProvedLane> {
  if (!existsSync(file)) return { file, lane: name, why: 'its log is not here', events: [] };
  const log = await wholeLog(file);
  const [lane] = lanesOf(log.file, log.header, [name], []);
  const compiled = compileLog(log.header, log.events, lane!);
  const script = compiled.lines.map(({ text }) => canonical(text));
  // the exits of the end are the harness's
  const played = lines.flatMap(opOf).slice(0, script.length);
  if (played.some((line, i) => line !== script[i]))
    return { file, lane: name, why: 'its log, or what it compiles to, has changed since it was proved', events: [] };
  const day = date === undefined ? {} : { date };
  return { file, lane: name, release, ...day, events: judgeSteps(compiled, lines, file) };
}

/** The operation of a step record as a line of the script; nothing for other records. */
function opOf(line: string): string[] {
  const { op, mm } = JSON.parse(line) as Partial<StepRecord>;
  if (op === undefined) return [];
  const { name, ...args } = op;
  return [canonical([name, `mm=${mm}`, ...Object.entries(args).map(([key, value]) => `${key}=${value}`)].join(' '))];
}

const canonical = (line: string): string => {
  const [name, ...args] = line.split(' ');
  return [name, ...args.sort()].join(' ');
};
