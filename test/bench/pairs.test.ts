// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { median, quantile, ratioOfPairs } from './pairs.js';

describe('quantile', () => {
  it('is a value, or lies between two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([10, 20, 30, 40], 0.25)).toBe(17.5);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([5, 6], 0)).toBe(5);
    expect(quantile([5, 6], 1)).toBe(6);
  });

  it('leaves the values in their order, and wants some', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('the ratio of pairs', () => {
  it('is the same when the machine is slower, whenever that is', () => {
    const quiet = Array.from({ length: 15 }, () => 3);
    const slower = quiet.map((_, i) => (i < 4 ? 1 : i < 11 ? 2.5 : 7));
    const values = quiet.map((value, i) => value * slower[i]!);
    expect(ratioOfPairs(values, slower)).toEqual({ median: 3, spread: 0 });
  });

  it('is not what the medians of both sides give when they were disturbed at different times', () => {
    const references = [1, 1, 1, 4, 4];
    const values = [3, 3, 12, 12, 12];
    expect(median(values) / median(references)).toBe(12);
    expect(ratioOfPairs(values, references).median).toBe(3);
  });

  it('is not moved by few disturbed slices', () => {
    const references = Array.from({ length: 15 }, () => 2);
    const values = references.map((_, i) => (i % 5 === 0 ? 100 : 6));
    expect(ratioOfPairs(values, references).median).toBe(3);
    expect(ratioOfPairs(values, references).spread).toBe(0);
  });

  it('is spread as far as its middle half', () => {
    const { median: middle, spread } = ratioOfPairs([8, 9, 10, 11, 12], [1, 1, 1, 1, 1]);
    expect(middle).toBe(10);
    expect(spread).toBeCloseTo(0.2, 12);
    // twice the same ratios: spread is relative
    expect(ratioOfPairs([16, 18, 20, 22, 24], [1, 1, 1, 1, 1]).spread).toBeCloseTo(0.2, 12);
  });

  it('wants as many values as references', () => {
    expect(() => ratioOfPairs([1, 2], [1])).toThrow('2 values for 1 references');
    expect(() => ratioOfPairs([], [])).toThrow(RangeError);
  });
});
