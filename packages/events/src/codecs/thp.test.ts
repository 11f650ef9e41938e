// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from './event.js';
import { decodeHeader, encodeHeader } from './header.js';

const header = (more: object) => decodeHeader({ specialbit: 1, ...more });

describe('thp of a header', () => {
  it('is short for what is usual', () => {
    expect(header({ thp: true }).thp).toEqual({});
    expect(header({ thp: 'always' }).thp).toEqual({ enabled: 'always' });
    const settings = { 'hugepages-64kB/enabled': 'inherit', 'khugepaged/max_ptes_none': 10, use_zero_page: false };
    expect(header({ thp: settings }).thp).toEqual({
      'hugepages-64kB/enabled': 'inherit',
      'khugepaged/max_ptes_none': '10',
      use_zero_page: '0',
    });
    expect(encodeHeader(header({ thp: true }))).toEqual({ specialbit: 1, thp: true });
    expect(encodeHeader(header({ thp: 'never' }))).toEqual({ specialbit: 1, thp: { enabled: 'never' } });
  });

  // biome-ignore format: one row for each error
  it.each([
    [false, 'thp: expected the settings of transparent huge pages'],
    ['sometimes', 'thp.enabled: expected one of "always", "madvise", "never", found "sometimes"'],
    [{ enable: 'always' }, 'thp.enable: expected a file below /sys/kernel/mm/transparent_hugepage'],
    [{ 'hugepages-0kB/enabled': 'always' }, 'expected a file below /sys/kernel/mm/transparent_hugepage'],
    [{ 'hugepages-pmd/shmem_enabled': 'madvise' }, 'expected one of "always", "within_size", "advise", "never", "inherit", found "madvise"'],
    [{ 'khugepaged/max_ptes_none': 'all' }, 'expected a number, found "all"'],
  ])('refuses %j', (thp, message) => {
    expect(() => header({ thp })).toThrow(message);
  });
});

describe('folios of a file', () => {
  it('are pairs of a page and an order that fits it', () => {
    const files = {
      lib: {
        kind: 'file',
        pages: 16,
        folios: [
          [0, 1],
          [4, 2],
        ],
      },
    };
    expect(header({ files }).files).toEqual(files);
    expect(encodeHeader(header({ files }))).toEqual({ specialbit: 1, files });
    for (const folio of [[1, 1], [0, 0], [0, 14], [0], 'all'])
      expect(() => header({ files: { lib: { kind: 'file', folios: [folio] } } })).toThrow(
        'a folio [first page, order]',
      );
  });
});

describe('hugetlb of a header', () => {
  it('is a number of huge pages, or settings by their files', () => {
    expect(header({ hugetlb: 16 }).hugetlb).toEqual({ nr_hugepages: '16' });
    const settings = {
      nr_overcommit_hugepages: 2,
      'hugepages-pud/nr_hugepages': '1',
      'hugepages-2048kB/nr_hugepages': 4,
    };
    expect(header({ hugetlb: settings }).hugetlb).toEqual({
      nr_overcommit_hugepages: '2',
      'hugepages-pud/nr_hugepages': '1',
      'hugepages-2048kB/nr_hugepages': '4',
    });
    expect(encodeHeader(header({ hugetlb: 16 }))).toEqual({ specialbit: 1, hugetlb: { nr_hugepages: 16 } });
    expect(header({ files: { h: 'hugetlbfs' } }).files).toEqual({ h: { kind: 'hugetlbfs', pages: 0 } });
    const tune = { type: 'tune', key: 'hugepages-2048kB/nr_hugepages', value: 3 };
    expect(decodeEvent(tune)).toEqual({ ...tune, value: '3' });
  });

  // biome-ignore format: one row for each error
  it.each([
    ['many', 'hugetlb: expected the pools of hugetlb: a number of huge pages, or {"nr_hugepages":16}'],
    [{ nr_hugepages: 'many' }, 'hugetlb.nr_hugepages: expected a number, found "many"'],
    [{ enabled: 'always' }, 'hugetlb.enabled: expected the pools of hugetlb'],
  ])('refuses %j', (hugetlb, message) => {
    expect(() => header({ hugetlb })).toThrow(message);
  });
});

describe('blocks of a header', () => {
  it('have an order, or that of a PMD', () => {
    const blocks = { C0: { order: 2, compound: true }, G0: { order: 'pmd', device: true } };
    expect(header({ blocks }).blocks).toEqual(blocks);
    expect(encodeHeader(header({ blocks }))).toEqual({ specialbit: 1, blocks });
  });

  // biome-ignore format: one row for each error
  it.each([
    [{ C0: { order: 14 } }, 'blocks.C0.order: expected an order (0 to 13) or "pmd", found 14'],
    [{ C0: {} }, 'blocks.C0.order: expected an order (0 to 13) or "pmd", found nothing'],
    [{ C0: { order: 1, compound: true, device: true } }, 'blocks.C0.device: expected either "compound" or "device", found both'],
    [{ 'C0+1': { order: 1 } }, 'expected a frame label (a letter, then letters and digits)'],
  ])('refuses %j', (blocks, message) => {
    expect(() => header({ blocks })).toThrow(message);
  });
});

describe('events of huge pages', () => {
  it('have their defaults', () => {
    expect(decodeEvent({ type: 'shrink' })).toEqual({ type: 'shrink', what: 'deferred' });
    expect(decodeEvent({ type: 'split_folio', at: 'm' })).toEqual({
      type: 'split_folio',
      mm: 0,
      at: { label: 'm', page: 0 },
      order: 0,
    });
    const fwrite = { type: 'fwrite', file: 'tmp' };
    expect(decodeEvent(fwrite)).toEqual({ ...fwrite, pgoff: 0, pages: 1, value: 1 });
    expect(encodeEvent(decodeEvent(fwrite))).toEqual(fwrite);
    expect(decodeEvent({ type: 'tune', key: 'use_zero_page', value: true })).toMatchObject({ value: '1' });
  });

  it('may write what no file takes, which the kernel refuses', () => {
    expect(decodeEvent({ type: 'tune', key: 'enabled', value: 'maybe' })).toMatchObject({ value: 'maybe' });
    expect(() => decodeEvent({ type: 'tune', key: 'enabel', value: 'always' })).toThrow('key: expected a file below');
  });

  it('name pages of blocks', () => {
    const call = { type: 'vm_insert_page', mm: 0, at: 'm', frame: 'C1+3' };
    expect(decodeEvent(call)).toMatchObject({ frame: { label: 'C1+3' } });
    for (const frame of ['C1+', 'C1+0', 'C1+x', '+3', 'C1+3+3'])
      expect(() => decodeEvent({ ...call, frame })).toThrow('frame: expected a frame');
  });
});
