// SPDX-License-Identifier: GPL-2.0-or-later
/** Where a recorded kernel moved a mapping to, as a log has it. */
import type { Mm } from '../../mm/vma.js';
import { LogReferenceError } from '../base/errors.js';
import type { Kernel } from '../base/kernel.js';
import { do_munmap } from './munmap.js';

/**
 * Ours: a place that get_unmapped_area() chose has nothing at it. What lies there is of a log that left out how it went away,
 * and goes; the mapping that moves cannot lie there itself. The place, or a negative errno. Throws LogReferenceError.
 */
export function recorded_place(k: Kernel, mm: Mm, to: number, new_len: number, addr: number, old_len: number): number {
  if (to < addr + old_len && addr < to + new_len) {
    const { size } = k.arch.page;
    throw new LogReferenceError(
      'range',
      `mapped_at 0x${(to * size).toString(16)}`,
      `a mapping that moves does not come to lie on itself, 0x${(addr * size).toString(16)}`,
    );
  }
  const ret = do_munmap(k, mm, to, new_len);
  return ret < 0 ? ret : to;
}
