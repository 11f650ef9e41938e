// SPDX-License-Identifier: GPL-2.0-or-later
/** What the dump of a struct page says about a report. */
import { inKernel } from '@specialbit/events';
import { PAGE_TYPES, type PageDump } from '@specialbit/importers';

/** `mapping` of pages that have none (include/linux/poison.h, mm/internal.h). */
const TAIL_MAPPING = /^(?:dead0{9}400|400)$/;

/** Sentences. `pfn`: the entry's own, where it has one. */
export function pageNotes(page: PageDump, pfn: number | undefined, version: string): string[] {
  const notes: string[] = [];
  const flags = page.flag_names ?? [];
  if (page.pfn !== undefined && pfn !== undefined && page.pfn !== pfn) {
    notes.push(
      `the dump is of pfn 0x${page.pfn.toString(16)}, and the entry's pfn is 0x${pfn.toString(16)}: one of them is read wrongly (another architecture or configuration?), or the page is the head of a folio`,
    );
  } else if (page.pfn !== undefined && pfn !== undefined) {
    notes.push(`pfn 0x${pfn.toString(16)}, as in the entry`);
  }
  if (page.refcount !== undefined) {
    const text = `refcount ${page.refcount}`;
    if (page.refcount === 0)
      notes.push(`${text}: the page was free already, or is being freed, while it was still mapped`);
    else if (page.refcount < 0) notes.push(`${text}: more references were dropped than taken`);
    else notes.push(text);
  }
  if (page.mapcount !== undefined) notes.push(mapcountNote(page.mapcount, page.page_type, version));
  if (page.page_type !== undefined) notes.push(`page_type ${page.page_type}: a page of this type is mapped by nobody`);
  const flipped = flippedBit(page);
  if (flipped !== undefined) notes.push(flipped);
  if (page.mapping !== undefined && TAIL_MAPPING.test(page.mapping)) {
    notes.push(`mapping ${page.mapping} is TAIL_MAPPING: a tail page of a compound page, whose counts are the head's`);
  }
  if (flags.includes('reserved')) {
    notes.push(
      'reserved: not from the page allocator (firmware, the kernel image, the zero page); a driver mapped it as a page',
    );
  }
  if (flags.includes('slab')) notes.push('slab: memory of kmalloc(), which must never be mapped as pages');
  if (flags.includes('hwpoison')) notes.push('hwpoison: the memory failed');
  if (page.kind === 'anon') notes.push('anonymous memory');
  if (page.aops !== undefined) notes.push(`a page of a file: ${page.aops}`);
  if (flags.length > 0) {
    const names = flags.filter((name) => !name.includes('='));
    if (names.length > 0) notes.push(`flags ${names.join('|')}`);
  }
  if (page.bad_flags !== undefined) notes.push(`bad because of ${page.bad_flags}`);
  return notes;
}

/** The word of count and type is one bit away from -1, which is "mapped by nobody", on a page that is in use. */
function flippedBit({ page_type, flag_names = [] }: PageDump): string | undefined {
  const word = /^0x([0-9a-f]{8})/.exec(page_type ?? '')?.[1];
  if (word === undefined || !flag_names.includes('lru')) return undefined;
  const cleared = 0xffffffff - Number.parseInt(word, 16);
  const bit = Math.log2(cleared);
  if (!Number.isInteger(bit)) return undefined;
  return `it is on an LRU list, so that it has no type: 0x${word} is -1 with bit ${bit} cleared, as bad memory makes it`;
}

/** -1 is a count; large negative values were types of pages, which share the word. */
function mapcountNote(mapcount: number, page_type: string | undefined, version: string): string {
  const type = inKernel(PAGE_TYPES, version).find((row) => row.mapcount === mapcount);
  if (type !== undefined) return `mapcount ${mapcount} is a type, no count: ${type.name}`;
  if (page_type !== undefined || mapcount < -126) return `mapcount ${mapcount} is no count: the word holds a type`;
  if (mapcount < 0)
    return `mapcount ${mapcount}: before the entry went it was ${mapcount + 1}, so that nobody had counted this mapping`;
  return `mapcount ${mapcount}`;
}
