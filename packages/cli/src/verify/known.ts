// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Divergences that are known: steps at which a transcript says what the kernel's source cannot explain.
 * They are compared like every other step, reported as known, and no reason to fail.
 */
import { lookup } from '@specialbit/events';
import { InputError } from '../failure.js';
import { textOfFile } from '../whole-file.js';
import { type Field, isField } from './fields.js';

export interface KnownDivergence {
  /** Short and unique. */
  readonly id: string;
  /** As the transcript's header has it; absent: every architecture. */
  readonly arch?: string;
  readonly where: KnownSteps | KnownRule;
  /** What the source says, and why the transcript cannot be that. */
  readonly argument: string;
}

/** Steps of one scenario. */
export interface KnownSteps {
  readonly scenario: string;
  /** The first step that differs. */
  readonly seq: number;
  /** The last one; absent: until the end of the scenario. */
  readonly through?: number;
}

/** Every step in a situation; members that are absent do not matter. */
export interface KnownRule {
  /** All that differs is among these fields. */
  readonly fields: readonly Field[];
  /** Names of the operation. */
  readonly ops?: readonly string[];
  /** Labels of the frame that is mapped where the operation acts. */
  readonly frames?: readonly string[];
  /** Bytes. */
  readonly page_size?: number;
  /** All that differs is of labels whose page is free: the harness reads what the allocator made of its struct page. */
  readonly free_page?: boolean;
  /** The kernel has printed a message in the scenario. */
  readonly after_message?: boolean;
}

/** A step that differs. */
export interface Situation {
  readonly arch: string;
  readonly pageSize: number;
  readonly scenario: string;
  readonly seq: number;
  readonly op: string;
  readonly fields: readonly Field[];
  readonly frame: string | undefined;
  readonly printed: boolean;
  /** All that differs is of labels of the allocator's pages that are free, as the model has it. */
  readonly free: boolean;
}

/** The index of the entry that speaks of a step; -1 for none. */
export function knownIndex(known: readonly KnownDivergence[], step: Situation): number {
  return known.findIndex(
    ({ arch, where }) =>
      (arch === undefined || arch === step.arch) && ('fields' in where ? follows(where, step) : isAt(where, step)),
  );
}

function isAt({ scenario, seq, through }: KnownSteps, step: Situation): boolean {
  return step.scenario === scenario && step.seq >= seq && step.seq <= (through ?? Number.POSITIVE_INFINITY);
}

function follows(rule: KnownRule, step: Situation): boolean {
  return (
    step.fields.every((field) => rule.fields.includes(field)) &&
    (rule.ops?.includes(step.op) ?? true) &&
    (rule.frames === undefined || (step.frame !== undefined && rule.frames.includes(step.frame))) &&
    (rule.page_size === undefined || rule.page_size === step.pageSize) &&
    (rule.free_page === undefined || rule.free_page === step.free) &&
    (rule.after_message === undefined || rule.after_message === step.printed)
  );
}

/** Reads `{"divergences": [{"id", "arch"?, "where", "argument"}]}`. Throws InputError. */
export function readKnown(file: string): readonly KnownDivergence[] {
  const text = textOfFile(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError('input.known', `${file}: expected JSON: ${(error as Error).message}`);
  }
  const list = (value as { divergences?: unknown } | null)?.divergences;
  if (!Array.isArray(list)) throw new InputError('input.known', `${file}: expected {"divergences": [...]}`);
  return list.map((entry: unknown, i) => checked(entry, `${file}: divergences[${i}]`));
}

type Type = 'string' | 'number' | 'boolean' | 'strings';

const ENTRY: Readonly<Record<string, Type>> = lookup({ id: 'string', arch: 'string', argument: 'string' });
const STEPS: Readonly<Record<string, Type>> = lookup({ scenario: 'string', seq: 'number', through: 'number' });
const RULE: Readonly<Record<string, Type>> = lookup({
  fields: 'strings',
  ops: 'strings',
  frames: 'strings',
  page_size: 'number',
  free_page: 'boolean',
  after_message: 'boolean',
});

function checked(entry: unknown, at: string): KnownDivergence {
  const { where, ...rest } = members(entry, at);
  check(rest, ENTRY, ['id', 'argument'], at);
  const place = members(where, `${at}.where`);
  if ('fields' in place) check(place, RULE, ['fields'], `${at}.where`);
  else check(place, STEPS, ['scenario', 'seq'], `${at}.where`);
  for (const field of (place.fields ?? []) as string[]) {
    if (!isField(field)) throw new InputError('input.known', `${at}.where.fields: no such field: ${field}`);
  }
  return entry as KnownDivergence;
}

function members(value: unknown, at: string): Record<string, unknown> & { fields?: unknown; where?: unknown } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new InputError('input.known', `${at}: expected an object, found ${JSON.stringify(value)}`);
}

function check(
  value: Readonly<Record<string, unknown>>,
  types: Readonly<Record<string, Type>>,
  required: readonly string[],
  at: string,
): void {
  for (const key of new Set([...required, ...Object.keys(value)])) {
    const type = types[key];
    if (type === undefined) throw new InputError('input.known', `${at}: unknown member ${JSON.stringify(key)}`);
    if (!hasType(value[key], type)) {
      throw new InputError('input.known', `${at}.${key}: expected ${TYPES[type]}, found ${JSON.stringify(value[key])}`);
    }
  }
}

const TYPES: Readonly<Record<Type, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  strings: 'a list of strings',
};

function hasType(value: unknown, type: Type): boolean {
  if (type === 'strings') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return typeof value === type;
}
