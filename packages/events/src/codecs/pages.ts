// SPDX-License-Identifier: GPL-2.0-or-later
import type { FollowPfnmap, Gup, PageRef, Truncate, UnmapMappingRange, Unpin } from '../types.js';
import { type EventCodecs, events, mm } from './event-codec.js';
import { frame, place } from './place.js';
import { bool, fileName, natural, pgoff } from './primitives.js';
import { fallback, required } from './record.js';

/** Operations on pages and files that are no system call and no driver's call on one VMA. */

const at = required(place);
const flag = fallback(bool, false);

export const pageEvents: EventCodecs = new Map([
  ...events<UnmapMappingRange>(['unmap_mapping_range'], {
    file: required(fileName),
    pgoff: fallback(pgoff, 0),
    pages: required(natural),
    even_cows: flag,
  }),
  ...events<Truncate>(['truncate'], { file: required(fileName), pages: required(natural) }),
  ...events<PageRef>(['get_page', 'put_page'], { frame: required(frame) }),
  ...events<Gup>(
    ['pin_user_pages', 'pin_user_pages_fast', 'get_user_pages', 'get_user_pages_fast', 'get_user_pages_fast_only'],
    {
      mm,
      at,
      pages: fallback(natural, 1),
      write: flag,
      longterm: flag,
      hold: flag,
    },
  ),
  ...events<Unpin>(['unpin_user_pages'], {}),
  ...events<FollowPfnmap>(['follow_pfnmap'], { mm, at }),
]);
