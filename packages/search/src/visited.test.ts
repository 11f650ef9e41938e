// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { together, Visited } from './visited.js';

it('knows what it met, whatever the numbers, and for how many events', () => {
  const visited = new Visited();
  const model = new Map<number, number>();
  let seed = 7;
  const random = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed;
  };
  for (let i = 0; i < 60_000; i++) {
    // some of them next to each other, some far apart, and all again and again
    const key = i % 3 === 0 ? random() % 5000 : (random() % 2 ** 21) * 2 ** 32 + (random() % 7000);
    const left = random() % 9;
    const before = model.get(key) ?? -1;
    expect(visited.enter(key, left)).toBe(left > before);
    model.set(key, Math.max(before, left));
  }
  expect(visited.size).toBe(model.size);
});

it('lanes make one number of theirs, which depends on the order', () => {
  const [a, b] = [2 ** 52 + 17, 4711];
  expect(together([a, b])).not.toBe(together([b, a]));
  expect(together([a])).not.toBe(together([a, a]));
  for (const key of [together([a, b]), together([0]), together([])]) {
    expect(Number.isSafeInteger(key) && key >= 0).toBe(true);
  }
});
