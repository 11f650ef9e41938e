// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import { isSelector } from '../names/selector.js';
import type { Expect } from '../types.js';
import { type EventCodecs, events, mm } from './event-codec.js';
import { fail, type Json, type JsonCodec } from './failure.js';
import { vmFlags } from './flags.js';
import { frame, place } from './place.js';
import { bool, integer, listOf, mapOf, natural, oneOf, text } from './primitives.js';
import { fallback, optional } from './record.js';
import { Told } from './told.js';

/** Expectations: what an event must have returned, what the state must be. */

/** The codec of a text of a form, or of a number whose text has it. */
export class FormType extends Told<string, RegExp> {}

/** A text of a given form; a number is written as its text. */
function form(name: string, valid: RegExp): JsonCodec<string> {
  const is = (u: unknown): u is string => typeof u === 'string' && valid.test(u);
  return new FormType(
    name,
    is,
    (u, c) => {
      const value = typeof u === 'number' && Number.isSafeInteger(u) ? String(u) : u;
      return is(value) ? t.success(value) : fail(u, c, name);
    },
    (value) => value,
    valid,
  );
}

const ret = form(
  'a return value ("-ENOMEM", 0, "VM_FAULT_NOPAGE", "mapped")',
  /^(-?\d+|-E[A-Z0-9]+|VM_FAULT_[A-Z_]+(\|VM_FAULT_[A-Z_]+)*|mapped)$/,
);
const pte = form('an entry ("none", "swap", "PW-YS", "P??YS")', /^(none|swap|P[W?-][D?-][Y?-][S?-])$/);
const raw = form('a raw entry in hexadecimal digits ("8000000008000227")', /^[0-9a-f]+$/);
const maps = form('the label of a frame ("P0", "C1+3", "A*")', /^[A-Za-z_][A-Za-z0-9_]*(\+\d+)?\*?$/);

export const selector: JsonCodec<string> = new t.Type<string, Json, unknown>(
  'a selector of lanes ("arm", "arm|m68k", "@6.12", "!pte_special", "feature:mmap_actions")',
  (u): u is string => typeof u === 'string' && isSelector(u),
  (u, c) => (typeof u === 'string' && isSelector(u) ? t.success(u) : fail(u, c, selector.name)),
  (value) => value,
);

const HANDLERS = ['fault', 'pfn_mkwrite', 'page_mkwrite'];
const FOLIO = [
  'order',
  'mapcount',
  'entire_mapcount',
  'pages_mapped',
  'refcount',
  'pincount',
  'deferred',
  'partially_mapped',
  'maybe_mapped_shared',
];
const SMAPS = [
  'Rss',
  'Pss',
  'Shared',
  'Private',
  'Anonymous',
  'AnonHugePages',
  'ShmemPmdMapped',
  'FilePmdMapped',
  'Shared_Hugetlb',
  'Private_Hugetlb',
];
const RSS = ['MM_FILEPAGES', 'MM_ANONPAGES', 'MM_SWAPENTS', 'MM_SHMEMPAGES'];

/** Members that speak of the page `at`. */
export const OF_PAGE = [
  'pte',
  'level',
  'normal',
  'raw',
  'maps',
  'vma',
  'pages',
  'vm_flags',
  'no_vm_flags',
  'vm_pgoff',
  'folio',
  'kpagecount',
  'mmap_exclusive',
  'smaps',
] as const;
/** Members that say something, rather than of what. */
export const CLAIMS = [
  'ret',
  'signal',
  'crash',
  'messages',
  'calls',
  'reason',
  'count',
  'mapcount',
  'rss',
  ...OF_PAGE,
] as const;

function check(event: Expect, c: t.Context): t.Validation<Expect> {
  const conflict = (key: keyof Expect, expected: string, found: string): t.Validation<Expect> =>
    fail(event[key], t.appendContext(c, key, text, event[key]), expected, { code: 'field-conflict', found });
  if (CLAIMS.every((key) => event[key] === undefined)) {
    return fail(event, c, `something to hold: ${CLAIMS.join(', ')}`, { code: 'field-missing', found: 'none of them' });
  }
  if (event.at === undefined) {
    const lonely = OF_PAGE.find((key) => event[key] !== undefined);
    if (lonely !== undefined) return conflict(lonely, 'the page that it speaks of ("at")', `"${lonely}" without "at"`);
    const counted = event.count !== undefined ? 'count' : event.mapcount !== undefined ? 'mapcount' : undefined;
    if (counted !== undefined && event.frame === undefined)
      return conflict(counted, 'the frame that it counts ("frame", or a page "at")', `"${counted}" without either`);
  }
  return t.success(event);
}

export const expectEvents: EventCodecs = new Map(
  events<Expect>(
    ['expect'],
    {
      mm,
      on: optional(listOf(selector, 'a selector of lanes, or an array of them', true)),
      quantifier: fallback(oneOf('forall', 'exists', '~exists'), 'forall'),
      event: optional(natural),
      ret: optional(ret),
      signal: optional(oneOf('SIGSEGV', 'SIGBUS', 'none')),
      crash: optional(text),
      messages: optional(listOf(text, 'a part of a message, or an array of them', true)),
      calls: optional(mapOf(HANDLERS, `one of ${HANDLERS.join(', ')}`, natural, 'calls by handler')),
      reason: optional(text),
      at: optional(place),
      pte: optional(pte),
      level: optional(oneOf('pte', 'pmd', 'pud')),
      normal: optional(oneOf('page', 'NULL', 'bad', '-')),
      raw: optional(raw),
      maps: optional(maps),
      // false says something here
      vma: { ...optional(bool), keepFalse: true },
      pages: optional(natural),
      vm_flags: optional(vmFlags),
      no_vm_flags: optional(vmFlags),
      vm_pgoff: optional(frame),
      frame: optional(frame),
      count: optional(integer),
      mapcount: optional(integer),
      folio: optional(mapOf(FOLIO, `one of ${FOLIO.join(', ')}`, integer, 'counts by name')),
      kpagecount: optional(natural),
      // false says something here
      mmap_exclusive: { ...optional(bool), keepFalse: true },
      smaps: optional(mapOf(SMAPS, `one of ${SMAPS.join(', ')}`, natural, 'sizes by name')),
      rss: optional(mapOf(RSS, `one of ${RSS.join(', ')}`, integer, 'counters by name')),
    },
    check,
  ),
);
