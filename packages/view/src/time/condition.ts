// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Conditions as people write them: `fork` (any event whose text has it), `error`, `signal`, `message`,
 * `ring[2] present`, `ring[2] not special`, `ring[2] changed`, `P0.refcount > 1`, `ring[1] = D1`.
 */

import type { Outcome, PteView } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import { lookup } from '@specialbit/events';
import { UsageError } from '../errors.js';
import type { LoadedLog, NumberedEvents } from '../log/loaded-log.js';
import { eventText } from '../show/event-text.js';
import type { Condition } from './search.js';
import { type Probe, parseSubject, resolveSubject, type Subject } from './subject.js';

/** The forms of a condition, each with what it runs to: for help. */
export const CONDITION_FORMS = [
  ['fork, ring, MADV', 'an event whose text has it'],
  ['error, signal, message, crash', 'an event that ends so'],
  ['ring[2] changed', 'a PTE, VMA field, frame or counter changes'],
  ['ring[2] present', 'or none swap write dirty young special page NULL bad'],
  ['ring[2] not special', 'begins not to be so'],
  ['P0.refcount > 1', 'a number, with = != < <= > >='],
  ['ring[2] = D1', 'maps the frame'],
] as const;

const OUTCOMES: Readonly<Record<string, (outcome: Outcome) => boolean>> = lookup({
  error: (o) => o.ret < 0 || o.signal !== null || o.crash !== null,
  signal: (o) => o.signal !== null,
  message: (o) => o.messages.length > 0,
  warning: (o) => o.messages.length > 0,
  crash: (o) => o.crash !== null,
});

const PTE_WORDS: Readonly<Record<string, (pte: PteView) => boolean>> = lookup({
  present: (p) => p.kind === 'present',
  none: (p) => p.kind === 'none',
  swap: (p) => p.kind === 'swap',
  write: (p) => p.write,
  dirty: (p) => p.dirty,
  young: (p) => p.young,
  special: (p) => p.special,
  page: (p) => p.verdict === 'page',
  null: (p) => p.verdict === 'NULL',
  bad: (p) => p.verdict === 'bad page map',
});

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = lookup({
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
});

/** Throws UsageError. `k`: the moment at which it was written, for names. */
export function parseCondition(text: string, k: Kernel, log: LoadedLog<NumberedEvents>): Condition {
  const words = text.trim();
  if (words === '')
    throw new UsageError('usage.condition', 'expected a condition, such as "ring[2] present" or "fork"');
  const outcome = OUTCOMES[words];
  if (outcome !== undefined) return { of: 'event', matches: (m) => m.outcome !== null && outcome(m.outcome) };
  const compared = /^(\S+?)\s*(!=|<=|>=|=|<|>)\s*(\S+)$/.exec(words);
  if (compared !== null) return comparison(lookUp(compared[1]!, k, log), compared[2]!, compared[3]!);
  const said = /^(\S+)\s+(not\s+)?([a-z]+)$/i.exec(words);
  const word = said?.[3]?.toLowerCase() ?? '';
  if (said !== null && word === 'changed' && said[2] === undefined) {
    const find = lookUp(said[1]!, k, log);
    return { of: 'change', value: (now) => find(now)?.value(now) ?? null };
  }
  const test = PTE_WORDS[word];
  if (said !== null && test !== undefined) {
    const find = lookUp(said[1]!, k, log);
    const wanted = said[2] === undefined;
    return {
      of: 'state',
      matches: (now) => {
        const pte = find(now)?.pte?.(now);
        return pte != null && test(pte) === wanted;
      },
    };
  }
  const needle = words.toLowerCase();
  return { of: 'event', matches: ({ event }) => eventText(event).toLowerCase().includes(needle) };
}

/** Looks a name up at every moment: a mapping may come later, or move. */
function lookUp(text: string, k: Kernel, log: LoadedLog<NumberedEvents>): (now: Kernel) => Probe | undefined {
  const subject = parseSubject(text);
  if (!existsAtAll(subject, k, log)) resolveSubject(k, subject);
  let start: number | undefined;
  let probe: Probe | undefined;
  let known = false;
  return (now) => {
    const place = now.mms.get(subject.mm)?.labels[subject.name];
    if (known && place === start) return probe;
    start = place;
    probe = resolve(now, subject);
    // a page of the allocator, A1, may still come
    known = probe !== undefined || !/^[AF]\d+$/.test(subject.name);
    return probe;
  };
}

function resolve(k: Kernel, subject: Subject): Probe | undefined {
  try {
    return resolveSubject(k, subject);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function existsAtAll(subject: Subject, k: Kernel, log: LoadedLog<NumberedEvents>): boolean {
  if (resolve(k, subject) !== undefined || /^[AF]\d+$/.test(subject.name)) return true;
  for (const { event } of log.events) if ('label' in event && event.label === subject.name) return true;
  return false;
}

function comparison(find: (now: Kernel) => Probe | undefined, operator: string, value: string): Condition {
  const number = Number(value);
  const compare = COMPARISONS[operator]!;
  const equal = operator === '=' || operator === '!=';
  if (Number.isNaN(number) && !equal)
    throw new UsageError('usage.condition', `expected a number after ${operator}, found ${value}`);
  const matches = (now: Kernel): boolean => {
    const probe = find(now);
    if (probe === undefined) return false;
    const pte = probe.pte?.(now);
    if (pte !== undefined) {
      const same = pte !== null && (pte.frame === value || pte.raw === value.replace(/^0x/i, '').toLowerCase());
      return equal && same === (operator === '=');
    }
    const found = probe.value(now);
    if (typeof found === 'number') return !Number.isNaN(number) && compare(found, number);
    return found !== null && equal && (found === value) === (operator === '=');
  };
  return { of: 'state', matches };
}
