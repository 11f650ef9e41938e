// SPDX-License-Identifier: GPL-2.0-or-later
/** Who holds references of a frame, in words. */
import type { Holder } from '@specialbit/core';

export function holderText(holder: Holder): string {
  switch (holder.by) {
    case 'pte':
    case 'pmd':
    case 'pud':
      return holder.refs === 1
        ? `the ${holder.by.toUpperCase()} of ${holder.place} in mm ${holder.mm}`
        : `the ${holder.by.toUpperCase()} of ${holder.place} in mm ${holder.mm} maps it, and holds nothing: ${holder.why}`;
    case 'page cache':
      return `the page cache of ${holder.file}, page ${holder.index}`;
    case 'swap cache':
      return `the swap cache, slot ${holder.slot}`;
    case 'pin':
      return `${holder.pins} ${holder.pins === 1 ? 'pin' : 'pins'} of pin_user_pages`;
    case 'driver':
      return 'its owner, the driver';
    case 'nobody':
      return holder.refs > 0 ? 'nobody: these references are leaked' : 'given away more often than taken';
  }
}
