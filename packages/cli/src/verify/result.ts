/** What verifying a transcript, or a part of one, yields; plain data that workers can send. */
import type { Op } from '@specialbit/transcripts';
import { type Counts, type Difference, FIELDS, zeroCounts } from './fields.js';

/** A step at which model and kernel differ. */
export interface Mismatch {
  readonly file: string;
  readonly line: number;
  readonly arch: string;
  readonly scenario: string;
  readonly seq: number;
  readonly mm: number;
  readonly op: Op;
  readonly differences: readonly Difference[];
}

/** A step that is counted and not compared. */
export interface Apart {
  readonly file: string;
  readonly line: number;
  readonly arch: string;
  readonly scenario: string;
  readonly seq: number;
  readonly reason: string;
}

export interface FileResult {
  readonly file: string;
  /** As the header has it; undefined when there is none. */
  arch: string | undefined;
  scenarios: number;
  /** Steps that were compared. */
  steps: number;
  /** Of these, the ones in full agreement. */
  agreeing: number;
  /** Scenarios with a step that differs, known divergences left out. */
  differing: number;
  /** Steps that differ and are known to. */
  known: number;
  readonly compared: Counts;
  /** Places that differ; known ones too. */
  readonly differ: Counts;
  /** The first differing step of each of the first scenarios. */
  readonly mismatches: Mismatch[];
  readonly apart: Apart[];
  /** Indexes of the known divergences that were met. */
  readonly knownSeen: number[];
  /** Why reading stopped before the end. */
  error: string | undefined;
  /** Milliseconds that playing and comparing took. */
  ms: number;
}

export function emptyResult(file: string): FileResult {
  return {
    file,
    arch: undefined,
    scenarios: 0,
    steps: 0,
    agreeing: 0,
    differing: 0,
    known: 0,
    compared: zeroCounts(),
    differ: zeroCounts(),
    mismatches: [],
    apart: [],
    knownSeen: [],
    error: undefined,
    ms: 0,
  };
}

/** Adds `from` to `into`: the parts of one file, or the files of one architecture. */
export function addResult(into: FileResult, from: FileResult): void {
  into.arch ??= from.arch;
  into.scenarios += from.scenarios;
  into.steps += from.steps;
  into.agreeing += from.agreeing;
  into.differing += from.differing;
  into.known += from.known;
  for (const field of FIELDS) {
    into.compared[field] += from.compared[field];
    into.differ[field] += from.differ[field];
  }
  into.mismatches.push(...from.mismatches);
  into.apart.push(...from.apart);
  for (const index of from.knownSeen) if (!into.knownSeen.includes(index)) into.knownSeen.push(index);
  into.error ??= from.error;
  into.ms += from.ms;
}

/** PTE entries that were compared. */
export function ptes(result: FileResult): number {
  return result.compared['pte.raw'];
}
