// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import { suggestion } from '../errors/nearest.js';
import type {
  ClearPte,
  DmaMmap,
  DriverCall,
  HeldLock,
  InsertMixed,
  InsertPage,
  InsertPfn,
  InsertPfnHuge,
  Place,
  Remap,
  RemapVmalloc,
  SetPageProt,
  SetPgoff,
  SetPte,
  SetVmRange,
  VmFlagsMod,
  ZapVmaPtes,
} from '../types.js';
import { type EventCodecs, type EventRow, events, mm } from './event-codec.js';
import { fail, type Json, type JsonCodec } from './failure.js';
import { pageProt, vmFlags } from './flags.js';
import { callPlace, frame, place } from './place.js';
import { bool, isObject, natural, oneOf, pgoff } from './primitives.js';
import { rawEntry } from './raw-entry.js';
import { type FieldsOf, fallback, optional, required } from './record.js';

/**
 * The calls of a driver into mm. Each stands in a log as an event of its own, with `mm` and `at`
 * anywhere, or in `call` of an `mmap`, with `at` a page of the new mapping.
 */

type Check<E> = (call: E, context: t.Context) => t.Validation<E>;

interface CallFamily {
  readonly asEvents: readonly EventRow[];
  readonly inCall: readonly EventRow[];
}

const START: Place = { label: '', page: 0 };

function family<E extends DriverCall>(
  tags: readonly E['type'][],
  fields: FieldsOf<E, 'type' | 'at'>,
  check?: Check<E>,
): CallFamily {
  type Event = E & { readonly mm: number };
  const own = { at: fallback(callPlace, START), ...fields } as FieldsOf<E, 'type'>;
  const anywhere = { mm, at: required(place), ...fields } as unknown as FieldsOf<Event, 'type'>;
  return {
    asEvents: events<Event>(tags, anywhere, check as Check<Event> | undefined),
    inCall: events(tags, own, (call, context) => locked(call, context) ?? check?.(call, context) ?? t.success(call)),
  };
}

/** `->mmap` runs with the lock held for writing. */
function locked<E extends DriverCall>(call: E, context: t.Context): t.Validation<E> | undefined {
  const { mmap_lock: lock } = call as { readonly mmap_lock?: HeldLock };
  if (lock === undefined) return undefined;
  const details = { code: 'field-conflict', found: `"mmap_lock" in "call"` } as const;
  const at = t.appendContext(context, 'mmap_lock', frame, lock);
  return fail(lock, at, 'no lock of its own: the kernel holds it for writing', details);
}

const ref = required(frame);
const onePage = fallback(natural, 1);
const flag = fallback(bool, false);
const pfnT = oneOf('PFN_DEV', 'PFN_DEV|PFN_MAP', 'PFN_SPECIAL', 'none');

/** Calls that write vm_flags look whether they may. */
const mmap_lock = optional(oneOf('read', 'none'));

const families: readonly CallFamily[] = [
  family<VmFlagsMod>(['vm_flags_mod'], {
    set: fallback(vmFlags, 0),
    clear: fallback(vmFlags, 0),
    mmap_lock,
  }),
  family<SetPgoff>(
    ['set_vm_pgoff'],
    { pgoff: fallback(pgoff, 0), frame: optional(frame), self: optional(bool) },
    checkPgoff,
  ),
  family<Remap>(['remap_pfn_range', 'io_remap_pfn_range'], {
    frame: ref,
    pages: onePage,
    fails_after: optional(natural),
    mmap_lock,
  }),
  family<Remap>(['vm_iomap_memory'], {
    frame: ref,
    pages: required(natural),
    fails_after: optional(natural),
    mmap_lock,
  }),
  family<InsertPage>(['vm_insert_page', 'vm_insert_pages', 'vm_map_pages', 'vm_map_pages_zero'], {
    frame: ref,
    pages: onePage,
    mmap_lock,
  }),
  family<InsertPfn>(['vmf_insert_pfn', 'vmf_insert_pfn_prot'], { frame: ref, prot: optional(pageProt) }, checkProt),
  family<InsertPfnHuge>(['vmf_insert_pfn_pmd', 'vmf_insert_pfn_pud', 'vmf_insert_folio_pmd'], {
    frame: ref,
    write: flag,
    pfn_t: optional(pfnT),
  }),
  family<InsertMixed>(['vmf_insert_mixed', 'vmf_insert_mixed_mkwrite'], {
    frame: ref,
    pfn_t: fallback(pfnT, 'PFN_DEV'),
  }),
  family<RemapVmalloc>(
    ['remap_vmalloc_range', 'remap_vmalloc_range_partial'],
    {
      frame: ref,
      pages: required(natural),
      pgoff: fallback(pgoff, 0),
      size: optional(natural),
      area: fallback(oneOf('vmalloc_user', 'dma_alloc_coherent', 'vmalloc'), 'vmalloc_user'),
    },
    checkSize,
  ),
  family<DmaMmap>(['dma_mmap_coherent', 'dma_mmap_wc', 'dma_mmap_pages'], {
    frame: ref,
    pages: required(natural),
    coherent: { ...optional(bool), keepFalse: true },
    via: fallback(oneOf('direct', 'iommu', 'iommu_pages', 'common'), 'direct'),
  }),
  family<SetPageProt>(['pgprot_noncached', 'pgprot_writecombine', 'pgprot_device', 'vm_get_page_prot'], {}),
  family<SetVmRange>(['set_vm_start', 'set_vm_end'], {}),
  family<ZapVmaPtes>(['zap_vma_ptes'], { pages: required(natural) }),
  family<SetPte>(
    ['set_pte'],
    { frame: optional(frame), raw: optional(rawEntry), pages: onePage, special: flag, write: flag },
    checkEntry,
  ),
  family<ClearPte>(['clear_pte'], { pages: onePage }),
];

function checkSize(call: RemapVmalloc, context: t.Context): t.Validation<RemapVmalloc> {
  if (call.size === undefined || call.type === 'remap_vmalloc_range_partial') return t.success(call);
  const details = { code: 'field-conflict', found: `"size" in ${call.type}` } as const;
  const at = t.appendContext(context, 'size', natural, call.size);
  return fail(call.size, at, 'remap_vmalloc_range_partial where a part is mapped', details);
}

function checkPgoff(call: SetPgoff, context: t.Context): t.Validation<SetPgoff> {
  if (call.frame === undefined || call.self === undefined) return t.success(call);
  const details = { code: 'field-conflict', found: 'both' } as const;
  return fail(call.self, t.appendContext(context, 'self', bool, call.self), 'either "frame" or "self"', details);
}

function checkEntry(call: SetPte, context: t.Context): t.Validation<SetPte> {
  if (call.frame !== undefined || call.raw !== undefined) return t.success(call);
  const at = t.appendContext(context, 'frame', frame, undefined);
  return fail(undefined, at, 'a frame, or the entry as "raw":"x86_64:0x227"', { code: 'field-missing' });
}

function checkProt(call: InsertPfn, context: t.Context): t.Validation<InsertPfn> {
  if (call.prot === undefined || call.type === 'vmf_insert_pfn_prot') return t.success(call);
  const details = { code: 'field-conflict', found: `"prot" in ${call.type}` } as const;
  const at = t.appendContext(context, 'prot', pageProt, call.prot);
  return fail(call.prot, at, 'vmf_insert_pfn_prot where a protection is given', details);
}

/** Driver calls as events. */
export const driverEvents: EventCodecs = new Map(families.flatMap((calls) => calls.asEvents));

export const callCodecs: EventCodecs = new Map(families.flatMap((calls) => calls.inCall));
const CALL = 'a driver call such as {"type":"remap_pfn_range","frame":"D0"}';

/** One item of `call`. */
export const driverCall: JsonCodec<DriverCall> = new t.Type<DriverCall, Json, unknown>(
  CALL,
  (u): u is DriverCall => isObject(u) && typeof u.type === 'string' && callCodecs.get(u.type)?.is(u) === true,
  (u, c) => {
    if (!isObject(u)) return fail(u, c, CALL);
    const { type } = u;
    const codec = typeof type === 'string' ? callCodecs.get(type) : undefined;
    if (codec !== undefined) return codec.validate(u, c);
    const near = typeof type === 'string' ? suggestion(type, callCodecs.keys()) : '';
    const code = type === undefined ? 'type-missing' : 'type-unknown';
    return fail(type, t.appendContext(c, 'type', driverCall, type), `the type of a driver call${near}`, { code });
  },
  (call) => callCodecs.get(call.type)!.encode(call) as Json,
);
