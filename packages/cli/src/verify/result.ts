// SPDX-License-Identifier: GPL-2.0-or-later
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

/** A step that differs as it is known to. */
export interface KnownMismatch extends Mismatch {
  /** Index of the entry that speaks of it. */
  readonly known: number;
}

/**
 * Why a step is not compared:
 * - `oops-both`: the kernel died, and the model names what it died of;
 * - `oops-unknown`: the kernel died, and no transcript tells in which operation;
 * - `survived`: the model names a look at a struct page that does not exist, and the kernel survived it;
 * - `worker`: a worker died or never answered;
 * - `dead`: in the model the kernel has died before;
 */
export type ApartKind = 'oops-both' | 'oops-unknown' | 'survived' | 'worker' | 'dead';

/** A step that is counted and not compared. */
export interface Apart {
  readonly file: string;
  readonly line: number;
  readonly arch: string;
  readonly scenario: string;
  readonly seq: number;
  readonly kind: ApartKind;
  /** The kernel function in which the model says that it died, or may die; undefined where it says neither. */
  readonly where: string | undefined;
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
  readonly known: KnownMismatch[];
  readonly compared: Counts;
  /** Places that differ; known ones too. */
  readonly differ: Counts;
  /** The first differing step of each of the first scenarios. */
  readonly mismatches: Mismatch[];
  readonly apart: Apart[];
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
    known: [],
    compared: zeroCounts(),
    differ: zeroCounts(),
    mismatches: [],
    apart: [],
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
  into.known.push(...from.known);
  for (const field of FIELDS) {
    into.compared[field] += from.compared[field];
    into.differ[field] += from.differ[field];
  }
  into.mismatches.push(...from.mismatches);
  into.apart.push(...from.apart);
  into.error ??= from.error;
  into.ms += from.ms;
}

/** PTE entries that were compared. */
export function ptes(result: FileResult): number {
  return result.compared['pte.raw'];
}
