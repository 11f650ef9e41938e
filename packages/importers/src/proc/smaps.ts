// SPDX-License-Identifier: GPL-2.0-or-later
/** /proc/PID/smaps: a line of maps, then `Name: N kB` lines and `VmFlags: rd mr ..`. */
import type { Problems } from '../problems.js';
import { unquoted } from '../strace/leader.js';
import { parseMapsLine } from './maps.js';
import type { MapsEntry } from './maps-entry.js';
import { parseVmFlagLetters } from './vm-flag-letters.js';

export interface SmapsEntry extends MapsEntry {
  /** `Rss`, `Pss`, `Anonymous`, … in kB. */
  readonly sizes: Readonly<Record<string, number>>;
  /** The vm_flags that have letters; undefined where the kernel prints none. */
  readonly vm_flags: number | undefined;
  /** Letters of other bits. */
  readonly otherFlags: readonly string[];
  /** All letters of the VmFlags line. */
  readonly letters: readonly string[];
}

export const SMAPS_FIELD = /^([A-Z]\w+):\s+(\d+)(?: kB)?$/;
const VM_FLAGS_LINE = /^VmFlags: (.*)$/;

interface Open extends MapsEntry {
  sizes: Record<string, number>;
  vm_flags: number | undefined;
  otherFlags: string[];
  letters: string[];
}

export function parseSmaps(lines: Iterable<{ text: string; line: number }>, problems: Problems): SmapsEntry[] {
  const entries: SmapsEntry[] = [];
  let open: Open | undefined;
  for (const { text, line } of lines) {
    const own = unquoted(text);
    const size = SMAPS_FIELD.exec(own);
    if (size !== null && open !== undefined) {
      open.sizes[size[1]!] = Number(size[2]);
      problems.read++;
      continue;
    }
    const flags = VM_FLAGS_LINE.exec(own);
    if (flags !== null && open !== undefined) {
      const letters = parseVmFlagLetters(flags[1]!);
      open.vm_flags = letters.flags;
      open.otherFlags = letters.others;
      open.letters = flags[1]!.trim().split(/\s+/);
      problems.read++;
      continue;
    }
    const entry = parseMapsLine(text, line);
    if (entry === undefined) {
      if (own.trim() === '') problems.skipped++;
      else problems.add(line, 'no line of smaps', text);
      continue;
    }
    problems.read++;
    open = { ...entry, sizes: {}, vm_flags: undefined, otherFlags: [], letters: [] };
    if (entry.name !== '[vsyscall]') entries.push(open);
  }
  return entries;
}
