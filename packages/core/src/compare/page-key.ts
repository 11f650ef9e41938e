// SPDX-License-Identifier: GPL-2.0-or-later
/** A page of a mapping in an address space: the same in every lane. */
export interface PageKey {
  readonly mm: number;
  /** The event that made the mapping; -1: none did, and `page` is the byte address. */
  readonly id: number;
  readonly page: number;
}

export const pteThing = (key: PageKey): string => `pte ${key.mm}/${key.id}/${key.page}`;
export const vmaThing = (key: PageKey): string => `vma ${key.mm}/${key.id}/${key.page}`;
