/** Reads transcripts: JSON Lines, plain or gzip, a line at a time. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';

export interface TranscriptLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** A transcript that cannot be read: what, where, and what was expected. */
export class TranscriptError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    problem: string,
  ) {
    super(`${file}:${line}: ${problem}`);
  }
}

/** The lines of a file. Throws TranscriptError when it cannot be opened or its compression is damaged. */
export async function* readLines(file: string): AsyncGenerator<TranscriptLine> {
  let magic: Buffer;
  try {
    const handle = await open(file);
    magic = Buffer.alloc(2);
    await handle.read(magic, 0, 2, 0);
    await handle.close();
  } catch (error) {
    throw new TranscriptError(file, 0, `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
  const raw = createReadStream(file);
  const zipped = magic[0] === 0x1f && magic[1] === 0x8b;
  let failure: Error | undefined;
  const input = zipped ? pipeline(raw, createGunzip(), (error) => (failure = error ?? failure)) : raw;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  try {
    for await (const text of lines) yield { number: ++number, text };
  } catch (error) {
    failure ??= error as Error;
  }
  if (failure !== undefined) {
    throw new TranscriptError(file, number + 1, `the file ends or breaks off here: ${failure.message}`);
  }
}
