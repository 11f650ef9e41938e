// SPDX-License-Identifier: GPL-2.0-or-later
import type { VmaCells } from '../../protocol.js';

/** What a page of a mapping is called when it is asked about. */
export function subjectOf({ mm, label, start }: VmaCells, page: number): string {
  const name = label === null ? `0x${start}[${page}]` : `${label}[${page}]`;
  return mm === 0 ? name : `${mm}:${name}`;
}

/** The page of a mapping that a subject names; -1 where it names another thing. */
export function pageOf(vma: VmaCells, subject: string | null): number {
  const name = subjectOf(vma, 0).slice(0, -2);
  const page = subject?.startsWith(name) === true ? /^\d+(?=\]$)/.exec(subject.slice(name.length))?.[0] : undefined;
  return page === undefined ? -1 : Number(page);
}
