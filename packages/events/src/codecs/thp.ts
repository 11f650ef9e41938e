// SPDX-License-Identifier: GPL-2.0-or-later
/** Huge pages and folios of more than one page: settings, shrinkers, splits, and what is written to files. */
import * as t from 'io-ts';
import type { FPunch, FWrite, Shrink, SplitFolio, Tune } from '../types.js';
import { type EventCodecs, events, mm } from './event-codec.js';
import { fail, type Json, type JsonCodec } from './failure.js';
import { place } from './place.js';
import { byte, fileName, isObject, natural, oneOf, pgoff } from './primitives.js';
import { fallback, optional, required } from './record.js';
import { WordsType } from './words.js';

const MODES = ['always', 'madvise', 'never'];
const FLAG = ['0', '1'];
export const SIZES = /^hugepages-(?:[1-9]\d*kB|order[1-9]\d?|pmd)\/(enabled|shmem_enabled)$/;

/** The values that each file takes, null for a number (mm/huge_memory.c, mm/shmem.c, mm/khugepaged.c). */
export const FILES: Readonly<Record<string, readonly string[] | null>> = {
  enabled: MODES,
  defrag: ['always', 'defer', 'defer+madvise', 'madvise', 'never'],
  shmem_enabled: ['always', 'within_size', 'advise', 'never', 'deny', 'force'],
  use_zero_page: FLAG,
  shrink_underused: FLAG,
  'khugepaged/defrag': FLAG,
  'khugepaged/max_ptes_none': null,
  'khugepaged/max_ptes_swap': null,
  'khugepaged/max_ptes_shared': null,
};
export const OF_SIZE: Readonly<Record<string, readonly string[]>> = {
  enabled: [...MODES, 'inherit'],
  shmem_enabled: ['always', 'within_size', 'advise', 'never', 'inherit'],
};

/** Of hugetlb (mm/hugetlb.c), for a size or, without one, for the default size as in /proc/sys/vm; their values are numbers. */
export const POOLS = /^(?:hugepages-(?:[1-9]\d*kB|order[1-9]\d?|pmd|pud)\/)?nr_(?:overcommit_)?hugepages$/;

const isKey = (key: string): boolean => Object.hasOwn(FILES, key) || SIZES.test(key) || POOLS.test(key);
const KEY =
  `a file below /sys/kernel/mm/transparent_hugepage (${Object.keys(FILES).join(', ')}, ` +
  'hugepages-64kB/enabled, hugepages-order4/enabled, hugepages-pmd/shmem_enabled), or a pool of hugetlb ' +
  '(nr_hugepages, nr_overcommit_hugepages, hugepages-2048kB/nr_hugepages, hugepages-pud/nr_hugepages)';
const VALUE = 'what is written to the file';

/** Settings of sizes, for who writes a log: of any other size they are called alike. */
const SIZED = ['hugepages-64kB/enabled', 'hugepages-pmd/enabled', 'hugepages-pmd/shmem_enabled'];
const OF_POOLS = [
  'nr_hugepages',
  'nr_overcommit_hugepages',
  'hugepages-2048kB/nr_hugepages',
  'hugepages-pud/nr_hugepages',
];

/**
 * The words that files of settings take, by the file's name, `*` for the folder of a size; none of one that takes a number.
 * For who writes a log.
 */
export const SETTING_WORDS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(FILES).map(([name, words]) => [name, words ?? []])),
  ...Object.fromEntries(Object.entries(OF_SIZE).map(([name, words]) => [`*/${name}`, words])),
};

/** Names of settings, for who writes a log: of transparent huge pages, and of pools of hugetlb. */
export const SETTING_NAMES = { thp: [...Object.keys(FILES), ...SIZED], hugetlb: OF_POOLS } as const;

/** The name of a setting. */
export const key: JsonCodec<string> = new WordsType<string>(
  KEY,
  (u): u is string => typeof u === 'string' && isKey(u),
  (u, c) => (typeof u === 'string' && isKey(u) ? t.success(u) : fail(u, c, KEY)),
  (value) => value,
  [...SETTING_NAMES.thp, ...SETTING_NAMES.hugetlb],
);

/** What is written: a text, a number, or a boolean for 0 and 1. Whether the file takes it is the kernel's to say. */
export const value: JsonCodec<string> = new t.Type<string, Json, unknown>(
  VALUE,
  (u): u is string => typeof u === 'string',
  (u, c) => {
    const text = asText(u);
    return text === undefined ? fail(u, c, VALUE) : t.success(text);
  },
  (text) => text,
);

function asText(u: unknown): string | undefined {
  if (typeof u === 'string' && u !== '') return u;
  if (typeof u === 'boolean') return u ? '1' : '0';
  return Number.isSafeInteger(u) && (u as number) >= 0 ? String(u) : undefined;
}

const SETTINGS = 'the settings of transparent huge pages: true, "always", or {"enabled":"always"}';

/**
 * `thp` of a header: `true` for those that a kernel boots with, a value of `enabled`, or an object of settings by the names
 * of their files, each with a value that the file takes.
 */
export const thpSettings: JsonCodec<Readonly<Record<string, string>>> = new t.Type<
  Readonly<Record<string, string>>,
  Json,
  unknown
>(
  SETTINGS,
  (u): u is Readonly<Record<string, string>> => isObject(u) && Object.entries(u).every(([k, v]) => takes(k, v)),
  (u, c) => {
    if (u === true) return t.success({});
    const settings: unknown = typeof u === 'string' ? { enabled: u } : u;
    if (!isObject(settings)) return fail(u, c, SETTINGS);
    const out: Record<string, string> = {};
    for (const [name, given] of Object.entries(settings)) {
      const context = t.appendContext(c, name, value, given);
      if (!isKey(name)) return fail(name, context, KEY);
      const text = asText(given);
      if (!takes(name, text)) return fail(given, context, values(name));
      out[name] = text as string;
    }
    return t.success(out);
  },
  (settings) => (Object.keys(settings).length === 0 ? true : { ...settings }),
);

const POOL_SETTINGS = 'the pools of hugetlb: a number of huge pages, or {"nr_hugepages":16}';

/** `hugetlb` of a header: nr_hugepages of the default size, or an object of settings by the names of their files. */
export const hugetlbSettings: JsonCodec<Readonly<Record<string, string>>> = new t.Type<
  Readonly<Record<string, string>>,
  Json,
  unknown
>(
  POOL_SETTINGS,
  (u): u is Readonly<Record<string, string>> =>
    isObject(u) && Object.entries(u).every(([k, v]) => POOLS.test(k) && typeof v === 'string' && /^\d+$/.test(v)),
  (u, c) => {
    const settings: unknown = typeof u === 'number' ? { nr_hugepages: u } : u;
    if (!isObject(settings)) return fail(u, c, POOL_SETTINGS);
    const out: Record<string, string> = {};
    for (const [name, given] of Object.entries(settings)) {
      const context = t.appendContext(c, name, value, given);
      if (!POOLS.test(name)) return fail(name, context, POOL_SETTINGS);
      const text = asText(given);
      if (text === undefined || !/^\d+$/.test(text)) return fail(given, context, 'a number');
      out[name] = text;
    }
    return t.success(out);
  },
  (settings) => Object.fromEntries(Object.entries(settings).map(([name, text]) => [name, Number(text)])),
);

function takes(name: string, text: unknown): boolean {
  if (typeof text !== 'string') return false;
  const known = valuesOf(name);
  return known === null ? /^\d+$/.test(text) : known?.includes(text) === true;
}

function valuesOf(name: string): readonly string[] | null | undefined {
  const size = SIZES.exec(name);
  return size === null ? FILES[name] : OF_SIZE[size[1]!];
}

function values(name: string): string {
  const known = valuesOf(name);
  return known === null || known === undefined ? 'a number' : `one of ${known.map((word) => `"${word}"`).join(', ')}`;
}

export const thpEvents: EventCodecs = new Map([
  ...events<Tune>(['tune'], { key: required(key), value: required(value) }),
  ...events<SplitFolio>(['split_folio'], { mm, at: required(place), order: fallback(natural, 0) }),
  ...events<Shrink>(['shrink'], {
    what: fallback(oneOf('deferred', 'huge_zero'), 'deferred'),
    nr_to_scan: optional(natural),
  }),
  ...events<FWrite>(['fwrite'], {
    file: required(fileName),
    pgoff: fallback(pgoff, 0),
    pages: fallback(natural, 1),
    value: fallback(byte, 1),
  }),
  ...events<FPunch>(['fpunch'], {
    file: required(fileName),
    pgoff: fallback(pgoff, 0),
    pages: required(natural),
  }),
]);
