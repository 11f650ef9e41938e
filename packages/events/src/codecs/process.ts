// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import type { Access, AccessProcessVm, Brk, Execve, Exit, Fork, MapVma, Prctl, VmaModifyFlags } from '../types.js';
import { alloc, type EventCodecs, type EventRow, events, mm } from './event-codec.js';
import { fail } from './failure.js';
import { vmFlags } from './flags.js';
import { driverOps } from './mapping.js';
import { place } from './place.js';
import { address, bool, byte, fileName, mappingLabel, natural, oneOf, pgoff, text } from './primitives.js';
import { fallback, optional, record, required } from './record.js';

/** What processes do beside mapping: they start, end, and touch memory. */

const at = required(place);
const value = optional(byte);
const raced = optional(bool);
const byteAddress = fallback(address, 0);

/** Only a write stores something. */
function checkValue<E extends { readonly value?: number }>(event: E, writes: boolean, c: t.Context): t.Validation<E> {
  if (writes || event.value === undefined) return t.success(event);
  const details = { code: 'field-conflict', found: '"value" in a read' } as const;
  return fail(event.value, t.appendContext(c, 'value', byte, event.value), 'a write where a value is given', details);
}

/** `{"type":"read","at":"ring[0]"}` for `{"type":"access","op":"read","at":"ring[0]"}`. */
function shorthand(op: 'read' | 'exec'): EventRow {
  const fields = { mm, at, raced, alloc };
  return [
    op,
    record<Omit<Access, 'value'>, 'type' | 'op'>({ name: op, tag: op, constants: { type: 'access', op }, fields }),
  ];
}

const write = record<Access, 'type' | 'op'>({
  name: 'write',
  tag: 'write',
  constants: { type: 'access', op: 'write' },
  fields: { mm, at, value, raced, alloc },
});

export const processEvents: EventCodecs = new Map<string, t.Mixed>([
  ...events<Fork>(['fork'], { mm, child: required(natural), alloc }),
  ...events<Exit>(['exit'], { mm }),
  ...events<Prctl>(['prctl'], { mm, option: required(oneOf('PR_SET_MEMORY_MERGE')), value: fallback(bool, true) }),
  ...events<Brk>(['brk'], { mm, brk: byteAddress }),
  ...events<Execve>(['execve'], {
    mm,
    start_brk: byteAddress,
    start_stack: byteAddress,
    brk: optional(address),
    comm: optional(text),
  }),
  ...events<VmaModifyFlags>(['vma_modify_flags'], {
    mm,
    at,
    pages: required(natural),
    set: fallback(vmFlags, 0),
    clear: fallback(vmFlags, 0),
  }),
  ...events<MapVma>(['map_vma'], {
    mm,
    label: optional(mappingLabel),
    at,
    pages: required(natural),
    vm_flags: required(vmFlags),
    file: optional(fileName),
    pgoff: optional(pgoff),
    name: optional(text),
    ops: optional(driverOps),
    anon_vma: optional(natural),
  }),
  ...events<Access>(
    ['access'],
    { mm, op: required(oneOf('read', 'write', 'exec')), at, value, raced, alloc },
    (event, context) => checkValue(event, event.op === 'write', context),
  ),
  shorthand('read'),
  shorthand('exec'),
  ['write', write],
  ...events<AccessProcessVm>(['access_process_vm'], { mm, at, write: fallback(bool, false), value }, (event, context) =>
    checkValue(event, event.write, context),
  ),
]);
