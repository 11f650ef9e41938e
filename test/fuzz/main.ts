// SPDX-License-Identifier: GPL-2.0-or-later
/** `npm run fuzz`: inputs of every reader, changed at random, until the time is over. Exits with 1 when one shows a fault. */
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './corpus.js';
import { minimised } from './minimise.js';
import { InputPlayer } from './player.js';
import type { Fault, Input, Reader } from './reader.js';
import { READERS } from './readers.js';
import { type Figures, Tally } from './tally.js';
import { inputOf, readerNamed, seeds, Turns } from './turns.js';

const HELP = `npm run fuzz -- [options]

  --seconds N    how long (60)
  --seed S       the seed of the run (another one each time; it is printed)
  --only READER  only this reader; can be given again
  --case N       one input: that of this number, as the line of a fault has it (with --only)
  --limit MS     an input hangs when it is not answered within so long (20000)
  --found DIR    where inputs that show a fault are kept (fuzz-found)
  --json         the figures as JSON

Readers: ${READERS.map(({ name }) => name).join(', ')}
`;

/** Of one fault no more than so many inputs are made smaller, and kept. */
const KEPT = 2;
const SMALLER_MS = 20_000;

interface Options {
  readonly seconds: number;
  readonly seed: number;
  readonly only: readonly string[];
  readonly one: number | undefined;
  readonly limit: number;
  readonly found: string;
  readonly json: boolean;
}

function optionsOf(): Options | undefined {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string', multiple: true },
      case: { type: 'string' },
      limit: { type: 'string' },
      found: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return undefined;
  const natural = (name: string, text: string | undefined, otherwise: number): number => {
    if (text === undefined) return otherwise;
    if (!/^\d{1,10}$/.test(text)) throw new RangeError(`--${name}: expected a number, found ${text}`);
    return Number(text);
  };
  const only = values.only ?? [];
  for (const name of only)
    if (readerNamed(name) === undefined)
      throw new RangeError(`--only: expected one of ${READERS.map((reader) => reader.name).join(', ')}, found ${name}`);
  if (values.case !== undefined && only.length !== 1) throw new RangeError('--case: it needs --only with its reader');
  return {
    seconds: natural('seconds', values.seconds, 60),
    seed: natural('seed', values.seed, randomInt(2 ** 31)),
    only,
    one: values.case === undefined ? undefined : natural('case', values.case, 0),
    limit: natural('limit', values.limit, 20_000),
    found: values.found ?? join(root, 'fuzz-found'),
    json: values.json ?? false,
  };
}

class Run {
  readonly tally = new Tally();
  private readonly kept = new Map<string, number>();
  private readonly player: InputPlayer;

  constructor(
    private readonly options: Options,
    folder: string,
  ) {
    this.player = new InputPlayer(folder, options.limit);
  }

  async turn(reader: Reader, seed: number): Promise<number> {
    const done = await this.player.play({ reader: reader.name, seed });
    this.tally.add(reader.name, seed, done);
    if (done.fault === undefined) return done.ms;
    const key = `${reader.name} ${done.fault.kind} ${done.fault.where}`;
    const times = (this.kept.get(key) ?? 0) + 1;
    this.kept.set(key, times);
    if (times > KEPT) return done.ms;
    const input = inputOf(reader, seed);
    say(`\nFOUND by ${reader.name}: ${done.fault.kind}: ${JSON.stringify(done.fault.text.slice(0, 300))}`);
    say(`again: ${repeat(reader, seed)}`);
    say(`kept in ${this.keep(reader, seed, await this.smaller(reader, input, done.fault), done.fault)}`);
    return done.ms;
  }

  private async smaller(reader: Reader, input: Input, fault: Fault): Promise<Input> {
    if (reader.whole === true || this.options.one !== undefined) return input;
    const bad = async (less: Input): Promise<Fault | undefined> =>
      (await this.player.play({ reader: reader.name, input: less })).fault;
    return minimised(input, fault, bad, Date.now() + SMALLER_MS);
  }

  private keep(reader: Reader, seed: number, input: Input, fault: Fault): string {
    const folder = join(this.options.found, `${reader.name.replaceAll(' ', '-')}-${seed}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, input.name), input.bytes);
    const text = [`${fault.kind}: ${fault.text}`, `specialbit ${JSON.stringify(input.args)}`, repeat(reader, seed), ''];
    writeFileSync(join(folder, 'how.txt'), text.join('\n\n'));
    return folder;
  }

  close(): Promise<void> {
    return this.player.close();
  }

  get faults(): number {
    return this.kept.size;
  }
}

const repeat = (reader: Reader, seed: number): string =>
  `npm run fuzz -- --only ${JSON.stringify(reader.name)} --case ${seed}`;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<number> {
  const options = optionsOf();
  if (options === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-fuzz-'));
  const run = new Run(options, folder);
  try {
    if (options.one !== undefined) await run.turn(readerNamed(options.only[0]!)!, options.one);
    else await runFor(run, options);
  } finally {
    await run.close();
    rmSync(folder, { recursive: true, force: true });
  }
  report(run.tally.figures(), options, run.faults);
  return run.faults > 0 ? 1 : 0;
}

async function runFor(run: Run, { seconds, seed, only }: Options): Promise<void> {
  say(`seed ${seed}, ${seconds} s`);
  const until = Date.now() + seconds * 1000;
  const turns = new Turns(only);
  const numbers = seeds(seed);
  let told = Date.now();
  for (let n = 0; Date.now() < until; n++) {
    const reader = turns.next();
    turns.took(reader, await run.turn(reader, numbers.next().value));
    if (Date.now() - told < (process.stderr.isTTY === true ? 1000 : 20_000)) continue;
    told = Date.now();
    say(`${n + 1} inputs, ${run.faults} faults, ${Math.round((until - told) / 1000)} s left`);
  }
}

function report(figures: Figures, { json, seed }: Options, faults: number): void {
  process.stdout.write(json ? `${JSON.stringify({ seed, faults, readers: figures })}\n` : Tally.table(figures));
}

process.exitCode = await main().catch((error: unknown) => {
  say(error instanceof RangeError || error instanceof TypeError ? error.message : `${(error as Error).stack}`);
  return 2;
});
