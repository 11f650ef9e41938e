// SPDX-License-Identifier: GPL-2.0-or-later
/** /proc/PID/maps: `start-end perms offset dev inode  path`. */
import type { Problems } from '../problems.js';
import { unquoted } from '../strace/leader.js';
import type { MapsEntry } from './maps-entry.js';
import { parseToolLine, TOOL_HEADING } from './tool-maps.js';

export const MAPS_LINE = /^([0-9a-f]+)-([0-9a-f]+) ([r-][w-][x-][ps]) ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+)\s*(.*)$/;

/** One line; undefined if it is none of maps. */
export function parseMapsLine(text: string, line: number): MapsEntry | undefined {
  const match = MAPS_LINE.exec(unquoted(text).trimStart());
  if (match === null) return parseToolLine(text, line);
  const [start, end, offset] = [match[1], match[2], match[4]].map((digits) => Number.parseInt(digits!, 16));
  if (end! <= start!) return undefined;
  return {
    line,
    start: start!,
    end: end!,
    perms: match[3]!,
    offset: offset!,
    dev: match[5]!,
    inode: Number(match[6]),
    name: match[7]!.replace(/\\012/g, '\n'),
  };
}

/** The VMAs of a maps file. The vsyscall page, which is no VMA of the process, is left out. */
export function parseMaps(lines: Iterable<{ text: string; line: number }>, problems: Problems): MapsEntry[] {
  const entries: MapsEntry[] = [];
  for (const { text, line } of lines) {
    if (text.trim() === '' || TOOL_HEADING.test(text)) {
      problems.skipped++;
      continue;
    }
    const entry = parseMapsLine(text, line);
    if (entry === undefined) {
      problems.add(line, 'no line of maps', text);
    } else if (entry.name === '[vsyscall]') {
      problems.skipped++;
    } else {
      problems.read++;
      entries.push(entry);
    }
  }
  return entries;
}
