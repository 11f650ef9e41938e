/**
 * Divergences that are known: steps at which a transcript says what the kernel's source cannot explain.
 * They are compared like every other step, reported as known, and no reason to fail.
 */
import { readFileSync } from 'node:fs';
import { InputError } from '../failure.js';

export interface KnownDivergence {
  /** As the transcript's header has it. */
  readonly arch: string;
  readonly scenario: string;
  /** The first step that differs. */
  readonly seq: number;
  /** The last one; absent: until the end of the scenario. */
  readonly through?: number;
  /** The argument: what the source says, and why the transcript cannot be that. */
  readonly why: string;
}

/** Reads `{"divergences": [{"arch", "scenario", "seq", "through"?, "why"}]}`. Throws InputError. */
export function readKnown(file: string): readonly KnownDivergence[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: expected JSON: ${(error as Error).message}`);
  }
  const list = (value as { divergences?: unknown } | null)?.divergences;
  if (!Array.isArray(list)) throw new InputError(`${file}: expected {"divergences": [...]}`);
  return list.map((entry: unknown, i) => checked(file, i, entry));
}

function checked(file: string, index: number, entry: unknown): KnownDivergence {
  const known = (entry ?? {}) as Partial<Record<keyof KnownDivergence, unknown>>;
  const expect = (key: keyof KnownDivergence, type: 'string' | 'number'): void => {
    if (typeof known[key] === type) return;
    throw new InputError(
      `${file}: divergences[${index}].${key}: expected a ${type}, found ${JSON.stringify(known[key])}`,
    );
  };
  expect('arch', 'string');
  expect('scenario', 'string');
  expect('seq', 'number');
  if (known.through !== undefined) expect('through', 'number');
  expect('why', 'string');
  return known as unknown as KnownDivergence;
}

/** The index of the entry that speaks of a step; -1 for none. */
export function knownIndex(known: readonly KnownDivergence[], arch: string, scenario: string, seq: number): number {
  return known.findIndex(
    (k) => k.arch === arch && k.scenario === scenario && seq >= k.seq && seq <= (k.through ?? Number.POSITIVE_INFINITY),
  );
}
