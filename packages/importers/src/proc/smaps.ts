// SPDX-License-Identifier: GPL-2.0-or-later
/** /proc/PID/smaps: a line of maps, then `Name: N kB` lines and `VmFlags: rd mr ..`. */
import type { Problems } from '../problems.js';
import { type MapsEntry, parseMapsLine } from './maps.js';
import { parseVmFlagLetters } from './vm-flag-letters.js';

export interface SmapsEntry extends MapsEntry {
  /** `Rss`, `Pss`, `Anonymous`, … in kB. */
  readonly sizes: Readonly<Record<string, number>>;
  /** The vm_flags that have letters; undefined where the kernel prints none. */
  readonly vm_flags: number | undefined;
  /** Letters of other bits. */
  readonly otherFlags: readonly string[];
}

export const SMAPS_FIELD = /^([A-Z]\w+):\s+(\d+)(?: kB)?$/;
const VM_FLAGS_LINE = /^VmFlags: (.*)$/;

interface Open extends MapsEntry {
  sizes: Record<string, number>;
  vm_flags: number | undefined;
  otherFlags: string[];
}

export function parseSmaps(lines: Iterable<{ text: string; line: number }>, problems: Problems): SmapsEntry[] {
  const entries: SmapsEntry[] = [];
  let open: Open | undefined;
  for (const { text, line } of lines) {
    const size = SMAPS_FIELD.exec(text);
    if (size !== null && open !== undefined) {
      open.sizes[size[1]!] = Number(size[2]);
      problems.read++;
      continue;
    }
    const flags = VM_FLAGS_LINE.exec(text);
    if (flags !== null && open !== undefined) {
      const letters = parseVmFlagLetters(flags[1]!);
      open.vm_flags = letters.flags;
      open.otherFlags = letters.others;
      problems.read++;
      continue;
    }
    const entry = parseMapsLine(text, line);
    if (entry === undefined) {
      if (text !== '') problems.add(line, 'no line of smaps', text);
      continue;
    }
    problems.read++;
    open = { ...entry, sizes: {}, vm_flags: undefined, otherFlags: [] };
    if (entry.name !== '[vsyscall]') entries.push(open);
  }
  return entries;
}
