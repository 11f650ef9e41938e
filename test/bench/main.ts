// SPDX-License-Identifier: GPL-2.0-or-later
/** `npm run bench`: a table, or one JSON object with `--json`. */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figures, table } from './metric.js';
import { PARTS, run } from './run.js';
import { FULL, QUICK } from './settings.js';

const HELP = `npm run bench -- [options]

  --json           print one JSON object: workload -> metric -> value, unit, reference, ratio, goal, reached
  --only PART      measure only this; can be given again (${Object.keys(PARTS).join(', ')})
  --seed N         seed of the workloads (1)
  --events N       events of the long log (${FULL.long})
  --transcripts D  folder of kernel transcripts
  --quick          see that everything runs; the figures mean nothing
`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    help: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    seed: { type: 'string' },
    events: { type: 'string' },
    transcripts: { type: 'string' },
  },
});

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function natural(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`--${name}: expected a number, found ${text}`);
  return value;
}

if (values.help === true) {
  process.stdout.write(HELP);
} else {
  const base = values.quick === true ? QUICK : FULL;
  const settings = {
    ...base,
    seed: natural('seed', values.seed, base.seed),
    long: natural('events', values.events, base.long),
  };
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
  const machine = { node: process.version, cpus: cpus().length, cpu: cpus()[0]?.model ?? '' };
  const { seed, long } = settings;
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify({ machine, seed, events: long, quick: values.quick === true, workloads: figures(metrics) }, null, 2)}\n`
      : `${table(metrics)}\n`,
  );
}
