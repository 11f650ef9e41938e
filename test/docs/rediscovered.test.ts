// SPDX-License-Identifier: GPL-2.0-or-later
/** The table of docs/search.md of what a search finds that people found before: each row is searched for. */
import { readdirSync, readFileSync } from 'node:fs';
import { alphabet, goalNamed, search, searchHeader } from '@specialbit/search';
import { describe, expect, it } from 'vitest';
import { namedLane } from './named-lane.testkit.js';

const text = readFileSync(new URL('../../docs/search.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| S\d\d \|(?:[^|]*\|){8}$/.test(line))
  .map((line) => line.split('|').slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim().replaceAll('`', '')));
const words = (list: string): string[] => list.split(',').map((one) => one.trim());

describe('what was found before', () => {
  it('is in a table, all of the gallery that is not in the other', () => {
    const found = new Set(rows.map(([scenario]) => scenario));
    const not = [...text.matchAll(/^\| (S\d\d(?:, S\d\d)*) \| [^|]* \|$/gm)].flatMap(([, list]) => words(list!));
    const stories = readdirSync(new URL('../../examples/gallery', import.meta.url)).map((name) => name.slice(0, 3));
    expect([...found, ...not].sort()).toEqual([...new Set(stories.map((name) => name.toUpperCase()))].sort());
  });

  it.each(rows)('%s is found again on %s', (_, names, goal, types, given, pages, depth, kind, states) => {
    const frames = words(given!);
    const letters = alphabet({ pages: Number(pages), types: words(types!), frames });
    const lanes = words(names!).map((name) => namedLane(name, searchHeader(frames)));
    const found = search(lanes, letters, goalNamed(goal!), { depth: Number(depth), all: true });
    const kinds = found.findings.filter(({ events }) => events.length === Number(depth)).map((one) => one.kind);
    expect(kinds).toContain(kind);
    expect(found.distinct).toBe(Number(states!.replaceAll(',', '')));
  });
});
