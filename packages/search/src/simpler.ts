// SPDX-License-Identifier: GPL-2.0-or-later
/** Simpler forms of one event, for a log that is made smaller: each with one member less, or a smaller number. */
import { decodeEvent, encodeEvent, type LogEvent } from '@specialbit/events';

type Json = Readonly<Record<string, unknown>>;

/** Members that events of a log can have, and need not. */
const DROPPED = [
  'alloc',
  'mapped_at',
  'call',
  'ops',
  'flags',
  'pgoff',
  'file_readonly',
  'prepare',
  'value',
  'hold',
  'longterm',
  'write',
  'special',
  'fails_after',
  'pfn_t',
  'even_cows',
  'prot',
  'to',
  'coherent',
  'mm',
];
/** Names with bars between. */
const FLAGS = ['set', 'clear', 'flags'];
/** Numbers of pages. */
const COUNTED = ['pages', 'new_pages'];

/** The simplest first. Events that cannot be read are left out, so that each is one of a log. */
export function* simplerForms(event: LogEvent): Generator<LogEvent, void, void> {
  const json = encodeEvent(event) as Json;
  for (const form of forms(json)) {
    const decoded = readable(form);
    if (decoded !== undefined) yield decoded;
  }
}

function readable(json: Json): LogEvent | undefined {
  try {
    return decodeEvent(json);
  } catch {
    return undefined;
  }
}

function* forms(json: Json): Generator<Json, void, void> {
  for (const name of DROPPED) {
    if (!(name in json)) continue;
    const { [name]: _, ...rest } = json;
    yield rest;
  }
  for (const name of FLAGS) {
    const flags = json[name];
    if (typeof flags !== 'string' || !flags.includes('|')) continue;
    const each = flags.split('|');
    for (let i = 0; i < each.length; i++) yield { ...json, [name]: each.toSpliced(i, 1).join('|') };
  }
  for (const name of COUNTED) {
    const pages = json[name];
    if (typeof pages !== 'number') continue;
    for (const fewer of [1, 2, Math.floor(pages / 2), pages - 1])
      if (fewer > 0 && fewer < pages) yield { ...json, [name]: fewer };
  }
  const { call, ops, at } = json;
  if (Array.isArray(call)) {
    for (let i = 0; i < call.length; i++) {
      yield { ...json, call: call.toSpliced(i, 1) };
      for (const form of forms(call[i] as Json)) yield { ...json, call: call.with(i, form) };
    }
  }
  if (typeof ops === 'object' && ops !== null) {
    for (const name of Object.keys(ops)) {
      const { [name]: _, ...rest } = ops as Json;
      yield { ...json, ops: rest };
    }
  }
  // ring[5] as ring[0]
  const page = typeof at === 'string' ? /^(.*)\[(\d+)\]$/.exec(at) : null;
  if (page !== null && page[2] !== '0') yield { ...json, at: `${page[1]}[0]` };
  const { frame } = json;
  const run = typeof frame === 'string' ? /^(\D+)(\d+)$/.exec(frame) : null;
  if (run !== null && run[2] !== '0') yield { ...json, frame: `${run[1]}0` };
}
