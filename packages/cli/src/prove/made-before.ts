// SPDX-License-Identifier: GPL-2.0-or-later
/** Proofs that were made before, held against the logs and the model of today: no kernel is booted. */
import { compileLog, type ProofRecord, splitProofs } from '@specialbit/lab';
import { wholeLog } from '../log/check-expectations.js';
import { lanesOf } from '../log/lane.js';
import { isFileBelow, textOfFile } from '../whole-file.js';
import { judgeSteps, type ProvedLane } from './judge-steps.js';

/** What the proofs of some files show. `of`: only those of logs with that SHA-256. Throws InputError, LabError, LogError. */
export async function madeBefore(
  files: readonly string[],
  of?: { readonly log: string; readonly sha256: string },
): Promise<ProvedLane[]> {
  const results: ProvedLane[] = [];
  for (const from of files)
    for (const one of splitProofs(textOfFile(from), from)) {
      const { file, sha256 } = one.proof.log;
      // what a proof names is looked at below the working directory alone; what somebody asked for, wherever it is
      if (of === undefined) results.push(await judged(one, file, isFileBelow(process.cwd(), file), from));
      else if (of.sha256 === sha256) results.push(await judged(one, of.log, true, from));
    }
  return results;
}

async function judged(
  { proof, lines, records }: ReturnType<typeof splitProofs>[number],
  file: string,
  here: boolean,
  from: string,
): Promise<ProvedLane> {
  const { lane: name, date } = proof;
  const unanswered = (why: string): ProvedLane => ({ file, lane: name, why, events: [] });
  if (!here) return unanswered('its log is not here');
  const log = await wholeLog(file);
  const [lane] = lanesOf(log.file, log.header, [name], []);
  const compiled = compileLog(log.header, log.events, lane!);
  const script = compiled.lines.map(({ text }) => canonical(text));
  // the exits of the end are the harness's
  const played = records.flatMap(opOf).slice(0, script.length);
  if (played.some((line, i) => line !== script[i]))
    return unanswered('its log, or what it compiles to, has changed since it was proved');
  const day = date === undefined ? {} : { date };
  return { file, lane: name, release: proof.kernel.release, ...day, events: judgeSteps(compiled, lines, from) };
}

/** The operation of a step record as a line of the script; nothing for other records. */
function opOf({ op, mm }: ProofRecord): string[] {
  if (op === undefined) return [];
  const { name, ...args } = op;
  const members = Object.entries(args).map(([key, value]) => `${key}=${String(value)}`);
  return [canonical([name, `mm=${mm}`, ...members].join(' '))];
}

const canonical = (line: string): string => {
  const [name, ...args] = line.split(' ');
  return [name, ...args.sort()].join(' ');
};
