// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import { MAP_FLAGS, MREMAP_FLAGS } from '../names/mman.js';
import type {
  DriverCall,
  DriverOps,
  FaultHandler,
  HugeFaultHandler,
  Madvise,
  Mlock,
  Mmap,
  MmapEnd,
  Mprotect,
  Mremap,
  Mseal,
  Munmap,
  Place,
  SetVmOps,
  UffdioMove,
} from '../types.js';
import { driverCall } from './driver.js';
import { alloc, type EventCodecs, events, mm } from './event-codec.js';
import { fail } from './failure.js';
import { advice, mapFlags, mremapFlags, prot } from './flags.js';
import { callPlace, formatPlace, frame, place } from './place.js';
import { bool, errnoName, fileName, hinted, listOf, mappingLabel, natural, oneOf, pgoff } from './primitives.js';
import { derived, fallback, optional, record, required } from './record.js';

/** System calls that make, change and remove mappings. */

const answer = oneOf(
  'page',
  'vmf_insert_pfn',
  'vmf_insert_mixed',
  'vmf_insert_mixed_mkwrite',
  'vm_insert_page',
  'remap_pfn_range',
  'call',
  'sigbus',
);
const BY_HUGE_FAULT =
  'what a handler does for one page; huge entries are inserted by ops.huge_fault, as in "ops":{"huge_fault":{"frame":"0x8000"}}';

const faultHandler = record<FaultHandler>({
  name: 'fault',
  constants: {},
  fields: {
    do: required(hinted(answer, { vmf_insert_pfn_pmd: BY_HUGE_FAULT, vmf_insert_pfn_pud: BY_HUGE_FAULT })),
    frame: optional(frame),
    frames: optional(natural),
    guarded: optional(bool),
    call: optional(listOf(driverCall, 'an array of driver calls')),
  },
  check: (handler, context) => {
    if ((handler.do === 'call') !== (handler.call !== undefined)) {
      const at = t.appendContext(context, 'call', driverCall, handler.call);
      if (handler.call === undefined) return fail(undefined, at, 'what the handler calls', { code: 'field-missing' });
      return fail(handler.call, at, 'no calls but in a handler with "do":"call"', {
        code: 'field-conflict',
        found: '"call"',
      });
    }
    const frameless = handler.do === 'sigbus' || handler.do === 'call';
    if (frameless === (handler.frame === undefined)) return t.success(handler);
    const at = t.appendContext(context, 'frame', frame, handler.frame);
    if (handler.frame === undefined) return fail(undefined, at, frame.name);
    const details = { code: 'field-conflict', found: '"frame"' } as const;
    return fail(handler.frame, at, `no frame in a handler that answers "${handler.do}"`, details);
  },
});

const hugeFaultHandler = record<HugeFaultHandler>({
  name: 'huge_fault',
  constants: {},
  fields: {
    frame: required(frame),
    pmd: fallback(bool, true),
    pud: fallback(bool, false),
    write: fallback(bool, false),
    frames: optional(natural),
    guarded: optional(bool),
  },
});

export const driverOps = record<DriverOps>({
  name: 'ops',
  constants: {},
  fields: {
    fault: optional(faultHandler),
    huge_fault: optional(hugeFaultHandler),
    access: optional(bool),
    pfn_mkwrite: optional(bool),
    page_mkwrite: optional(bool),
    find_special_page: optional(frame),
    close: optional(bool),
    may_split: optional(errnoName),
    get_unmapped_area: optional(bool),
    anonymous: optional(bool),
    secretmem: optional(bool),
  },
  former: ({ no_split, ...ops }) => {
    if (typeof no_split !== 'boolean') return no_split === undefined ? ops : { ...ops, no_split };
    return no_split ? { ...ops, may_split: 'EINVAL' } : ops;
  },
});

/** Without flags, a mapping of a file is shared and an anonymous one private. */
function defaultMapFlags(mmap: Partial<Mmap>): number {
  return mmap.file === undefined ? MAP_FLAGS.MAP_PRIVATE | MAP_FLAGS.MAP_ANONYMOUS : MAP_FLAGS.MAP_SHARED;
}

/** `at` of the calls may carry the mapping's own label; in canonical form it carries none. */
function ownCalls(mmap: Mmap, context: t.Context): t.Validation<Mmap> {
  if (mmap.call === undefined) return t.success(mmap);
  const calls: DriverCall[] = [];
  for (const [index, call] of mmap.call.entries()) {
    const own = ownPlace(call.at, mmap.label);
    if (own === undefined) {
      const inCall = t.appendContext(context, 'call', driverCall, mmap.call);
      const inItem = t.appendContext(inCall, String(index), driverCall, call);
      const at = t.appendContext(inItem, 'at', callPlace, call.at);
      return fail(formatPlace(call.at), at, callPlace.name);
    }
    calls.push(own === call.at ? call : { ...call, at: own });
  }
  return t.success({ ...mmap, call: calls });
}

function ownPlace(at: Place, label: string | undefined): Place | undefined {
  if (!('label' in at)) return undefined;
  if (at.label === '') return at;
  return at.label === label ? { label: '', page: at.page } : undefined;
}

function defaultMremapFlags(mremap: Partial<Mremap>): number {
  return mremap.to === undefined ? 0 : MREMAP_FLAGS.MREMAP_MAYMOVE | MREMAP_FLAGS.MREMAP_FIXED;
}

const at = required(place);
const pages = required(natural);

export const mappingEvents: EventCodecs = new Map([
  ...events<Mmap>(
    ['mmap', 'mmap.begin'],
    {
      mm,
      label: optional(mappingLabel),
      at: optional(place),
      pages,
      prot: required(prot),
      file: optional(fileName),
      flags: derived(mapFlags, defaultMapFlags),
      pgoff: fallback(pgoff, 0),
      file_readonly: optional(bool),
      prepare: optional(bool),
      mapped_at: optional(place),
      ops: optional(driverOps),
      call: optional(listOf(driverCall, 'an array of driver calls')),
      alloc,
    },
    ownCalls,
  ),
  ...events<MmapEnd>(['mmap.end'], { mm, error: optional(errnoName) }),
  ...events<SetVmOps>(['set_vm_ops'], { mm, at, ops: required(driverOps) }),
  ...events<Munmap>(['munmap'], { mm, at, pages }),
  ...events<Mprotect>(['mprotect'], { mm, at, pages, prot: required(prot), alloc }),
  ...events<Mremap>(['mremap'], {
    mm,
    at,
    pages,
    new_pages: required(natural),
    to: optional(place),
    flags: derived(mremapFlags, defaultMremapFlags),
    mapped_at: optional(place),
    label: optional(mappingLabel),
    alloc,
  }),
  ...events<Madvise>(['madvise'], { mm, at, pages, advice: required(advice), alloc }),
  ...events<Mlock>(['mlock', 'munlock'], { mm, at, pages, alloc }),
  ...events<Mseal>(['mseal'], { mm, at, pages }),
  ...events<UffdioMove>(['uffdio_move'], {
    mm,
    at,
    to: required(place),
    pages,
    allow_src_holes: fallback(bool, false),
  }),
]);
