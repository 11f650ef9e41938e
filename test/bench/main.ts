// SPDX-License-Identifier: GPL-2.0-or-later
/** `npm run bench`: a table, or one JSON object with `--json`. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { changesText, compareRuns, incomparable } from './compare-runs.js';
import { figures, table } from './metric.js';
import { load, type Report, readReport, report } from './report.js';
import { PARTS, run } from './run.js';
import { FULL, QUICK } from './settings.js';

const HELP = `npm run bench -- [options]

  --json           print one JSON object: workload -> metric -> value, unit, reference, ratio, spread, goal, reached
  --compare FILE   against what --json printed earlier: which figures got better or worse; exits with 1 when one got worse
  --only PART      measure only this; can be given again (${Object.keys(PARTS).join(', ')})
  --seed N         seed of the workloads (1)
  --events N       events of the long log (${FULL.long})
  --transcripts D  folder of kernel transcripts
  --quick          see that everything runs; the figures mean nothing
`;

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function natural(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`--${name}: expected a number, found ${text}`);
  return value;
}

/** What node throws of an unknown option is as clear as what we throw. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      compare: { type: 'string' },
      quick: { type: 'boolean' },
      help: { type: 'boolean' },
      only: { type: 'string', multiple: true },
      seed: { type: 'string' },
      events: { type: 'string' },
      transcripts: { type: 'string' },
    },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const base = values.quick === true ? QUICK : FULL;
  const settings = {
    ...base,
    seed: natural('seed', values.seed, base.seed),
    long: natural('events', values.events, base.long),
  };
  for (const part of values.only ?? []) {
    if (!Object.hasOwn(PARTS, part)) {
      throw new RangeError(`--only: expected one of ${Object.keys(PARTS).join(', ')}, found ${part}`);
    }
  }
  const { seed, long: events } = settings;
  const quick = values.quick === true;
  // read before minutes are spent
  const earlier = values.compare === undefined ? undefined : readReport(values.compare);
  if (earlier !== undefined) refuse(incomparable(earlier, report({}, { seed, events, quick, loadBefore: 0 })));

  const loadBefore = load();
  const metrics = await run({
    settings,
    // compiled to test/dist/bench; the shared transcripts lie beside the repository, some of them in it
    transcripts: [
      ...(values.transcripts === undefined ? [] : [values.transcripts]),
      ...[folder('../../../../shared/kernel'), folder('../../kernels/6.12')],
    ],
    only: values.only ?? [],
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  const now = report(figures(metrics), { seed, events, quick, loadBefore });
  process.stdout.write(values.json === true ? `${JSON.stringify(now, null, 2)}\n` : `${table(now.workloads)}\n`);
  if (earlier !== undefined) judge(earlier, now, values.json === true);
}

function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw new Error(`--compare: the runs cannot be compared: ${reason}`);
}

function judge(earlier: Report, now: Report, json: boolean): void {
  const changes = compareRuns(earlier, now);
  // beside JSON nothing else goes to standard output
  (json ? process.stderr : process.stdout).write(`${json ? '' : '\n'}${changesText(changes, earlier, now)}\n`);
  if (changes.some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;
}

await main().catch((error: unknown) => {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 2;
});
