// SPDX-License-Identifier: GPL-2.0-or-later
/** Checks of what a transcript's records consist of, so that a damaged one is said to be and never played. */
import { CONFIG_NAMES, isConfigName } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import type { BeginRecord, StepRecord, TranscriptHeader } from './format.js';

/** Says where in a record something else stands than was expected. */
export type Fail = (path: string, expected: string, found: unknown) => never;

type Plain = Readonly<Record<string, unknown>>;

/** A script's numbers are small; anything beyond would be no laboratory's. */
const MAX_ARGUMENT = 0x1_0000_0000;
/** Pages that a range may have, and slots and pages that an address may be away. */
const MAX_PAGES = 0x10000;
/** Enough for every page that a scenario can allocate. */
const MIN_RAM_PAGES = 4096;
const MAX_PFN = 2 ** 44;

const HEX = /^[0-9a-f]{1,16}$/;
const FRAME_LABEL = /^([PRDHCNG]\d{1,2}|Z\d{0,2})$/;

export function checkHeader(record: Plain, fail: Fail): TranscriptHeader {
  string(record, 'arch', fail);
  const { page_size: size, const: constants } = record;
  if (typeof size !== 'number' || size < 256 || size > 2 ** 20 || !Number.isInteger(Math.log2(size))) {
    fail('page_size', 'a power of two, bytes', size);
  }
  checkMachine(record, size as number, fail);
  for (const key of ['ram', 'highest_memmap_pfn', 'zero_pfn', 'frames']) {
    if (record[key] === undefined) fail(key, 'the machine of the scenarios', undefined);
  }
  integer(record, 'zero_pages', 1, 1024, fail);
  if (!isPlain(constants)) fail('const', 'an object', constants);
  if (record.harness !== undefined) integer(record, 'harness', 1, 2, fail);
  checkConfig(record.config, fail);
  return record as unknown as TranscriptHeader;
}

/** What the model is not asked about cannot be told from what it does not know. */
function checkConfig(config: unknown, fail: Fail): void {
  if (config === undefined) return;
  if (!Array.isArray(config)) fail('config', 'a list of Kconfig symbols', config);
  for (const [i, symbol] of config.entries()) {
    if (typeof symbol !== 'string' || !isConfigName(symbol)) fail(`config[${i}]`, CONFIG_NAMES.join(' or '), symbol);
  }
}

/** The header's page size and special bit must be those of the architecture that it names. */
export function checkArchitecture(header: TranscriptHeader, arch: Architecture, fail: Fail): void {
  if (header.page_size !== arch.page.size) fail('page_size', `${arch.page.size} (${arch.name})`, header.page_size);
  const special = arch.special.pte ? 1 : 0;
  if (header.has_pte_special !== special) fail('has_pte_special', `${special} (${arch.name})`, header.has_pte_special);
}

export function checkBegin(record: Plain, header: TranscriptHeader, fail: Fail): BeginRecord {
  string(record, 'begin', fail);
  const { index } = record;
  if (index !== undefined) integer(record, 'index', 0, Number.MAX_SAFE_INTEGER, fail);
  checkMachine(record, header.page_size, fail);
  return record as unknown as BeginRecord;
}

function checkMachine(record: Plain, pageSize: number, fail: Fail): void {
  const { ram, frames } = record;
  for (const key of ['highest_memmap_pfn', 'zero_pfn']) {
    if (record[key] !== undefined) pfn(record[key], key, fail);
  }
  if (ram !== undefined) {
    if (!Array.isArray(ram)) fail('ram', 'pieces [start, end] of physical memory', ram);
    let pages = 0;
    for (const [i, piece] of ram.entries()) {
      if (!Array.isArray(piece) || piece.length !== 2 || !isHex(piece[0]) || !isHex(piece[1])) {
        fail(`ram[${i}]`, 'two hexadecimal addresses', piece);
      }
      const [start, end] = [Number.parseInt(piece[0], 16), Number.parseInt(piece[1], 16)];
      if (end <= start || end / pageSize > MAX_PFN) fail(`ram[${i}]`, 'an end above the start', piece);
      pages += (end - start) / pageSize;
    }
    if (pages < MIN_RAM_PAGES) fail('ram', `${MIN_RAM_PAGES} pages or more`, ram);
  }
  if (frames !== undefined) {
    if (!isPlain(frames)) fail('frames', 'an object from labels to pfns', frames);
    for (const [label, value] of Object.entries(frames)) {
      if (!FRAME_LABEL.test(label)) fail(`frames.${label}`, 'a label P0.., R0.., D0.., H0.. or Z', label);
      pfn(value, `frames.${label}`, fail);
    }
  }
}

/** What a step asks: everything else in its record is an answer. */
export function checkAsked(record: Plain, fail: Fail): void {
  string(record, 'scenario', fail);
  integer(record, 'seq', 0, Number.MAX_SAFE_INTEGER, fail);
  const { op, oops } = record;
  if (op === undefined && Array.isArray(oops)) return;
  integer(record, 'mm', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, fail);
  if (!isPlain(op)) fail('op', 'an operation {"name": ...}', op);
  const { name } = op;
  if (typeof name !== 'string') fail('op.name', 'the name of an operation', name);
  for (const [key, value] of Object.entries(op)) {
    if (typeof value === 'string') continue;
    if (typeof value !== 'number') fail(`op.${key}`, 'a number or a text', value);
    const limit = PAGES.has(key) ? MAX_PAGES : MAX_ARGUMENT;
    if (!Number.isInteger(value) || Math.abs(value as number) > limit) {
      fail(`op.${key}`, `a whole number of at most ${limit}`, value);
    }
  }
}

/** Arguments that count pages or slots. */
const PAGES: ReadonlySet<string> = new Set(['v', 'p', 'n', 'newn', 'to', 'top']);

/** The parts of a step's answer that are looked into. */
export function checkAnswer(record: Plain, fail: Fail): StepRecord {
  const { dump, alloc } = record;
  if (alloc !== undefined) {
    if (!isPlain(alloc)) fail('alloc', 'an object from labels to pfns', alloc);
    for (const [label, value] of Object.entries(alloc)) {
      if (!/^[AF]\d{1,6}$/.test(label)) fail(`alloc.${label}`, 'a label A0.. or F0..', label);
      pfn(value, `alloc.${label}`, fail);
    }
  }
  if (dump === undefined) return record as unknown as StepRecord;
  if (!isPlain(dump)) fail('dump', 'an object', dump);
  const { mms, frames } = dump;
  list(mms, 'dump.mms', fail, ({ rss, vmas }, at) => {
    if (!Array.isArray(rss)) fail(`${at}.rss`, 'a list', rss);
    list(vmas, `${at}.vmas`, fail, ({ start, pt, pmds }, place) => {
      if (!isHex(start)) fail(`${place}.start`, 'a hexadecimal address', start);
      if (!Array.isArray(pt)) fail(`${place}.pt`, 'a list', pt);
      for (const [i, entry] of pt.entries()) {
        if (!Array.isArray(entry) || entry.length < 5 || !Number.isInteger(entry[0])) {
          fail(`${place}.pt[${i}]`, 'an entry [index, raw, ...]', entry);
        }
        // arm's hardware word, or in records of huge pages how many entries are like this one
        const [, raw, , , , , last] = entry as readonly unknown[];
        if (!isHex(raw)) fail(`${place}.pt[${i}][1]`, 'a hexadecimal entry', raw);
        const run = Number.isSafeInteger(last) && (last as number) > 0 && (last as number) <= MAX_PAGES;
        if (last !== undefined && !run && !isHex(last))
          fail(`${place}.pt[${i}][6]`, 'a hexadecimal entry or a number of entries', last);
      }
      checkPmds(pmds, `${place}.pmds`, fail);
    });
  });
  if (!isPlain(frames)) fail('dump.frames', 'an object from labels to frames', frames);
  for (const [label, frame] of Object.entries(frames)) {
    if (!Array.isArray(frame)) fail(`dump.frames.${label}`, 'a frame [count, mapcount, flags]', frame);
  }
  return record as unknown as StepRecord;
}

function checkPmds(pmds: unknown, at: string, fail: Fail): void {
  if (pmds === undefined) return;
  if (!Array.isArray(pmds)) fail(at, 'a list', pmds);
  for (const [i, entry] of pmds.entries()) {
    if (!Array.isArray(entry) || ![3, 6, 7].includes(entry.length) || !Number.isInteger(entry[0])) {
      fail(`${at}[${i}]`, 'an entry [index, raw, bits, pfn, label, normal]', entry);
    }
  }
}

function list(value: unknown, at: string, fail: Fail, visit: (item: Plain, at: string) => void): void {
  if (!Array.isArray(value)) fail(at, 'a list', value);
  for (const [i, item] of value.entries()) {
    if (!isPlain(item)) fail(`${at}[${i}]`, 'an object', item);
    visit(item as Plain, `${at}[${i}]`);
  }
}

function string(record: Plain, key: string, fail: Fail): void {
  if (typeof record[key] !== 'string') fail(key, 'a text', record[key]);
}

function integer(record: Plain, key: string, min: number, max: number, fail: Fail): void {
  const value = record[key];
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    fail(key, 'a whole number', value);
}

function pfn(value: unknown, at: string, fail: Fail): void {
  if (!isHex(value) || Number.parseInt(value, 16) > MAX_PFN) fail(at, 'a hexadecimal pfn', value);
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && HEX.test(value);
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
