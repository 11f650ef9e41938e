// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The kernel's report `BUG: Bad page map in process COMM  pte:... pmd:...` with the lines that follow
 * (mm/memory.c: print_bad_pte), out of a kernel log with or without time stamps.
 */

import type { Line } from '../lines.js';
import type { Problems } from '../problems.js';

export interface BadPageMap {
  readonly line: number;
  readonly comm: string;
  /** Raw entries in hexadecimal. */
  readonly pte: string;
  readonly pmd: string;
  /** `page: refcount:1 mapcount:-1 mapping:.. index:0x0 pfn:0x1234`, where the pfn has a struct page. */
  readonly page?: {
    readonly refcount: number;
    readonly mapcount: number;
    readonly pfn: number;
    readonly index: number;
  };
  /** Bytes. */
  readonly addr?: number;
  readonly vm_flags?: number;
  readonly anon_vma?: boolean;
  readonly mapping?: boolean;
  readonly index?: number;
  readonly file?: string;
  /** Names of the handlers; `0x0` and (null) are left out. */
  readonly handlers: Readonly<Record<string, string>>;
}

const STAMP = /^(?:<\d+>)?(?:\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])?\s*)?/;
export const BAD_PAGE_MAP = /BUG: Bad page map in process (.+?)\s+pte:([0-9a-f]+) pmd:([0-9a-f]+)/;
const PAGE = /^page:.*?refcount:(-?\d+) mapcount:(-?\d+) .*?index:(?:0x)?([0-9a-f]+)(?: pfn:(?:0x)?([0-9a-f]+))?/;
const ADDR = /^addr:([0-9a-f]+) vm_flags:([0-9a-f]+) anon_vma:(\S+) mapping:(\S+) index:([0-9a-f]+)/;
const FILE = /^file:(\S+)\s+(.*)$/;

export function parseBadPageMaps(lines: Iterable<Line>, problems: Problems): BadPageMap[] {
  const found: BadPageMap[] = [];
  let open: { -readonly [K in keyof BadPageMap]: BadPageMap[K] } | undefined;
  for (const { text, line } of lines) {
    const message = text.replace(STAMP, '');
    const start = BAD_PAGE_MAP.exec(message);
    if (start !== null) {
      open = { line, comm: start[1]!, pte: start[2]!, pmd: start[3]!, handlers: {} };
      found.push(open);
      problems.read++;
      continue;
    }
    if (open === undefined || !continues(open, message)) problems.skipped++;
    else problems.read++;
  }
  return found;
}

/** Takes what a line of the report says; false when it is none. */
function continues(open: { -readonly [K in keyof BadPageMap]: BadPageMap[K] }, message: string): boolean {
  const page = PAGE.exec(message);
  if (page !== null) {
    open.page = {
      refcount: Number(page[1]),
      mapcount: Number(page[2]),
      index: Number.parseInt(page[3]!, 16),
      pfn: page[4] === undefined ? -1 : Number.parseInt(page[4], 16),
    };
    return true;
  }
  const addr = ADDR.exec(message);
  if (addr !== null) {
    open.addr = Number.parseInt(addr[1]!, 16);
    open.vm_flags = Number(BigInt(`0x${addr[2]}`) & 0xffffffffn);
    open.anon_vma = !/^(0+|\(null\))$/.test(addr[3]!);
    open.mapping = !/^(0+|\(null\))$/.test(addr[4]!);
    open.index = Number.parseInt(addr[5]!, 16);
    return true;
  }
  const file = FILE.exec(message);
  if (file === null) return false;
  if (file[1] !== '(null)') open.file = file[1]!;
  const handlers: Record<string, string> = {};
  for (const [, key, value] of file[2]!.matchAll(/(\w+):(\S+)/g)) {
    if (value !== '0x0' && value !== '(null)') handlers[key!] = value!;
  }
  open.handlers = handlers;
  return true;
}
