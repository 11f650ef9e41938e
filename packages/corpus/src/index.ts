// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What real Linux kernels answered, as transcripts: a selection that has every kind of answer of every machine.
 * @module @specialbit/corpus
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** A transcript of the corpus. */
export interface CorpusFile {
  /** Below the package's `data`: `6.12/arm/curated.jsonl.gz`. */
  readonly name: string;
  /** The series of the kernel, `6.12`, and its version, `6.12.117`. */
  readonly release: string;
  readonly kernel: string;
  /** The machine that it ran on, `arm-swap`, and its architecture as the transcript names it. */
  readonly machine: string;
  readonly arch: string;
  /** Kconfig symbols that change answers, and are set. */
  readonly config: readonly string[];
  /** Day on which the transcript was taken up: `2026-11-29`. */
  readonly date: string;
  readonly scenarios: number;
  readonly steps: number;
  /** Of the file as it lies there, compressed. */
  readonly bytes: number;
  /** Of its content, not compressed: hexadecimal. */
  readonly sha256: string;
}

const data = new URL('../data/', import.meta.url);

/** Every transcript, by release and machine. */
export function corpusFiles(): readonly CorpusFile[] {
  const lines = readFileSync(new URL('index.jsonl', data), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as CorpusFile);
}

/** Where a transcript lies on this machine. */
export function corpusPath({ name }: Pick<CorpusFile, 'name'>): string {
  return fileURLToPath(new URL(name, data));
}

/** The lines of a transcript: a header, then a begin record and the steps of each scenario. */
export function readCorpus(file: Pick<CorpusFile, 'name'>): readonly string[] {
  return gunzipSync(readFileSync(corpusPath(file)))
    .toString()
    .trimEnd()
    .split('\n');
}
