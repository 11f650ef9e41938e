// SPDX-License-Identifier: GPL-2.0-or-later
/** The table of docs/search.md of what a search finds that people found before: each row is searched for. */
import { readFileSync } from 'node:fs';
import { alphabet, goalNamed, SEARCH_FILES, search } from '@specialbit/search';
import { describe, expect, it } from 'vitest';
import { namedLane } from './named-lane.testkit.js';

const HEADER = { specialbit: 1, files: SEARCH_FILES } as const;

const text = readFileSync(new URL('../../docs/search.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| S\d\d \|/.test(line))
  .map((line) => line.split('|').slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim().replaceAll('`', '')));
const words = (list: string): string[] => list.split(',').map((one) => one.trim());

describe('what was found before', () => {
  it('is in a table', () => {
    expect(rows.map(([scenario]) => scenario)).toEqual(['S01', 'S11', 'S12', 'S13', 'S14', 'S17', 'S26']);
  });

  it.each(rows)('%s is found again on %s', (_, names, goal, types, frames, depth, kind, states) => {
    const letters = alphabet({ pages: 1, types: words(types!), frames: words(frames!) });
    const lanes = words(names!).map((name) => namedLane(name, HEADER));
    const found = search(lanes, letters, goalNamed(goal!), { depth: Number(depth), all: true });
    const kinds = found.findings.filter(({ events }) => events.length === Number(depth)).map((one) => one.kind);
    expect(kinds).toContain(kind);
    expect(found.distinct).toBe(Number(states!.replaceAll(',', '')));
  });
});
