// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit transcribe FILE`: the transcript that the model would have written. */

import { codeOf } from '@specialbit/events';
import { readLineBatches } from '@specialbit/events/node';
import { findArchitecture, Player, type StepRecord, Stripper, TranscriptError } from '@specialbit/transcripts';
import type { Command } from 'commander';
import { architectures } from '../architectures.js';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { writeFileWhole } from '../export/output.js';
import { describeFailure, EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';

export interface TranscribeOptions {
  readonly output?: string;
  readonly json?: boolean;
  /** What a model is asked, in place of its answers. */
  readonly strip?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('transcribe')
    .description('print the transcript that the model would have written')
    .argument('<file>', 'a transcript, full or with everything observed removed, or - for standard input')
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option('--strip', 'print the transcript with everything observed removed')
    .option('--json', 'one JSON object with all records, instead of a record a line')
    .addHelpText(
      'after',
      `
The header and begin records are printed as they are, each step as the model
has it. Of a step only scenario, seq, mm and op are read, and the frames that
the real allocator chose: from the dump, or from a member
"alloc": {"A0": "404e7"} of a step whose observations were removed.

Examples:
  specialbit transcribe stripped.jsonl | diff - full.jsonl
  specialbit transcribe --strip full.jsonl | specialbit transcribe -
${EXIT_CODES}`,
    )
    .action(async (file, options) => done(await transcribe(file, options, terminal)));
}

/**
 * Resolves to the exit code. Throws TranscriptError, or LogError where the file cannot be read: of lines, what was
 * printed until then stands; of one JSON object nothing is printed, and no file is written of either.
 */
export async function transcribe(file: string, options: TranscribeOptions, terminal: Terminal): Promise<number> {
  const model = options.strip === true ? new Asked(file) : new Model(file);
  if (options.json === true) {
    const records: string[] = [];
    await play(model, file, (lines) => void records.push(...lines));
    await written(options, terminal, async (write) => {
      await write(`{"file":${JSON.stringify(file)},"records":[`);
      for (const [i, record] of records.entries()) await write(`${i === 0 ? '\n' : ',\n'}${record}`);
      await write('\n]}\n');
    });
  } else {
    await written(options, terminal, (write) =>
      play(model, file, (lines) => write(lines.map((line) => `${line}\n`).join(''))),
    );
  }
  return EXIT.fine;
}

/** Gives the model's records to `take`, as many as were read at once. */
async function play(model: Writer, file: string, take: (lines: string[]) => Promise<void> | void): Promise<void> {
  for await (const { first, lines } of readLineBatches(file, file === '-' ? { source: process.stdin } : {})) {
    const records: string[] = [];
    try {
      for (let i = 0; i < lines.length; i++) {
        const line = lines[i]!;
        if (line.trim() !== '') records.push(...model.record(line, first + i));
      }
    } finally {
      if (records.length > 0) await take(records);
    }
  }
  if (!model.begun) {
    throw new TranscriptError('transcript.order', file, 1, 'expected a header record, found an empty file');
  }
}

/** Lets `work` write to the file that is asked for, or standard output. */
async function written(
  { output }: TranscribeOptions,
  terminal: Terminal,
  work: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (output === undefined) return work((text) => terminal.out(text));
  await writeFileWhole(output, work);
}

/** Writes records for those that are read. */
interface Writer {
  /** A header was read. */
  readonly begun: boolean;
  record(text: string, line: number): readonly string[];
}

class Model implements Writer {
  private readonly player: Player;

  constructor(private readonly file: string) {
    this.player = new Player(file, architectures, findArchitecture);
  }

  get begun(): boolean {
    return this.player.transcriptHeader !== undefined;
  }

  record(text: string, line: number): readonly string[] {
    return [modelLine(this.player, this.file, text, line)];
  }
}

class Asked implements Writer {
  begun = false;
  private readonly stripper: Stripper;

  constructor(file: string) {
    this.stripper = new Stripper(file);
  }

  record(text: string, line: number): readonly string[] {
    const stripped = this.stripper.strip(text, line);
    this.begun ||= text.includes('"header"');
    return stripped === undefined ? [] : [stripped.text];
  }
}

function modelLine(player: Player, file: string, text: string, line: number): string {
  try {
    const played = player.play(text, line);
    if (played.kind === 'other')
      throw new TranscriptError('transcript.record', file, line, 'expected a header, begin or step record');
    // where the model's kernel is dead it says no more than what was asked
    return played.apart === 'dead' ? asked(text) : played.model;
  } catch (error) {
    if (error instanceof TranscriptError) throw error;
    throw new TranscriptError(codeOf(error) ?? 'internal', file, line, describeFailure(error));
  }
}

function asked(text: string): string {
  const { scenario, seq, mm, op } = JSON.parse(text) as StepRecord;
  return JSON.stringify({ scenario, seq, mm, op });
}
