// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit kernel facts`. */
import { MECHANISMS, PARTS } from '@specialbit/core';
import { describe, expect, it } from 'vitest';
import { specialbit } from './specialbit.testkit.js';

describe('specialbit kernel facts', () => {
  it('lists every event and every part', async () => {
    const { code, out } = await specialbit(['kernel', 'facts']);
    expect(code).toBe(0);
    for (const name of [...Object.keys(MECHANISMS), ...Object.keys(PARTS)]) expect(out).toContain(`\n${name} `);
  });

  it('--json gives all of it to a program', async () => {
    const { out } = await specialbit(['kernel', 'facts', '--json']);
    const all = JSON.parse(out) as { name: string; kind: string; function: string; file: string; omits: string[] }[];
    expect(all.map(({ name }) => name)).toEqual([...Object.keys(MECHANISMS), ...Object.keys(PARTS)]);
    expect(all.find(({ name }) => name === 'fork')).toMatchObject({ function: 'dup_mmap', file: 'mm/mmap.c' });
    const one = JSON.parse((await specialbit(['kernel', 'facts', 'zap_vma_ptes', '--json'])).out) as [
      { kind: string; parts: { name: string; omits: string[] }[] },
    ];
    expect(one[0].kind).toBe('event');
    expect(one[0].parts.find(({ name }) => name === 'unmap_page_range')?.omits[0]).toMatch(
      /^migration, device private/,
    );
  });

  it('have the names of the kernel that is asked for', async () => {
    const first = async (...args: string[]): Promise<string> =>
      (await specialbit(['kernel', 'facts', ...args])).out.split('\n')[0]!;
    expect(await first('fork')).toBe('fork: dup_mmap(), mm/mmap.c');
    expect(await first('fork', '--kernel', '6.12')).toBe('fork: dup_mmap(), kernel/fork.c');
    expect(await first('zap_vma_ptes', '--kernel', '7.1')).toBe('zap_vma_ptes: zap_special_vma_range(), mm/memory.c');
    expect(await first('mseal', '--kernel', '6.1')).toBe('mseal, which comes with 6.10');
  });

  it('knows no name that is none, and which one was meant', async () => {
    const { code, out, err } = await specialbit(['kernel', 'facts', 'munmp']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('no event, part or kernel function of the model is called munmp (did you mean "munmap"?)');
  });
});
