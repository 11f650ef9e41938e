// SPDX-License-Identifier: GPL-2.0-or-later
/** The table of docs/search.md of what a search finds that people found before: each row is searched for. */
import { readFileSync } from 'node:fs';
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as x86 } from '@specialbit/arch-x86';
import { findProfile, laneOf, type NamedLane } from '@specialbit/core';
import { alphabet, goalNamed, SEARCH_FILES, search } from '@specialbit/search';
import { describe, expect, it } from 'vitest';

const architectures = [...x86, ...nospecial];
const lane = (name: string): NamedLane => {
  const [of, kernel = '7.3'] = name.split('@');
  const arch = architectures.find((one) => one.name === of)!;
  return { name, options: laneOf({ specialbit: 1, files: SEARCH_FILES }, arch, findProfile(kernel)) };
};

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
    const found = search(words(names!).map(lane), letters, goalNamed(goal!), { depth: Number(depth), all: true });
    const kinds = found.findings.filter(({ events }) => events.length === Number(depth)).map((one) => one.kind);
    expect(kinds).toContain(kind);
    expect(found.distinct).toBe(Number(states!.replaceAll(',', '')));
  });
});
