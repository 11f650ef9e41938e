// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Makes one of the selections beside this file from the laboratory's transcripts:
 *
 *     node select.mjs ../../../shared/kernel 6.12
 *
 * All curated scenarios, and of each random family the first ones, every n-th of the others, and those
 * in which some kernel died or is known to diverge. The same scenarios on every machine. On machines with
 * swap space one scenario's readahead depends on those before it: of these the first ones only.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const FIRST = 40;
const EVERY = { random: 17, random2: 13 };
const FIRST_SWAP = 120;
/** Known to diverge on one machine. */
const ALSO = new Set(['q00500', 'q00501', 'q00759', 'q00981']);

const [from, to] = process.argv.slice(2);
if (to === undefined) {
  console.error('usage: node select.mjs KERNEL-FOLDER TARGET-FOLDER');
  process.exit(2);
}

const machines = readdirSync(from, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const linesOf = (machine, name) =>
  gunzipSync(readFileSync(join(from, machine, name)))
    .toString()
    .split('\n');
const named = (line) => (line.startsWith('{"begin"') ? JSON.parse(line).begin : undefined);

for (const machine of machines) {
  for (const name of readdirSync(join(from, machine))) {
    if (name.endsWith('.gz') === false) continue;
    for (const line of linesOf(machine, name)) if (/^\{"scenario": /.test(line)) ALSO.add(JSON.parse(line).scenario);
  }
}

for (const machine of machines) {
  mkdirSync(join(to, machine), { recursive: true });
  for (const name of readdirSync(join(from, machine))) {
    if (!name.endsWith('.jsonl.gz')) continue;
    const family = name.slice(0, -'.jsonl.gz'.length);
    let number = -1;
    let wanted = true;
    const lines = linesOf(machine, name).filter((line) => {
      const scenario = named(line);
      if (scenario !== undefined) {
        number++;
        if (family === 'curated') wanted = true;
        else if (machine.endsWith('-swap')) wanted = number < FIRST_SWAP;
        else wanted = number < FIRST || number % EVERY[family] === 0 || ALSO.has(scenario);
      }
      return wanted && line !== '';
    });
    writeFileSync(join(to, machine, name), gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
  }
}
