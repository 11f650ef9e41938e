// SPDX-License-Identifier: GPL-2.0-or-later
/** Which names of an alphabet mean something at a moment: events that name nothing need not be tried. */
import type { Kernel } from '@specialbit/core/kernel';
import { type Alphabet, LABELS, type LetterNames } from './alphabet.js';

export interface NamedNow {
  /** What an event names is there, in some lane. */
  has(names: LetterNames): boolean;
  /** Something of the mapping of that number is there: one more would be another mapping. */
  mapped(label: number): boolean;
}

/** Address spaces that an alphabet speaks of. */
const MMS = 2;

/** In some of the lanes. */
export function namedNow(kernels: readonly Kernel[], { pages, labels }: Alphabet): NamedNow {
  const mms: boolean[] = [];
  const opened: boolean[] = [];
  const known: boolean[] = [];
  const there: boolean[] = [];
  const mapped: boolean[] = [];
  const slot = (mm: number, label: number, page: number): number => (mm * LABELS.length + label) * pages + page;
  for (const k of kernels) {
    for (let id = 0; id < MMS; id++) {
      const mm = k.mms.get(id);
      if (mm === undefined) continue;
      mms[id] = true;
      const open = k.opened.get(id);
      if (open !== undefined) opened[id] = true;
      for (let label = 0; label < labels; label++) {
        const start = mm.startOf(LABELS[label]!);
        if (start === undefined) continue;
        known[slot(id, label, 0)] = true;
        for (let page = 0; page < pages; page++) {
          const vpn = start + page;
          const inOpen = open !== undefined && vpn >= open.vma.vm_start && vpn < open.vma.vm_end;
          if (!inOpen && mm.vma_lookup(vpn) === undefined) continue;
          there[slot(id, label, page)] = true;
          if (id === 0) mapped[label] = true;
        }
      }
    }
  }
  return {
    has({ mm, label, page, part, child }) {
      if (mm >= 0 && mms[mm] !== true) return false;
      if (part === 'end') return opened[mm] === true;
      if (child >= 0) return mms[child] !== true;
      return label < 0 || (part === 'vma' ? there[slot(mm, label, page)] : known[slot(mm, label, 0)]) === true;
    },
    mapped: (label) => mapped[label] === true,
  };
}
