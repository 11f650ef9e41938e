// SPDX-License-Identifier: GPL-2.0-or-later
/** Entries of the PMD and PUD level: how they come, and what each walker of mm does with them. */
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../arch/architecture.js';
import type { HugeCodec } from '../../arch/huge.js';
import { LEVEL_NAMES, PTE } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import { linux_6_1, linux_6_12 } from '../../profile/profiles.js';
import {
  B0,
  G0,
  HZ,
  hugeBare,
  hugeDevmap,
  hugeLane,
  hugePteBit,
  hugeWithBits,
  PMD_PAGES,
  PUD_PAGES,
} from '../../toy-huge.testkit.js';
import { Play } from '../play.testkit.js';

const at = (page: number): string => `0x${(page * 4096).toString(16)}`;
/** First pages of mappings, aligned to a PUD. */
const HEAP = at(PUD_PAGES);
const BAR = at(2 * PUD_PAGES);

class Huge extends Play {
  constructor(arch: Architecture = hugeWithBits, profile = linux_6_12) {
    super(arch, hugeLane(arch, profile));
  }

  heap(pages = 4 * PMD_PAGES): this {
    this.mmap('heap', { at: HEAP, pages, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    return this;
  }

  bar(pages = 4 * PMD_PAGES, set = 'VM_PFNMAP', more = {}): this {
    this.mmap('bar', { at: BAR, pages, file: 'dev', flags: 'MAP_SHARED|MAP_FIXED', ...more });
    this.run('vm_flags_mod', { at: 'bar', set });
    return this;
  }

  /** What is mapped: `heap[256] pmd 4000 wdys`, of PTEs only how many there are. */
  entries(mm = 0): string[] {
    const found: string[] = [];
    const space = this.k.mms.get(mm)!;
    const p = { lo: 0, hi: 0 };
    let ptes = 0;
    space.pt.forEachEntry(0, this.k.arch.task_pages, p, (first, level) => {
      if (level === PTE) {
        ptes++;
        return;
      }
      const c = codecOf(this.k.arch, level) as HugeCodec;
      const label = Object.keys(space.labels).find((name) => {
        const vma = space.vma_lookup(space.labels[name]!);
        return vma !== undefined && first >= vma.vm_start && first < vma.vm_end;
      });
      const letters = [c.write(p) ? 'w' : '', c.dirty(p) ? 'd' : '', c.young(p) ? 'y' : '', c.special(p) ? 's' : ''];
      const where = label === undefined ? String(first) : `${label}[${first - space.labels[label]!}]`;
      found.push(`${where} ${LEVEL_NAMES[level]} ${c.pfn(p).toString(16)} ${letters.join('')}`);
    });
    return ptes === 0 ? found : [...found, `${ptes} PTEs`];
  }

  read(where: string): this {
    this.run('read', { at: where });
    return this;
  }

  insert(level: 'pmd' | 'pud', page = 0, frame = 'B0', write = true): number {
    return this.run(`vmf_insert_pfn_${level}`, { at: `bar[${page}]`, frame, write }).ret;
  }
}

const NOPAGE = 0x100;
const FALLBACK = 0x800;

describe('a PMD of a dev_pagemap', () => {
  const inserted = (more = {}): Huge => {
    const p = new Huge(hugeDevmap).bar(4 * PMD_PAGES, 'VM_MIXEDMAP');
    p.run('vmf_insert_pfn_pmd', { at: 'bar', frame: 'G0', write: true, ...more });
    return p;
  };

  it('is not special, and nothing tells vm_normal_page_pmd() of a page', () => {
    expect(inserted().entries()).toEqual(['bar[0] pmd 80000 wdys']);
    expect(inserted({ pfn_t: 'PFN_DEV|PFN_MAP' }).entries()).toEqual(['bar[0] pmd 80000 wdy']);
  });

  it('may be in a VMA without a flag for it, and is refused to GUP where no driver registered the memory', () => {
    const p = new Huge(hugeDevmap).bar(4 * PMD_PAGES, 'VM_DONTEXPAND');
    const fields = { at: 'bar', frame: 'G0', write: true };
    expect(p.run('vmf_insert_pfn_pmd', { ...fields, pfn_t: 'PFN_DEV|PFN_MAP' }).ret).toBe(NOPAGE);
    const { ret, reasons } = p.run('pin_user_pages', { at: 'bar[3]' });
    expect([ret, reasons]).toEqual([-14, ['gup_no_pagemap']]);
    expect(p.run('fork', { child: 1 }).ret).toBe(0);
    expect(p.entries(1)).toEqual([]);
  });
});

describe('the huge zero folio', () => {
  it('is mapped by a read of a range that holds a huge page, and by nothing else', () => {
    expect(new Huge().heap().read('heap[300]').entries()).toEqual(['heap[256] pmd 4000 y']);
    const p = new Huge().heap();
    p.run('write', { at: 'heap[300]' });
    // something is mapped there already
    expect(p.read('heap[301]').entries()).toEqual(['2 PTEs']);
    expect(
      new Huge()
        .heap(PMD_PAGES - 1)
        .read('heap')
        .entries(),
    ).toEqual(['1 PTEs']);
  });

  it('is split by a write, and the page that was written is copied', () => {
    const p = new Huge().heap().read('heap');
    p.run('write', { at: 'heap[3]', value: 7 });
    expect([p.entries(), p.rss()]).toEqual([[`${PMD_PAGES} PTEs`], [0, 1, 0, 0]]);
  });

  it('goes as a whole, or is split where only a part goes', () => {
    const p = new Huge().heap().read('heap').read('heap[256]');
    p.run('munmap', { at: 'heap[500]', pages: 12 });
    expect(p.entries()).toEqual(['heap[0] pmd 4000 y', '244 PTEs']);
    p.run('madvise', { at: 'heap', pages: 4, advice: 'MADV_DONTNEED' });
    expect(p.entries()).toEqual([`${244 + 252} PTEs`]);
    expect(new Huge().heap().read('heap').run('madvise', { at: 'heap', pages: 256, advice: 'MADV_DONTNEED' }).ret).toBe(
      0,
    );
  });

  it('is copied by fork, old in the child', () => {
    const p = new Huge().heap().read('heap');
    p.run('fork', { child: 1 });
    expect([p.entries(), p.entries(1)]).toEqual([['heap[0] pmd 4000 y'], ['heap[0] pmd 4000 ']]);
  });

  it('keeps its entry through mprotect, mlock, MADV_FREE and MADV_COLD of the whole', () => {
    const p = new Huge().heap().read('heap');
    p.run('mprotect', { at: 'heap', pages: 256, prot: 'r' });
    p.run('madvise', { at: 'heap', pages: 256, advice: 'MADV_FREE' });
    p.run('madvise', { at: 'heap', pages: 256, advice: 'MADV_COLD' });
    p.run('mlock', { at: 'heap', pages: 256 });
    expect(p.entries()).toEqual(['heap[0] pmd 4000 y']);
    // but not through what cuts the VMA in the middle of it
    p.run('mprotect', { at: 'heap', pages: 100, prot: 'rw' });
    expect(p.entries()).toEqual(['256 PTEs']);
  });

  it('is split where its VMA is, though nothing walks there', () => {
    const p = new Huge().heap().read('heap');
    p.run('madvise', { at: 'heap', pages: 10, advice: 'MADV_DONTFORK' });
    expect([p.entries(), p.layout().map(([pages]) => pages)]).toEqual([['256 PTEs'], [10, 4 * PMD_PAGES - 10]]);
  });

  it('moves with mremap as a whole, or in pieces', () => {
    const p = new Huge().heap().read('heap[256]');
    const to = (page: number): object => ({ new_pages: 256, flags: 'MREMAP_MAYMOVE|MREMAP_FIXED', to: at(page) });
    p.run('mremap', { at: 'heap[256]', pages: 256, ...to(3 * PUD_PAGES) });
    expect(p.entries()).toEqual([`${3 * PUD_PAGES} pmd 4000 y`]);
    const q = new Huge().heap().read('heap[256]');
    q.run('mremap', { at: 'heap[256]', pages: 256, ...to(3 * PUD_PAGES + 1) });
    expect(q.entries()).toEqual(['256 PTEs']);
  });

  it('is pinned like a large folio: one reference a pin', () => {
    const p = new Huge().heap().read('heap');
    const before = p.k.page_count(HZ);
    expect(p.run('pin_user_pages', { at: 'heap[7]', hold: true }).pages).toEqual([HZ + 7]);
    expect([p.k.page_count(HZ) - before, p.entries()]).toEqual([1, ['heap[0] pmd 4000 y']]);
    p.run('unpin_user_pages');
    expect(p.k.page_count(HZ)).toBe(before);
  });
});

describe('a huge pfn mapping', () => {
  it.each([
    ['pmd', PMD_PAGES],
    ['pud', PUD_PAGES],
  ] as const)('of a %s is special, counts nothing, and goes as a whole when a part goes', (level, pages) => {
    const p = new Huge().bar(pages);
    expect(p.insert(level, 0, 'G0')).toBe(NOPAGE);
    expect([p.entries(), p.rss()]).toEqual([[`bar[0] ${level} ${G0.toString(16)} wdys`], [0, 0, 0, 0]]);
    p.run('zap_vma_ptes', { at: 'bar[3]', pages: 1 });
    expect(p.entries()).toEqual([]);
    p.insert(level, 0, 'G0');
    p.run('munmap', { at: 'bar[1]', pages: 1 });
    expect(p.entries()).toEqual([]);
  });

  it('is not special where the level has no bit', () => {
    for (const arch of [hugePteBit, hugeBare]) {
      const p = new Huge(arch).bar();
      p.insert('pmd', 256);
      expect(p.entries()).toEqual(['bar[256] pmd 6000 wdy']);
    }
  });

  it('is refused, or dies, where the kernel does', () => {
    const where = 'vmf_insert_pfn_pmd';
    const crash = (set: string, more = {}): unknown => {
      const p = new Huge().bar(PMD_PAGES, set, more);
      return p.run(where, { at: 'bar', frame: 'B0' }).crash;
    };
    expect(crash('VM_IO')).toMatchObject({ where, what: 'neither PFNMAP nor MIXEDMAP' });
    expect(crash('VM_PFNMAP|VM_MIXEDMAP')).toMatchObject({ what: 'both PFNMAP and MIXEDMAP' });
    expect(crash('VM_PFNMAP', { flags: 'MAP_PRIVATE|MAP_FIXED' })).toMatchObject({ what: 'PFNMAP is COW' });
    const p = new Huge().bar(PMD_PAGES);
    expect([p.insert('pud'), p.insert('pmd', 0, 'B3'), p.entries()]).toEqual([FALLBACK, FALLBACK, []]);
  });

  it('is written to through the entry, and inserted again to become writable', () => {
    const p = new Huge().bar();
    p.insert('pmd', 0, 'B0', false);
    expect(p.entries()).toEqual(['bar[0] pmd 6000 wys']);
    expect(p.insert('pmd', 0, 'B0', true)).toBe(NOPAGE);
    expect(p.entries()).toEqual(['bar[0] pmd 6000 wdys']);
    p.run('write', { at: 'bar[5]', value: 9 });
    expect(p.run('read', { at: 'bar[5]' }).value).toBe(9);
    const out = p.run('vmf_insert_pfn_pmd', { at: 'bar', frame: 'G0', write: true });
    expect(out.messages.map(({ text }) => text)).toEqual(['WARNING: mm/huge_memory.c:1401']);
    expect(p.entries()).toEqual(['bar[0] pmd 6000 wdys']);
  });

  it('does not mix with PTEs below it', () => {
    const p = new Huge().bar(4 * PMD_PAGES, 'VM_MIXEDMAP');
    p.run('vm_insert_page', { at: 'bar[300]', frame: 'P0' });
    const there = p.run('vmf_insert_pfn_pmd', { at: 'bar[256]', frame: 'B0', write: true });
    expect([there.ret, there.messages.length, p.entries()]).toEqual([NOPAGE, 1, ['1 PTEs']]);
    p.insert('pmd', 0);
    expect(p.run('vm_insert_page', { at: 'bar[3]', frame: 'P0' }).ret).toBe(-12);
    expect(p.run('vm_insert_pages', { at: 'bar[255]', frame: 'P0', pages: 2 })).toMatchObject({ ret: -14, left: 2 });
    expect(p.run('vmf_insert_mixed', { at: 'bar[3]', frame: 'G0', pfn_t: 'PFN_DEV' }).ret).toBe(1);
    expect(p.entries()).toEqual(['bar[0] pmd 6000 wdys', '1 PTEs']);
    const q = new Huge().bar();
    q.insert('pmd', 256);
    // what came before it is mapped, and zapped again with what was there: 6.12 undoes
    expect(q.run('remap_pfn_range', { at: 'bar', frame: 'G0', pages: 512 }).ret).toBe(-12);
    expect(q.entries()).toEqual([]);
  });

  it('is copied by fork where it is special, and else left to a fault', () => {
    const child = (arch: Architecture, profile = linux_6_12): string[] => {
      const p = new Huge(arch, profile).bar();
      p.insert('pmd');
      p.run('fork', { child: 1 });
      return p.entries(1);
    };
    expect(child(hugeWithBits)).toEqual(['bar[0] pmd 6000 wds']);
    expect(child(hugePteBit)).toEqual([]);
  });

  it('of a pud is copied by fork, in 6.1 read-only on both sides', () => {
    const both = (profile = linux_6_12): string[][] => {
      const p = new Huge(hugeWithBits, profile).bar(PUD_PAGES);
      p.insert('pud', 0, 'G0');
      p.run('fork', { child: 1 });
      return [p.entries(), p.entries(1)];
    };
    expect(both()).toEqual([['bar[0] pud 80000 wdys'], ['bar[0] pud 80000 wds']]);
    expect(both(linux_6_1)).toEqual([['bar[0] pud 80000 dys'], ['bar[0] pud 80000 ds']]);
  });

  it('keeps its entry through mprotect and mremap of the whole', () => {
    for (const [level, pages, frame] of [
      ['pmd', PMD_PAGES, 'B0'],
      ['pud', PUD_PAGES, 'G0'],
    ] as const) {
      const p = new Huge().bar(pages);
      p.insert(level, 0, frame);
      p.run('mprotect', { at: 'bar', pages, prot: 'r' });
      const pfn = (frame === 'B0' ? B0 : G0).toString(16);
      expect(p.entries()).toEqual([`bar[0] ${level} ${pfn} dys`]);
      p.run('mremap', {
        at: 'bar',
        pages,
        new_pages: pages,
        flags: 'MREMAP_MAYMOVE|MREMAP_FIXED',
        to: at(3 * PUD_PAGES),
      });
      expect(p.entries()).toEqual([`${3 * PUD_PAGES} ${level} ${pfn} dys`]);
      expect(p.k.mms.get(0)!.pt.huge).toBe(1);
    }
  });

  it('is unmapped by a write that must copy, and by a walk that knows no PUDs', () => {
    const p = new Huge().bar(PUD_PAGES, 'VM_MIXEDMAP');
    p.insert('pud', 0, 'G0');
    p.run('madvise', { at: 'bar', pages: 1, advice: 'MADV_COLD' });
    expect(p.entries()).toEqual([]);
    const q = new Huge().bar(PMD_PAGES, 'VM_PFNMAP', { ops: { pfn_mkwrite: true } });
    q.insert('pmd', 0, 'B0', false);
    expect(q.entries()).toEqual(['bar[0] pmd 6000 ys']);
    // no handler brings it back
    expect(q.run('write', { at: 'bar[9]' }).signal).toBe('SIGBUS');
    expect(q.entries()).toEqual([]);
  });

  it('is found by follow_pfnmap since 6.12', () => {
    const found = (profile = linux_6_12): unknown => {
      const p = new Huge(hugeWithBits, profile).bar();
      p.insert('pmd', 256);
      return p.run('follow_pfnmap', { at: 'bar[259]' }).follow;
    };
    expect(found()).toMatchObject({ pfn: B0 + 3, writable: true, special: true });
    expect(found(linux_6_1)).toBeNull();
  });

  it('stops the lockless walk of GUP where it is special; the slow one never asks', () => {
    const pages = (arch: Architecture, type: string, frame = 'B0'): unknown => {
      const p = new Huge(arch).bar(4 * PMD_PAGES, 'VM_MIXEDMAP');
      p.run('get_page', { frame: 'B3' });
      p.insert('pmd', 0, frame);
      const out = p.run(type, { at: 'bar[3]' });
      return out.crash?.where ?? out.pages;
    };
    expect(pages(hugeWithBits, 'get_user_pages_fast_only')).toBeNull();
    expect(pages(hugePteBit, 'get_user_pages_fast_only')).toEqual([B0 + 3]);
    expect(pages(hugePteBit, 'get_user_pages_fast_only', 'G0')).toBe('gup_fast_pmd_leaf');
    expect(pages(hugeWithBits, 'pin_user_pages')).toEqual([B0 + 3]);
    expect(pages(hugeWithBits, 'pin_user_pages', 'G0')).toBe('try_grab_folio');
  });

  it('dies in zap_huge_pud when the VMA says no longer that it maps frames', () => {
    const p = new Huge().bar(PUD_PAGES);
    p.insert('pud', 0, 'G0');
    p.run('vm_flags_mod', { at: 'bar', clear: 'VM_PFNMAP' });
    expect(p.run('munmap', { at: 'bar', pages: PUD_PAGES }).crash).toMatchObject({ where: 'zap_huge_pud' });
  });
});
