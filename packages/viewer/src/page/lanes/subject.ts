// SPDX-License-Identifier: GPL-2.0-or-later
import type { VmaCells } from '../../protocol.js';

/** What a page of a mapping is called when it is asked about. */
export function subjectOf({ mm, label, start }: VmaCells, page: number): string {
  const name = label === null ? `0x${start}[${page}]` : `${label}[${page}]`;
  return mm === 0 ? name : `${mm}:${name}`;
}
