// SPDX-License-Identifier: GPL-2.0-or-later
import { MECHANISMS, PARTS } from '@specialbit/core';
import { describe, expect, it } from 'vitest';
import { MAIL_WIDTH } from '../text/table.js';
import { factsLines, factsTable } from './facts-text.js';
import { factsNamed, kernelFacts, partsOf } from './kernel-facts.js';

const plain = (text: string): string => text;
const color = { bold: plain, dim: plain, inverse: plain, red: plain, green: plain, yellow: plain, cyan: plain };

describe('kernel facts', () => {
  it('are of every event and every part', () => {
    const names = kernelFacts().map(({ name }) => name);
    expect(names).toEqual([...Object.keys(MECHANISMS), ...Object.keys(PARTS)]);
    const table = factsTable({ color });
    for (const name of names) expect(table.some((line) => line.startsWith(`${name} `))).toBe(true);
  });

  it('are found by event, by part, and by kernel function', () => {
    expect(factsNamed('munmap').map(({ function: f }) => f)).toEqual(['__vm_munmap']);
    expect(factsNamed('unmap_page_range').map(({ kind }) => kind)).toEqual(['part']);
    expect(factsNamed('dup_mmap').map(({ name }) => name)).toEqual(['fork']);
    expect(factsNamed('do_wp_pag')).toEqual([]);
  });

  it('say what zapping and inserting leave out', () => {
    const [munmap] = factsNamed('munmap');
    expect(partsOf(munmap!).map(({ name }) => name)).toContain('unmap_page_range');
    const text = factsLines(munmap!, { color }).join('\n');
    expect(text).toMatch(/omits migration, device private, device exclusive/);
    expect(text).toMatch(/zap_install_uffd_wp_if_needed/);
    const pfn = factsLines(factsNamed('vmf_insert_pfn')[0]!, { color }).join('\n');
    expect(pfn).toMatch(/pfn_modify_allowed\(\)/);
  });

  it.each(kernelFacts().map((facts) => [facts.name, facts] as const))('%s fits a mail', (_, facts) => {
    for (const line of factsLines(facts, { color })) expect(line.length, line).toBeLessThanOrEqual(MAIL_WIDTH);
  });

  it('every part is met once, though parts go through each other', () => {
    const names = partsOf(factsNamed('access')[0]!).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('vm_normal_page');
  });
});
