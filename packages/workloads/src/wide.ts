// SPDX-License-Identifier: GPL-2.0-or-later
import type { FileSpec, LogEvent } from '@specialbit/events';
import { access, frame, MAP_FIXED, MAP_SHARED, own, page, READ, READ_WRITE } from './events.js';
import type { Random } from './random.js';

/** PTEs of the mapping: 1 GiB of 4 KiB pages. */
export const WIDE_PAGES = 262_144;

export const wideFiles: Readonly<Record<string, FileSpec>> = { bar: { kind: 'device', pages: 0 } };

/** One `remap_pfn_range` of 1 GiB; accesses, write protection, partial unmaps, new remaps and forks over it. */
export function* wide(random: Random): Generator<LogEvent, never> {
  const label = 'bar';
  yield {
    type: 'mmap',
    mm: 0,
    label,
    pages: WIDE_PAGES,
    prot: READ_WRITE,
    flags: MAP_SHARED,
    file: 'bar',
    pgoff: 0,
    call: [{ type: 'remap_pfn_range', at: own(0), frame: frame('D', 0), pages: WIDE_PAGES }],
  };
  const mms = [0];
  for (let i = 1; ; i++) {
    const mm = random.pick(mms);
    const at = random.below(WIDE_PAGES - 64);
    const pages = 1 + random.below(64);
    if (i % 500 === 0) {
      const child = mms.length === 1 ? 1 : 2;
      if (mms.length === 3) yield { type: 'exit', mm: mms.pop()! };
      else {
        mms.push(child);
        yield { type: 'fork', mm: 0, child };
      }
    } else if (i % 20 === 0) {
      yield { type: 'munmap', mm, at: page(label, at), pages };
    } else if (i % 20 === 10) {
      yield {
        type: 'mmap',
        mm,
        at: page(label, at),
        pages,
        prot: READ_WRITE,
        flags: MAP_SHARED | MAP_FIXED,
        file: 'bar',
        pgoff: at,
        call: [{ type: 'remap_pfn_range', at: own(0), frame: { pfn: 0x21000 + at }, pages }],
      };
    } else if (i % 10 === 5) {
      yield { type: 'mprotect', mm, at: page(label, at), pages, prot: random.oneIn(2) ? READ : READ_WRITE };
    } else {
      yield access(mm, page(label, at), random.oneIn(2) ? 'write' : 'read', random.below(256));
    }
  }
}
