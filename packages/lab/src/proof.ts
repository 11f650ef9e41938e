// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A proof: what a real kernel did with a log. It is a transcript of one scenario, so that whoever reads transcripts reads it too;
 * its header says of which log and which kernel.
 */
import { LabError } from './errors.js';
import type { CompiledLog, Inexpressible } from './script/compile-log.js';

export interface Proof {
  /** Of the file's form. */
  readonly version: 1;
  /** The log: its file as it was named, its title, and the SHA-256 of its text. */
  readonly log: { readonly file: string; readonly title: string; readonly sha256: string };
  /** `arm@6.12` */
  readonly lane: string;
  /** The day on which the kernel was asked, `2026-11-30`; absent in older proofs. */
  readonly date?: string;
  readonly kernel: {
    readonly release: string;
    /** SHA-256 of what was booted, and of its configuration. */
    readonly image: string;
    readonly config: string;
  };
  /** For each step the events of the log that it carries out, numbered from 1. */
  readonly events: readonly (readonly number[])[];
  /** Events that the laboratory could not carry out. */
  readonly left: readonly Inexpressible[];
}

/** A scenario of that name. */
export function scriptOf(name: string, { lines }: CompiledLog): string {
  return [`S ${name}`, ...lines.map(({ text }) => text), ''].join('\n');
}

/** The transcript of a scenario, with the proof in its header. `lines`: of a run, with its header record first. */
export function proofLines(proof: Proof, lines: readonly string[], scenario: string): string[] {
  const [header = '{}'] = lines;
  const own: string[] = [];
  let inside = false;
  for (const line of lines.slice(1)) {
    const record = JSON.parse(line) as { readonly begin?: string; readonly scenario?: string };
    if (record.begin !== undefined) inside = record.begin === scenario;
    if (inside) own.push(line);
  }
  // vectors of encodings, which are of the machine and no part of what the log did
  const { golden: _, swap: __, ...rest } = JSON.parse(header) as Record<string, unknown>;
  return [JSON.stringify({ ...rest, proof }), ...own];
}

/** Proofs that stand one after the other in a file, each with its lines. Throws LabError for a line that is none of a proof. */
export function splitProofs(
  text: string,
  file: string,
): { readonly proof: Proof; readonly lines: readonly string[] }[] {
  const proofs: { readonly proof: Proof; readonly lines: string[] }[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line === '') continue;
    if (line.startsWith('{"header"')) {
      const proof = readProof(line, file);
      if (proof === undefined)
        throw new LabError('lab.proof', `${file}:${i + 1}: the header of a transcript that is no proof`);
      proofs.push({ proof, lines: [line] });
    } else if (proofs.length === 0) throw new LabError('lab.proof', `${file}:${i + 1}: expected the header of a proof`);
    else proofs.at(-1)!.lines.push(line);
  }
  return proofs;
}

/** The proof in a transcript's first line; undefined where there is none. Throws LabError for one that is damaged. */
export function readProof(header: string, file: string): Proof | undefined {
  let record: { readonly proof?: Partial<Proof> };
  try {
    record = JSON.parse(header) as typeof record;
  } catch (error) {
    throw new LabError('lab.proof', `${file}:1: expected the header of a proof: ${(error as Error).message}`);
  }
  const { proof } = record;
  if (proof === undefined) return undefined;
  const { version, log, lane, kernel, events, left } = proof;
  if (version !== 1)
    throw new LabError('lab.proof', `${file}:1: proof.version: expected 1, found ${JSON.stringify(version)}`);
  if (
    typeof log?.sha256 !== 'string' ||
    typeof lane !== 'string' ||
    typeof kernel?.release !== 'string' ||
    !Array.isArray(events) ||
    !Array.isArray(left)
  )
    throw new LabError('lab.proof', `${file}:1: proof: expected log, lane, kernel, events and left`);
  return proof as Proof;
}
