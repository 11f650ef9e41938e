// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import { describe } from '../errors/describe.js';
import { LogError, type Where } from '../errors/log-error.js';
import type { BlockSpec, FileSpec, LogHeader, MachineSpec, MemoryType, PageType } from '../types.js';
import { failureError } from './event.js';
import { fail, firstFailure, type Json, type JsonCodec, type JsonObject } from './failure.js';
import {
  ANY_NAMES,
  bool,
  byte,
  FRAME_LABELS,
  fileName,
  isObject,
  listOf,
  mapOf,
  natural,
  oneOf,
  pfn,
  text,
} from './primitives.js';
import { derived, fallback, optional, record, required } from './record.js';
import { hugetlbSettings, thpSettings } from './thp.js';

/** The first line of a log. */

/** The version of the format that this package reads and writes. */
export const FORMAT_VERSION = 1;

const FOLIO = 'a folio [first page, order], its first page a multiple of its size';
export const fileFolio: JsonCodec<readonly [number, number]> = new t.Type<readonly [number, number], Json, unknown>(
  FOLIO,
  (u): u is readonly [number, number] =>
    Array.isArray(u) && u.length === 2 && u.every(natural.is) && u[1]! >= 1 && u[1]! <= 13 && u[0]! % 2 ** u[1]! === 0,
  (u, c) => (fileFolio.is(u) ? t.success([u[0]!, u[1]!] as const) : fail(u, c, FOLIO)),
  (folio) => [...folio],
);

export const fileObject = record<FileSpec>({
  name: 'a file',
  constants: {},
  fields: {
    kind: required(oneOf('device', 'shmem', 'file', 'hugetlbfs')),
    unlinked: optional(bool),
    folios: optional(listOf(fileFolio, 'an array of folios [first page, order]')),
    huge_page: optional(oneOf('pmd', 'pud')),
    huge: optional(oneOf('always', 'never', 'within_size', 'advise')),
    content: optional(listOf(byte, 'an array of bytes')),
    pages: derived(natural, (file: Partial<FileSpec>) => file.content?.length ?? 0),
  },
});

/** `"device"` for `{"kind":"device"}`. */
export const fileSpec: JsonCodec<FileSpec> = new t.Type<FileSpec, Json, unknown>(
  'a file: {"kind":"device"} or {"kind":"shmem","pages":8}',
  fileObject.is,
  (u, c) => fileObject.validate(typeof u === 'string' ? { kind: u } : u, c),
  fileObject.encode,
);

const RANGE = 'a range [first pfn, end pfn] that is not empty';
export const range: JsonCodec<readonly [number, number]> = new t.Type<readonly [number, number], Json, unknown>(
  RANGE,
  (u): u is readonly [number, number] => Array.isArray(u) && u.length === 2 && u.every(pfn.is),
  (u, c) => {
    if (!Array.isArray(u) || u.length !== 2) return fail(u, c, RANGE);
    const [first, end] = u.map((bound) => pfn.validate(bound, c));
    if (first?._tag !== 'Right' || end?._tag !== 'Right') return fail(u, c, RANGE);
    return first.right < end.right ? t.success([first.right, end.right] as const) : fail(u, c, RANGE);
  },
  (bounds) => bounds.map((bound) => pfn.encode(bound)),
);

const PAGE_TYPES = [
  'slab',
  'hugetlb',
  'table',
  'offline',
  'guard',
  'buddy',
  'zsmalloc',
  'large_kmalloc',
] as const satisfies readonly PageType[];
const pageTypes = mapOf(
  PAGE_TYPES,
  `a page type (${PAGE_TYPES.join(', ')})`,
  listOf(range, 'an array of ranges [first pfn, end pfn]'),
  'ranges of frames by page type',
);

const MEMORY_TYPES = ['wb', 'wc', 'uc-', 'uc', 'wt'] as const satisfies readonly MemoryType[];
const memtypes = mapOf(
  MEMORY_TYPES,
  `a memory type (${MEMORY_TYPES.join(', ')})`,
  listOf(range, 'an array of ranges [first pfn, end pfn]'),
  'ranges of frames by memory type',
);

type Block = NonNullable<MachineSpec['blocks']>[string];
const block = record<Block>({
  name: 'a block',
  constants: {},
  fields: { order: required(natural), compound: optional(bool) },
});

export const orderOrPmd: JsonCodec<number | 'pmd'> = new t.Type<number | 'pmd', Json, unknown>(
  'an order (0 to 13) or "pmd"',
  (u): u is number | 'pmd' => u === 'pmd' || (Number.isInteger(u) && (u as number) >= 0 && (u as number) <= MOST_ORDER),
  (u, c) => (orderOrPmd.is(u) ? t.success(u) : fail(u, c, orderOrPmd.name)),
  (value) => value,
);

const headerBlock = record<BlockSpec>({
  name: 'a block',
  constants: {},
  fields: { order: required(orderOrPmd), compound: optional(bool), device: optional(bool) },
  check: (spec, context) =>
    spec.compound === true && spec.device === true
      ? fail(spec.device, t.appendContext(context, 'device', bool, spec.device), 'either "compound" or "device"', {
          code: 'field-conflict',
          found: 'both',
        })
      : t.success(spec),
});

/** Of a PMD with pages of 64 KiB. */
export const MOST_ORDER = 13;
/** One for each colour of a cache; s390 and mips have some dozens. */
export const MOST_ZERO_PAGES = 4096;

const machine = record<MachineSpec>({
  name: 'a machine',
  constants: {},
  fields: {
    ram: required(listOf(range, 'an array of ranges [first pfn, end pfn]')),
    highest_memmap_pfn: derived(pfn, (spec: Partial<MachineSpec>) => (spec.ram?.at(-1)?.[1] ?? 1) - 1),
    zero_pfn: required(pfn),
    zero_pages: fallback(natural, 1),
    huge_zero_pfn: optional(pfn),
    thp: optional(bool),
    blocks: optional(
      mapOf(FRAME_LABELS, 'a frame label (a letter, then letters and digits)', block, 'blocks by label'),
    ),
    frames: required(mapOf(FRAME_LABELS, 'a frame label (a letter, then letters and digits)', pfn, 'frames by label')),
    unbacked: optional(listOf(range, 'an array of ranges [first pfn, end pfn]')),
    page_types: optional(pageTypes),
    zone_device: optional(listOf(range, 'an array of ranges [first pfn, end pfn]')),
    memtypes: optional(memtypes),
    mtrr_writeback: optional(listOf(range, 'an array of ranges [first pfn, end pfn]')),
  },
  check: (spec, context) => {
    if (spec.zero_pages > MOST_ZERO_PAGES) {
      const at = t.appendContext(context, 'zero_pages', natural, spec.zero_pages);
      return fail(spec.zero_pages, at, `at most ${MOST_ZERO_PAGES} zero pages`);
    }
    for (let i = 1; i < spec.ram.length; i++) {
      if (spec.ram[i]![0] >= spec.ram[i - 1]![1]) continue;
      const at = t.appendContext(t.appendContext(context, 'ram', range, spec.ram), String(i), range, spec.ram[i]);
      const [first, end] = spec.ram[i]!;
      const found = `[${pfn.encode(first)}, ${pfn.encode(end)}]`;
      return fail(spec.ram[i], at, 'ascending ranges that do not overlap', { found });
    }
    return t.success(spec);
  },
});

export const version: JsonCodec<1> = new t.Type<1, Json, unknown>(
  `format version ${FORMAT_VERSION}`,
  (u): u is 1 => u === FORMAT_VERSION,
  (u, c) => (u === FORMAT_VERSION ? t.success(FORMAT_VERSION) : fail(u, c, `format version ${FORMAT_VERSION}`)),
  (value) => value,
);

/** The header's codec. */
export const logHeader: JsonCodec<LogHeader> = record<LogHeader>({
  name: 'the header',
  constants: {},
  fields: {
    specialbit: required(version),
    title: optional(text),
    description: optional(listOf(text, 'a text or an array of texts', true)),
    arch: optional(listOf(text, 'the name of an architecture or an array of names', true)),
    profile: optional(text),
    config: optional(listOf(text, 'an array of Kconfig symbols')),
    chosen: optional(listOf(text, 'an array of texts')),
    files: optional(mapOf(ANY_NAMES, fileName.name, fileSpec, 'files by name')),
    thp: optional(thpSettings),
    hugetlb: optional(hugetlbSettings),
    blocks: optional(
      mapOf(FRAME_LABELS, 'a frame label (a letter, then letters and digits)', headerBlock, 'blocks by label'),
    ),
    machine: optional(mapOf(ANY_NAMES, 'the name of an architecture', machine, 'machines by architecture')),
  },
});

const NOWHERE: Where = { file: '<header>', line: 0 };

/** The canonical header of the first line's JSON, which is of the current version. Throws a LogError. */
export function decodeHeader(json: unknown, where: Where = NOWHERE): LogHeader {
  const result = logHeader.validate(json, [{ key: '', type: logHeader, actual: json }]);
  if (result._tag === 'Right') return result.right;
  throw failureError(firstFailure(result.left), where);
}

/** The format version that the first record of a log claims. Throws a LogError if it is no header at all. */
export function headerVersion(json: unknown, where: Where): number {
  const expected = 'a header line such as {"specialbit":1}';
  if (!isObject(json)) throw new LogError({ ...where, code: 'header-missing', expected, found: describe(json) });
  const { specialbit: claimed, type } = json;
  if (claimed === undefined) {
    const found = typeof type === 'string' ? `an event of type ${describe(type)}` : 'an object without "specialbit"';
    throw new LogError({ ...where, code: 'header-missing', expected, found });
  }
  if (Number.isSafeInteger(claimed) && (claimed as number) >= 1) return claimed as number;
  const details = { path: 'specialbit', expected: `a format version (${FORMAT_VERSION})`, found: describe(claimed) };
  throw new LogError({ ...where, code: 'version-invalid', ...details });
}

/** The JSON of a canonical header. */
export function encodeHeader(header: LogHeader): JsonObject {
  return logHeader.encode(header) as JsonObject;
}
