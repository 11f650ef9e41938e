// SPDX-License-Identifier: GPL-2.0-or-later
import type { FileSpec, LogEvent } from '@specialbit/events';
import { access, MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, page, READ, READ_WRITE } from './events.js';
import type { Random } from './random.js';

/** Pages of the arena in which the mappings lie. */
const ARENA = 32_768;
const LARGEST = 16;

export const vmaStormFiles: Readonly<Record<string, FileSpec>> = {};

/** Mappings made, cut, protected and moved over each other: thousands of VMAs that merge and split all the time. */
export function* vmaStorm(random: Random): Generator<LogEvent, never> {
  const label = 'arena';
  const flags = MAP_PRIVATE | MAP_ANONYMOUS;
  yield { type: 'mmap', mm: 0, label, pages: ARENA, prot: READ_WRITE, flags, pgoff: 0 };
  for (;;) {
    const pages = 1 + random.below(LARGEST);
    const at = page(label, random.below(ARENA - LARGEST));
    const prot = random.pick([READ, READ_WRITE, READ_WRITE, 0]);
    switch (random.below(10)) {
      case 0:
      case 1:
        yield { type: 'munmap', mm: 0, at, pages };
        break;
      case 2:
      case 3:
        yield { type: 'mmap', mm: 0, at, pages, prot, flags: flags | MAP_FIXED, pgoff: 0 };
        break;
      case 4:
      case 5:
      case 6:
        yield { type: 'mprotect', mm: 0, at, pages, prot };
        break;
      case 7:
        // MREMAP_MAYMOVE|MREMAP_FIXED
        yield {
          type: 'mremap',
          mm: 0,
          at,
          pages,
          new_pages: pages,
          flags: 3,
          to: page(label, random.below(ARENA - LARGEST)),
        };
        break;
      case 8:
        yield {
          type: 'madvise',
          mm: 0,
          at,
          pages,
          advice: random.pick(['MADV_DONTNEED', 'MADV_DONTDUMP', 'MADV_DODUMP']),
        };
        break;
      default:
        yield access(0, at, random.oneIn(2) ? 'write' : 'read', random.below(256));
    }
  }
}
