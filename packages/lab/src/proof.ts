// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A proof: what a real kernel did with a log. It is a transcript of one scenario, so that whoever reads transcripts reads it too;
 * its header says of which log and which kernel.
 */
import * as t from 'io-ts';
import { LabError } from './errors.js';
import type { CompiledLog } from './script/compile-log.js';

const proofCodec = t.intersection([
  t.type({
    /** Of the file's form. */
    version: t.literal(1),
    /** The log: its file as it was named, its title, and the SHA-256 of its text. */
    log: t.readonly(t.type({ file: t.string, title: t.string, sha256: t.string })),
    /** `arm@6.12` */
    lane: t.string,
    /** `image`, `config`: SHA-256 of what was booted, and of its configuration. */
    kernel: t.readonly(t.type({ release: t.string, image: t.string, config: t.string })),
    /** For each step the events of the log that it carries out, numbered from 1. */
    events: t.readonlyArray(t.readonlyArray(t.number)),
    /** Events that the laboratory could not carry out. */
    left: t.readonlyArray(t.readonly(t.type({ number: t.number, type: t.string, why: t.string }))),
  }),
  t.partial({
    /** The day on which the kernel was asked, `2026-11-30`; absent in older proofs. */
    date: t.string,
  }),
]);

export type Proof = Readonly<t.TypeOf<typeof proofCodec>>;

/** What of a record is looked at before its transcript is read. */
const recordCodec = t.intersection([
  t.UnknownRecord,
  t.partial({ op: t.intersection([t.UnknownRecord, t.type({ name: t.string })]), mm: t.number }),
]);

/** A record of a proof: a step's has an operation. */
export type ProofRecord = t.TypeOf<typeof recordCodec>;

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
): { readonly proof: Proof; readonly lines: readonly string[]; readonly records: readonly ProofRecord[] }[] {
  const proofs: { readonly proof: Proof; readonly lines: string[]; readonly records: ProofRecord[] }[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const wrong = (what: string): LabError => new LabError('lab.proof', `${file}:${i + 1}: ${what}`);
    const record = decoded(recordCodec, parsed(line), wrong, 'a record of a proof');
    if ('header' in record) {
      if (record.proof === undefined) throw wrong('the header of a transcript that is no proof');
      const proof = decoded(proofCodec, record.proof, (what) => wrong(`proof${what}`), '');
      proofs.push({ proof, lines: [line], records: [] });
      continue;
    }
    const last = proofs.at(-1);
    if (last === undefined) throw wrong('expected the header of a proof');
    last.lines.push(line);
    last.records.push(record);
  }
  return proofs;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function decoded<A>(codec: t.Type<A>, value: unknown, wrong: (what: string) => LabError, whole: string): A {
  const result = codec.decode(value);
  if (result._tag === 'Right') return result.right;
  const { context } = result.left[0]!;
  const path = context.filter(({ key }, n) => key !== '' && !(context[n - 1]?.type instanceof t.IntersectionType));
  const where = path.map(({ key }) => `.${key}`).join('');
  throw wrong(
    where === ''
      ? `expected ${whole}`
      : `${whole === '' ? where : where.slice(1)}: expected ${context.at(-1)!.type.name}`,
  );
}
