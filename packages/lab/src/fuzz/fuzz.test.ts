// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, test } from 'vitest';
import { randomScenario } from './generate.js';
import { Random } from './random.js';
import { shrinkScenario } from './shrink.js';
import { wideScenario } from './wide.js';

test('a seed makes the same scenarios, and each begins with a mapping', () => {
  const make = (seed: number): string[][] => {
    const random = new Random(seed);
    return Array.from({ length: 50 }, () => randomScenario(random, 20));
  };
  expect(make(7)).toEqual(make(7));
  expect(make(7)).not.toEqual(make(8));
  for (const lines of make(3)) {
    expect(lines).toHaveLength(20);
    expect(lines[0]).toMatch(/^mmap mm=0 v=\d p=\d n=\d prot=/);
    for (const line of lines) expect(line).toMatch(/^\w+( \w+=[\w;=|:-]+)+$/);
  }
  const names = new Set(
    make(1)
      .flat()
      .map((line) => line.split(' ')[0]),
  );
  expect(names.size).toBeGreaterThan(25);
});

test('the wide ones have neighbours, ranges of no page and beyond a mapping, and every advice', () => {
  const random = new Random(1);
  const lines = Array.from({ length: 400 }, () => wideScenario(random, 24)).flat();
  expect(lines.length).toBe(400 * 24);
  const calls = [/^mmap .* p=[1-9]/, /^mprotect .* n=0 /, /^munmap .* n=\d{4}$/, /^mremap .* du=1$/];
  for (const pattern of [...calls, /frame=A0/, /share=d/]) expect(lines.some((line) => pattern.test(line))).toBe(true);
  const advice = new Set(lines.flatMap((line) => /adv=(\w+)/.exec(line)?.[1] ?? []));
  expect(advice.size).toBe(19);
});

test('shrinking leaves what the difference needs, asking for all of a round at once', async () => {
  const rounds: number[] = [];
  const ask = async (tries: readonly (readonly string[])[]): Promise<boolean[]> => {
    rounds.push(tries.length);
    return tries.map((lines) => lines.includes('b') && lines.includes('g'));
  };
  expect(await shrinkScenario([...'abcdefgh'], ask)).toEqual(['b', 'g']);
  expect(rounds.length).toBeLessThan(9);
});
