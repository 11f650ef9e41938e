// SPDX-License-Identifier: GPL-2.0-or-later
/** The mappings of a process as debuggers and pmap list them, where that is as much as maps itself says. */
import type { MapsEntry } from './maps-entry.js';

interface Form {
  readonly name: string;
  readonly pattern: RegExp;
  readonly entry: (match: RegExpExecArray) => Omit<MapsEntry, 'line'> | undefined;
}

const hex = (digits: string | undefined): number => Number.parseInt(digits ?? '0', 16);
/** Debuggers print no `p` or `s` in old versions. */
const perms = (text: string): string => (text.length === 4 ? text.replace(/[^rwxsp]/g, '-') : `${text}p`);
const none = { dev: '00:00', inode: 0 };

/** Behind the columns of pmap -X a path, a name in brackets, or nothing. */
const MAPPING = /\s(\/.*|\[.*\]|anon_inode:.*|socket:.*)$/;

export const FORMS: readonly Form[] = [
  {
    // gdb, info proc mappings: start, end, size, offset, perms (since gdb 12), file
    name: 'info proc mappings',
    pattern: /^\s*0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s+([r-][w-][x-][ps])(?:\s+(\S.*?))?\s*$/,
    entry: (m) => ({
      ...none,
      start: hex(m[1]),
      end: hex(m[2]),
      offset: hex(m[3]),
      perms: perms(m[4]!),
      name: m[5] ?? '',
    }),
  },
  {
    // pwndbg, vmmap: start, end, perms, size, offset, file
    name: 'vmmap of pwndbg',
    pattern:
      /^[\s►]*0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+([r-][w-][x-][ps-]?)\s+([0-9a-f]+)\s+([0-9a-f]+)(?:\s+(\S.*?))?\s*$/,
    entry: (m) => ({
      ...none,
      start: hex(m[1]),
      end: hex(m[2]),
      perms: perms(m[3]!),
      offset: hex(m[5]),
      name: nameOf(m[6]),
    }),
  },
  {
    // gef, vmmap: start, end, offset, perms, file
    name: 'vmmap of gef',
    pattern: /^\s*0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+([r-][w-][x-])(?:\s+(\S.*?))?\s*$/,
    entry: (m) => ({
      ...none,
      start: hex(m[1]),
      end: hex(m[2]),
      offset: hex(m[3]),
      perms: perms(m[4]!),
      name: nameOf(m[5]),
    }),
  },
  {
    // pmap -X, -XX: address, perms, offset, device, inode, size in kB, ..., mapping
    name: 'pmap -X',
    pattern: /^\s*([0-9a-f]{8,16}) ([r-][w-][x-][ps-]) ([0-9a-f]+)\s+([0-9a-f]+:[0-9a-f]+)\s+(\d+)\s+(\d+)\s.*$/,
    entry: (m) => ({
      start: hex(m[1]),
      end: hex(m[1]) + Number(m[6]) * 1024,
      perms: m[2]!.replace(/-$/, 'p'),
      offset: hex(m[3]),
      dev: m[4]!,
      inode: Number(m[5]),
      name: MAPPING.exec(m[0])?.[1]?.trimEnd() ?? '',
    }),
  },
];

/** pwndbg calls anonymous memory by made-up names. */
const nameOf = (name: string | undefined): string =>
  name === undefined || /^\[anon_[0-9a-f]+\]$/.test(name) ? '' : name;

/** One line; undefined if it is none of these. */
export function parseToolLine(text: string, line: number): MapsEntry | undefined {
  if (!text.includes('0x') && !/^\s*[0-9a-f]{8,16} [r-][w-][x-]/.test(text)) return undefined;
  for (const { pattern, entry } of FORMS) {
    const match = pattern.exec(text);
    const found = match === null ? undefined : entry(match);
    if (found !== undefined && found.end > found.start) return { line, ...found };
  }
  return undefined;
}

/** Headings around such lists. */
export const TOOL_HEADING =
  /^\s*(?:process \d+|Mapped address spaces:|Start Addr\s|LEGEND:|\[ Legend:|Start\s+End\s+|Address\s+Perm\s+Offset|\d+:\s+\S|=+(?: =+)*\s|\s*\d+(?:\s+\d+)+\s+KB\s*$|(?:gdb|pwndbg|gef)[^ ]*>?\s)/;
