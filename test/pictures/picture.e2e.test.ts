// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process';
import { arm } from '@specialbit/arch-nospecial';
import { x86_64 } from '@specialbit/arch-x86';
import { laneOf } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { parseLog } from '@specialbit/events';
import { dotLines, LaneHistory, mermaidLines, type Picture, pictureOf, svgLines, worldView } from '@specialbit/view';
import { describe, expect, it } from 'vitest';

/** The panels of a log, in lanes, at moments. */
function picture(events: readonly object[], archs: readonly Architecture[], moments: readonly number[]): Picture {
  const header = { specialbit: 1, title: 'A "ring" <of> & #pages', files: { dev: 'device' } };
  const log = parseLog([header, ...events].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const numbered = log.events.map((event, i) => ({ number: i + 1, line: i + 2, event }));
  return pictureOf(
    header.title,
    archs.flatMap((arch) => {
      const history = new LaneHistory(arch.name, laneOf(log.header, arch), numbered);
      return moments.map((n) => ({ name: `${arch.name} ${n}`, world: worldView(history.at(n).kernel, n) }));
    }),
  );
}

const ring = {
  type: 'mmap',
  label: 'ring',
  pages: 3,
  prot: 'rw',
  file: 'dev',
  ops: { fault: { do: 'vmf_insert_mixed', frame: 'P0' } },
  call: [
    { type: 'vm_flags_mod', set: 'VM_MIXEDMAP' },
    { type: 'vmf_insert_mixed', frame: 'D0' },
  ],
};
const write = (at: string) => ({ type: 'write', at });
const heap = { type: 'mmap', label: 'heap', pages: 2, prot: 'rw' };
const STORY = [ring, heap, write('heap'), write('ring[1]'), { type: 'munmap', at: 'heap', pages: 2 }];

const FORMATS = { dot: dotLines, mermaid: mermaidLines, svg: svgLines };
const text = (format: keyof typeof FORMATS, shown: Picture): string => [...FORMATS[format](shown)].join('\n');

describe('a picture', () => {
  it('has VMAs, entries and frames, and who maps what', () => {
    const { panels } = picture(STORY, [x86_64], [4]);
    const vma = panels[0]!.vmas.find(({ title }) => title.startsWith('ring'))!;
    expect(vma.rows.map(({ at, verdict, mark }) => [at, verdict, mark])).toEqual([
      ['ring[0]', 'NULL', ''],
      ['ring[1]', 'NULL', ''],
    ]);
    const box = panels[0]!.frames.find(({ id }) => id === vma.rows[0]!.frame)!;
    expect([box.title, box.valid]).toEqual(['D0 (pfn 0x8000)', false]);
  });

  it('marks against the first panel what is new, changed and gone', () => {
    const { panels } = picture(STORY, [x86_64], [3, 5]);
    const marks = panels[1]!.vmas.map(({ title, mark, rows }) => [title.split(' ')[0], mark, rows.map((r) => r.mark)]);
    expect(marks).toEqual([
      ['ring', '', ['', '+']],
      ['heap', '-', []],
    ]);
    expect(panels[0]!.vmas.every(({ mark }) => mark === '')).toBe(true);
  });

  it('marks between lanes what an entry means, and not how it is written', () => {
    const { panels } = picture(STORY, [x86_64, arm], [4]);
    const rows = panels[1]!.vmas.find(({ title }) => title.includes('ring'))!.rows;
    // D0 is no page on both; P1 is one on arm alone
    expect(rows.map(({ at, verdict, mark }) => [at, verdict, mark])).toEqual([
      ['ring[0]', 'NULL', ''],
      ['ring[1]', 'page', '~'],
    ]);
  });

  it('folds ten thousand pages into a few lines, and many kinds of pages into a bound', () => {
    const big = { ...ring, pages: 10_000, call: [{ type: 'remap_pfn_range', frame: '0x8000', pages: 10_000 }] };
    const folded = picture([big], [x86_64], [1]).panels[0]!;
    expect(folded.vmas[0]!.rows.map(({ at, pages }) => [at, pages])).toEqual([['ring[0] .. ring[9999]', 10_000]]);
    expect(folded.frames).toHaveLength(1);
    const every = Array.from({ length: 200 }, (_, i) => write(`heap[${2 * i}]`));
    const holes = picture([{ ...heap, pages: 400 }, ...every], [x86_64], [201]).panels[0]!;
    expect(holes.vmas[0]!.rows.length).toBeLessThanOrEqual(25);
    expect(holes.vmas[0]!.rows.reduce((sum, { pages }) => sum + pages, 0)).toBe(200);
  });
});

describe.each(['dot', 'mermaid', 'svg'] as const)('as %s', (format) => {
  it('tells differences by signs, too, and escapes what the format reads itself', () => {
    const drawn = text(format, picture(STORY, [x86_64], [3, 5]));
    expect(drawn).toContain('[+] ring[1]');
    expect(drawn).toContain('[-] heap');
    expect(drawn).toContain('against the first panel');
    expect(drawn).not.toContain('"A "ring"');
    expect(text(format, picture(STORY, [x86_64], [3, 5]))).toBe(drawn);
  });

  it('says nothing of differences where there is one panel', () => {
    expect(text(format, picture(STORY, [x86_64], [4]))).not.toMatch(/\[[+~-]\]/);
  });
});

it('the svg is well-formed: every element is closed, every & an entity', () => {
  const drawn = text('svg', picture(STORY, [x86_64, arm], [3, 5]));
  const open: string[] = [];
  for (const [, close, name, self] of drawn.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (close === '/') expect(open.pop()).toBe(name);
    else if (self !== '/') open.push(name!);
  }
  expect(open).toEqual([]);
  expect(drawn.match(/&(?!amp;|lt;|gt;|quot;)/g)).toBeNull();
});

const graphviz = spawnSync('dot', ['-V']).status === 0;
it.skipIf(!graphviz)('Graphviz reads the dot (skipped where it is not installed)', () => {
  const drawn = spawnSync('dot', ['-Tsvg'], {
    input: text('dot', picture(STORY, [x86_64, arm], [3, 5])),
    encoding: 'utf8',
  });
  expect([drawn.status, drawn.stderr]).toEqual([0, '']);
  expect(drawn.stdout).toContain('[+] ring[1]');
});
