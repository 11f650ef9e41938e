// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { linesOf } from '../lines.js';
import { Problems } from '../problems.js';
import { parseMaps } from './maps.js';
import { parseSmaps } from './smaps.js';
import { parsePacked, parsePagemap, parseVmas } from './snapshot.js';
import { formatVmFlagLetters, LETTERS, parseVmFlagLetters } from './vm-flag-letters.js';

const MAPS = `00400000-00401000 r--p 00000000 fe:00 2474042                            /tmp/a file
004a9000-004ae000 rw-p 00000000 00:00 0
7ffff7ff7000-7ffff7ffb000 r--p 00000000 00:00 0                          [vvar]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

describe('maps', () => {
  it('reads VMAs and leaves the vsyscall page out', () => {
    const problems = new Problems('maps');
    const entries = parseMaps(linesOf(`${MAPS}nonsense\n`), problems);
    expect(entries.map(({ start, end, perms, name }) => [start, end, perms, name])).toEqual([
      [0x400000, 0x401000, 'r--p', '/tmp/a file'],
      [0x4a9000, 0x4ae000, 'rw-p', ''],
      [0x7ffff7ff7000, 0x7ffff7ffb000, 'r--p', '[vvar]'],
    ]);
    expect(problems.count).toBe(1);
  });
});

describe('smaps', () => {
  it('reads sizes and flags by their letters', () => {
    const text = `${MAPS.split('\n')[0]}
Size:                  4 kB
Rss:                   4 kB
Anonymous:             0 kB
THPeligible:           0
VmFlags: rd mr mw me sd dp gu
`;
    const problems = new Problems('smaps');
    const [entry] = parseSmaps(linesOf(text), problems);
    expect(problems.kinds()).toEqual([]);
    expect(entry).toMatchObject({
      sizes: { Size: 4, Rss: 4, Anonymous: 0 },
      vm_flags: 2 ** 40 + 0x8000871,
      otherFlags: [],
    });
  });

  it('letters there and back', () => {
    for (const [letters, flag] of LETTERS) expect(parseVmFlagLetters(letters)).toEqual({ flags: flag, others: [] });
    expect(formatVmFlagLetters(0x4044411).join(' ')).toBe('rd mr pf io de dd');
  });
});

const VMA = '{"start":"400000","end":"401000","vm_flags":"71","pgoff":"0","anon_vma":"0","file":"1828b9780"}';
const PAGE =
  '{"va":"400000","pfn":2075693,"pm":["present","file_shared"],"kc":1,"lvl":1,"pte":"80000001fac2d025","sp":{"ref":3,"mapc":0}}';

describe('snapshots', () => {
  it('vmas.jsonl, taken once where the dump begins again', () => {
    const mm = '{"mm":"1","start_brk":"4ae000","brk":"4d0000","start_stack":"7fffffffedb0","mmap_base":"7ffff7fff000"}';
    const problems = new Problems('vmas.jsonl');
    const parsed = parseVmas(linesOf([mm, VMA, VMA, '{'].join('\n')), problems);
    expect(parsed.mm).toMatchObject({ start_brk: 0x4ae000, start_stack: 0x7fffffffedb0 });
    expect(parsed.vmas).toMatchObject([{ start: 0x400000, vm_flags: 0x71, anon_vma: '', file: '1828b9780' }]);
  });

  it('pagemap.jsonl', () => {
    const problems = new Problems('pagemap.jsonl');
    const pages = parsePagemap(linesOf(`${PAGE}\n{"pfn":1}\n`), problems);
    expect(pages).toMatchObject([{ vpn: 0x400, pfn: 2075693, mapcount: 1, refcount: 3, level: 1, special: false }]);
    expect(problems.count).toBe(1);
  });

  it('the packed form', () => {
    const packed = parsePacked(
      JSON.stringify({ snap: 2, label: 'end', pid: 5, maps: MAPS, vmas: [JSON.parse(VMA)], pages: [JSON.parse(PAGE)] }),
      1,
      new Problems('snapshots.jsonl'),
    );
    expect(packed).toMatchObject({ n: 2, label: 'end', pid: 5 });
    expect(packed!.snapshot.maps).toHaveLength(3);
    expect(packed!.snapshot.pages).toHaveLength(1);
  });
});
