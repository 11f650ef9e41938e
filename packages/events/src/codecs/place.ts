// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import type { FrameRef, Place } from '../types.js';
import { fail, type Json, type JsonCodec } from './failure.js';
import { formatHex, isFrameRefLabel, isLabel, parseNatural } from './primitives.js';

/** The smallest page of any architecture: an address that is no multiple of it lies in no page's first byte. */
const SMALLEST_PAGE = 4096;

const PLACE = 'a page: "ring[2]", "ring" or a page-aligned address "0x20001000"';
const CALL_PLACE = 'a page of the new mapping: "[2]"';

/** `"ring[2]"` and `"ring"` as label and page; a text without label has label `''`. */
function parseLabelled(text: string): Place | undefined {
  const bracket = text.indexOf('[');
  if (bracket < 0) return isLabel(text) ? { label: text, page: 0 } : undefined;
  if (!text.endsWith(']')) return undefined;
  const label = text.slice(0, bracket);
  if (label !== '' && !isLabel(label)) return undefined;
  const digits = text.slice(bracket + 1, -1);
  const page = /^\d+$/.test(digits) ? Number(digits) : parseNatural(digits);
  return page !== undefined && Number.isSafeInteger(page) ? { label, page } : undefined;
}

function parsePlace(u: unknown): Place | undefined {
  const addr = parseNatural(u);
  if (addr !== undefined) return addr % SMALLEST_PAGE === 0 ? { addr } : undefined;
  return typeof u === 'string' ? parseLabelled(u) : undefined;
}

function isPlace(u: unknown): u is Place {
  if (typeof u !== 'object' || u === null) return false;
  if ('addr' in u) return Number.isSafeInteger(u.addr);
  return 'label' in u && typeof u.label === 'string' && 'page' in u && Number.isSafeInteger(u.page);
}

/** A place as it is in canonical form: what `JSON.stringify()` of a decoded event writes. */
function canonicalPlace(u: unknown): Place | undefined {
  if (!isPlace(u) || Object.keys(u).length !== ('addr' in u ? 1 : 2)) return undefined;
  if ('addr' in u) return u.addr >= 0 && u.addr % SMALLEST_PAGE === 0 ? { addr: u.addr } : undefined;
  return u.page >= 0 && (u.label === '' || isLabel(u.label)) ? { label: u.label, page: u.page } : undefined;
}

/** `"ring[2]"`, or `"0x20001000"`. */
export function formatPlace(place: Place): string {
  return 'addr' in place ? formatHex(place.addr) : `${place.label}[${place.page}]`;
}

/** Texts whose values are remembered; when there are more, remembering begins anew. */
const REMEMBERED = 1 << 16;

/** Places and frames come over and over: one text decodes to one value, which events share. */
function remembering<A>(parse: (text: string) => A | undefined): (text: string) => t.Validation<A> | undefined {
  const known = new Map<string, t.Validation<A>>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = parse(text);
    if (value === undefined) return undefined;
    if (known.size >= REMEMBERED) known.clear();
    const result = t.success(value);
    known.set(text, result);
    return result;
  };
}

const textPlace = remembering((text) => {
  const value = parsePlace(text);
  return value !== undefined && !('label' in value && value.label === '') ? value : undefined;
});

/** One with a label: without, it is a page of a mapping that is being made. */
function namedPlace(u: unknown): Place | undefined {
  const value = canonicalPlace(u);
  return value !== undefined && 'label' in value && value.label === '' ? undefined : value;
}

/** A page of a process. */
export const place: JsonCodec<Place> = new t.Type<Place, Json, unknown>(
  PLACE,
  isPlace,
  (u, c) => {
    if (typeof u === 'string') return textPlace(u) ?? fail(u, c, PLACE);
    const value = parsePlace(u) ?? namedPlace(u);
    return value === undefined ? fail(u, c, PLACE) : t.success(value);
  },
  formatPlace,
);

/** A page of the mapping that is being made: `"[2]"`. With a label, `mmap` checks that it is its own. */
export const callPlace: JsonCodec<Place> = new t.Type<Place, Json, unknown>(
  CALL_PLACE,
  isPlace,
  (u, c) => {
    const value = typeof u === 'string' ? parseLabelled(u) : canonicalPlace(u);
    return value === undefined ? fail(u, c, CALL_PLACE) : t.success(value);
  },
  formatPlace,
);

const FRAME = 'a frame: a label ("P3") or a pfn ("0x260")';

function isFrameRef(u: unknown): u is FrameRef {
  if (typeof u !== 'object' || u === null) return false;
  return ('label' in u && typeof u.label === 'string') || ('pfn' in u && Number.isSafeInteger(u.pfn));
}

const frameLabel = remembering((text): FrameRef | undefined => (isFrameRefLabel(text) ? { label: text } : undefined));

/** A page frame by label or number. */
export const frame: JsonCodec<FrameRef> = new t.Type<FrameRef, Json, unknown>(
  FRAME,
  isFrameRef,
  (u, c) => {
    const labelled = typeof u === 'string' ? frameLabel(u) : undefined;
    if (labelled !== undefined) return labelled;
    const number = parseNatural(u);
    if (number === undefined && isFrameRef(u) && Object.keys(u).length === 1) {
      if ('pfn' in u) return u.pfn >= 0 ? t.success({ pfn: u.pfn }) : fail(u, c, FRAME);
      return isFrameRefLabel(u.label) ? t.success({ label: u.label }) : fail(u, c, FRAME);
    }
    return number === undefined ? fail(u, c, FRAME) : t.success({ pfn: number });
  },
  (ref) => ('label' in ref ? ref.label : formatHex(ref.pfn)),
);
