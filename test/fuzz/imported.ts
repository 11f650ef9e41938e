// SPDX-License-Identifier: GPL-2.0-or-later
/** Recordings that are files: imported, no line of them lost, and what was made of them is a log that can be played. */
import { writeFileSync } from 'node:fs';
import { fault, play, specialbit } from './command.js';
import * as corpus from './corpus.js';
import { mutateJsonLines } from './mutate-json.js';
import { mutateText } from './mutate-text.js';
import type { Random } from './random.js';
import { type Answer, FILE, type Input, type Reader } from './reader.js';

interface Summary {
  readonly header: unknown;
  readonly events: readonly unknown[];
  readonly summary: {
    readonly files: readonly { readonly used: number; readonly skipped: number; readonly notUnderstood: number }[];
  };
}

async function imported(input: Input, file: string, folder: string): Promise<Answer> {
  const { said, ...answer } = await play(input, file, folder);
  if (answer.rejected || answer.fault !== undefined || !input.args.includes('--json') || input.args[0] !== 'import')
    return answer;
  const { header, events, summary } = JSON.parse(said.out) as Summary;
  const [first] = summary.files;
  const lines = linesIn(Buffer.from(input.bytes).toString('utf8'));
  const counted = first === undefined ? 0 : first.used + first.skipped + first.notUnderstood;
  if (counted !== lines)
    return { ...answer, fault: fault('lost line', `${counted} of ${lines} lines are accounted for`, 'lines') };
  const log = `${folder}/imported.jsonl`;
  writeFileSync(log, [header, ...events].map((one) => `${JSON.stringify(one)}\n`).join(''));
  const { code, err } = await specialbit(['replay', log, '--no-events']);
  if (code !== 2) return answer;
  return { ...answer, fault: fault('answer', `what import wrote is refused: ${err}`, err) };
}

/** As readers split them. */
function linesIn(text: string): number {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
}

const reader = (
  format: string,
  texts: () => readonly string[],
  mutate: (text: string, random: Random) => string = mutateText,
): Reader => ({
  name: format,
  make: (random) => ({
    name: `${format}.txt`,
    bytes: Buffer.from(mutate(random.pick(texts()), random), 'utf8'),
    args: random.pick([
      ['import', format, FILE, '--json'],
      ['import', format, FILE, '--json'],
      ['import', FILE, '--json'],
      ['replay', FILE, '--no-events'],
      ['replay', FILE, '--why'],
    ]),
  }),
  run: imported,
});

const json = (text: string, random: Random): string => mutateJsonLines(text, random);

/** Compared with a log, which they are no part of. */
const LOG = corpus.at('examples/s01-same-driver.jsonl');
const held = (
  name: string,
  option: string,
  texts: readonly string[],
  mutate: (text: string, random: Random) => string,
): Reader => ({
  name,
  make: (random) => ({
    name: `${name}.txt`,
    bytes: Buffer.from(mutate(random.pick(texts), random), 'utf8'),
    args: ['verify', LOG, option, FILE, ...(random.once(2) ? ['--json'] : [])],
  }),
  run: play,
});

export const IMPORTED: readonly Reader[] = [
  { ...reader('strace', corpus.STRACE), weight: 2 },
  { ...reader('ftrace', corpus.FTRACE), weight: 2 },
  reader('perf', () => corpus.PERF),
  reader('maps', () => corpus.MAPS),
  reader('smaps', () => corpus.SMAPS),
  reader('vmas', () => corpus.VMAS, json),
  reader('snapshots', corpus.SNAPSHOTS, json),
  held('against maps', '--maps', corpus.MAPS, mutateText),
  held('against smaps', '--smaps', corpus.SMAPS, mutateText),
  held('pagemap', '--pagemap', corpus.PAGEMAP, json),
];
