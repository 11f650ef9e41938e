// SPDX-License-Identifier: GPL-2.0-or-later
/** Reads transcripts: JSON Lines, plain or gzip, in constant memory. */
import { isAscii } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';

export interface TranscriptLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Lines that were read together. */
export interface LineBatch {
  /** The number of the first of them, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
  /** Bytes of the file that were read so far, compressed as they may be. */
  readonly bytesRead: number;
}

/** A transcript that cannot be read: what, where, and what was expected. */
export class TranscriptError extends Error {
  override readonly name = 'TranscriptError';
  constructor(
    readonly file: string,
    /** From 1; 0: the file as a whole. */
    readonly line: number,
    problem: string,
  ) {
    super(line > 0 ? `${file}:${line}: ${problem}` : `${file}: ${problem}`);
  }
}

/** No record of a transcript comes near this. */
const MAX_LINE = 64 * 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'a directory',
  EACCES: 'no permission',
};

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return REASONS[code] ?? code;
}

/** The lines of a file. Throws TranscriptError as readLineBatches does. */
export async function* readLines(file: string): AsyncGenerator<TranscriptLine> {
  for await (const { first, lines } of readLineBatches(file)) {
    for (const [i, text] of lines.entries()) yield { number: first + i, text };
  }
}

/**
 * The lines of a file, in batches of about as many as fit a buffer. Throws TranscriptError, after the
 * lines before, when the file cannot be opened, is no text, or its compression is damaged.
 */
export async function* readLineBatches(file: string): AsyncGenerator<LineBatch> {
  const zipped = await isGzip(file);
  const raw = createReadStream(file, { highWaterMark: 256 * 1024 });
  let failure: Error | undefined;
  const done = (error: Error | null | undefined): void => {
    failure ??= error ?? undefined;
  };
  const input = zipped ? pipeline(raw, createGunzip({ chunkSize: 256 * 1024 }), done) : raw;
  const decoder = new StringDecoder('utf8');
  let ascii = true;
  let rest = '';
  let first = 1;
  try {
    for await (const chunk of input) {
      if ((chunk as Buffer).includes(0))
        throw new TranscriptError(file, first, 'expected text (JSON Lines, plain or gzip), found binary data');
      // transcripts are ASCII, which needs no decoding
      ascii &&= isAscii(chunk as Buffer);
      const text = ascii ? (chunk as Buffer).toString('latin1') : decoder.write(chunk as Buffer);
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (rest.length > MAX_LINE)
        throw new TranscriptError(
          file,
          first + lines.length,
          'expected a record a line, found a line of more than 64 MiB',
        );
      if (lines.length === 0) continue;
      yield { first, lines, bytesRead: raw.bytesRead };
      first += lines.length;
    }
  } catch (error) {
    if (error instanceof TranscriptError) throw error;
    failure ??= error as Error;
  } finally {
    raw.destroy();
  }
  if (failure !== undefined) {
    throw new TranscriptError(file, first, `the file breaks off here: ${failure.message}`);
  }
  rest += decoder.end();
  if (rest !== '') yield { first, lines: [rest], bytesRead: raw.bytesRead };
}

/** By the first bytes, whatever the file is called. */
async function isGzip(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    try {
      const magic = Buffer.alloc(2);
      await handle.read(magic, 0, 2, 0);
      return magic[0] === 0x1f && magic[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new TranscriptError(file, 0, `expected a transcript, found ${reason(error)}`);
  }
}
