// SPDX-License-Identifier: GPL-2.0-or-later
import { createGunzip, type Gunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import type { LogErrorDetails } from '../errors/log-error.js';

/** What a compressed stream broke off with; `log-truncated` when only its end is missing. */
export type Cut = Omit<LogErrorDetails, 'file' | 'line'>;

const TRUNCATED = (format: string): Cut => ({
  code: 'log-truncated',
  expected: `the end of the ${format} data`,
  found: 'the end of the file in the middle of it',
});
const DAMAGED = (format: string): Cut => ({
  code: 'log-compression',
  expected: `${format} data`,
  found: 'damaged data',
});

/** A decompressor that is fed; what it yields is passed on before it is fed again. */
export interface Inflater {
  /** How many bytes to feed at most at once, so that what they inflate to stays small. */
  readonly slice: number;
  push(chunk: Uint8Array): Promise<Uint8Array[]>;
  /** The rest, and what was wrong with the data as a whole. */
  end(): Promise<{ readonly chunks: Uint8Array[]; readonly cut?: Cut }>;
  close(): void;
}

const MAGICS: readonly (readonly [string, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
];
/** As many bytes as the longest magic has. */
export const MAGIC_BYTES = 6;

/** The compression whose magic `bytes` start with; undefined: plain text, as far as that tells. */
export function compressionOf(bytes: Uint8Array): string | undefined {
  if (isSkippable(bytes)) return 'zstd';
  return MAGICS.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0];
}

/** A zstd frame for whoever wrote it, to be passed over (RFC 8878, 3.1.2). */
const isSkippable = (bytes: Uint8Array): boolean =>
  (bytes[0]! & 0xf0) === 0x50 && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18;
/** Its magic and its size. */
const SKIPPABLE_HEAD = 8;

/** What comes behind the skippable frames that zstd data begins with. */
class SkipFrames {
  private head = new Uint8Array(0);
  private skip = 0;
  private passed = false;

  /** The bytes of a chunk that are none of theirs. */
  behind(chunk: Uint8Array): Uint8Array {
    if (this.passed) return chunk;
    let rest = chunk;
    while (rest.length > 0) {
      if (this.skip > 0) {
        const n = Math.min(this.skip, rest.length);
        this.skip -= n;
        rest = rest.subarray(n);
        continue;
      }
      const head = new Uint8Array([...this.head, ...rest.subarray(0, SKIPPABLE_HEAD - this.head.length)]);
      rest = rest.subarray(head.length - this.head.length);
      if (head.length >= 4 && !isSkippable(head)) {
        this.passed = true;
        return new Uint8Array([...head, ...rest]);
      }
      this.head = head;
      if (head.length < SKIPPABLE_HEAD) break;
      this.skip = new DataView(head.buffer).getUint32(4, true);
      this.head = new Uint8Array(0);
    }
    return rest;
  }
}

/** The decompressor for a format that `compressionOf` named; undefined for one that we cannot read. */
export function inflaterFor(format: string): Inflater | undefined {
  if (format === 'gzip') return new GzipInflater();
  return format === 'zstd' ? new ZstdInflater() : undefined;
}

class GzipInflater implements Inflater {
  // larger ones than zlib's own: a turn of the event loop for each is what costs
  readonly slice = 32 * 1024;
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: 128 * 1024 });
  #chunks: Uint8Array[] = [];
  #error: NodeJS.ErrnoException | undefined;
  #wake: () => void = () => {};

  /** The stream has ended: what is behind it is no part of it. */
  #ended = false;

  constructor() {
    this.#gunzip.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk));
    this.#gunzip.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    this.#gunzip.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  #take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  async push(chunk: Uint8Array): Promise<Uint8Array[]> {
    if (this.#error !== undefined || this.#ended) return [];
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#gunzip.write(chunk, () => resolve());
    });
    // What zlib has made by now reaches 'data' in this turn of the event loop, before a later error drops it.
    await new Promise<void>((resolve) => setImmediate(resolve));
    return this.#take();
  }

  async end(): Promise<{ readonly chunks: Uint8Array[]; readonly cut?: Cut }> {
    if (this.#error === undefined && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#gunzip.end();
      });
    }
    const chunks = this.#take();
    if (this.#error === undefined) return { chunks };
    return { chunks, cut: this.#error.code === 'Z_BUF_ERROR' ? TRUNCATED('gzip') : DAMAGED('gzip') };
  }

  close(): void {
    this.#gunzip.destroy();
  }
}

class ZstdInflater implements Inflater {
  readonly slice = 1024;
  #chunks: Uint8Array[] = [];
  #damaged = false;
  #complete = false;
  readonly #frames = new SkipFrames();
  readonly #stream = new Decompress((chunk, last) => {
    if (chunk.length > 0) this.#chunks.push(chunk);
    if (last === true) this.#complete = true;
  });

  #feed(chunk: Uint8Array, last: boolean): Uint8Array[] {
    try {
      if (!this.#damaged) this.#stream.push(this.#frames.behind(chunk), last);
    } catch {
      this.#damaged = true;
    }
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  async push(chunk: Uint8Array): Promise<Uint8Array[]> {
    return this.#feed(chunk, false);
  }

  async end(): Promise<{ readonly chunks: Uint8Array[]; readonly cut?: Cut }> {
    if (this.#damaged) return { chunks: [], cut: DAMAGED('zstd') };
    const chunks = this.#feed(new Uint8Array(0), true);
    return this.#complete && !this.#damaged ? { chunks } : { chunks, cut: TRUNCATED('zstd') };
  }

  close(): void {}
}
