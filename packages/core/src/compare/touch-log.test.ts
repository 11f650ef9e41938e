// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { F, FRAME_FIELDS } from '../machine/frame-table.js';
import { TouchLog } from './touch-log.js';

const record = (count: number): number[] => {
  const leaf = Array.from({ length: FRAME_FIELDS }, () => 0);
  leaf[F.count] = count;
  return leaf;
};

it.each([3, 8, 9, 40])('knows what stood in %d places before an event', (n) => {
  const log = new TouchLog();
  for (let round = 0; round < 2; round++) {
    log.clear();
    expect([log.ptes, log.frameCount, log.firstOf(1, 0), log.countBefore(0)]).toEqual([0, 0, -1, undefined]);
    for (let again = 0; again < 2; again++) {
      for (let i = 0; i < n; i++) {
        log.entry(i % 2, 0, i, 10 * again + i, -1);
        // the same page, by an entry of another level
        if (i === 3) log.entry(i % 2, 1, i, 10 * again + 77, -1);
        log.frame(i, record(100 * again + i), 0);
      }
    }
    expect(log.frameCount).toBe(n);
    expect(log.frames.slice(0, log.frameCount)).toEqual(Array.from({ length: n }, (_, i) => i));
    for (let i = 0; i < n; i++) {
      expect(log.lo[log.firstOf(i % 2, i)]).toBe(i);
      expect(log.firstOf((i + 1) % 2, i)).toBe(-1);
      expect(log.countBefore(i)).toBe(i);
    }
    expect(log.lo[log.firstOf(1, 3, 1)]).toBe(n > 3 ? 77 : undefined);
  }
});
