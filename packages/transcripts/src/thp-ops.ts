// SPDX-License-Identifier: GPL-2.0-or-later
/** What scripts of the laboratory for huge pages do beyond those of the others: their answers, and what the model lacks. */

import type { Outcome } from '@specialbit/core';
import { applyMore, type Kernel } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { lookup } from '@specialbit/events';
import type { LabelTable } from './labels.js';

/** What an operation returned, and the members that it adds to the record. */
export interface OpResult {
  readonly ret: number;
  readonly refused: string;
  readonly text: string;
}

const NOT_CARRIED_OUT = -1000;

/** What the harness looks for itself, and refuses to split. */
const REFUSALS: Readonly<Record<string, string>> = lookup({ split_no_folio: 'no-folio', split_not_large: 'not-large' });

/**
 * Plays an event that the harness answers in a way of its own: `split` names the folio, which is gone afterwards, `shrink`
 * counts, writes answer 0. Undefined: it is none of them.
 */
export function thpEvent(k: Kernel, labels: LabelTable, event: LogEvent): OpResult | undefined {
  switch (event.type) {
    case 'split_folio': {
      const { at } = event;
      const vma = 'addr' in at ? k.mms.get(event.mm)?.vma_lookup(at.addr / k.arch.page.size) : undefined;
      if (vma === undefined) return refuses('no-vma');
      // a folio that is split loses its label
      const before = new Map<number, string>();
      labels.forEach((label, pfn) => void before.set(pfn, label));
      const out = applyMore(k, event);
      const refused = out.reasons.map((reason) => REFUSALS[reason]).find((word) => word !== undefined);
      if (refused !== undefined) return refuses(refused);
      return { ret: out.ret, refused: '', text: `,"label":"${labelOf(k, before, out)}"` };
    }
    case 'shrink': {
      const out = applyMore(k, event);
      return { ret: out.ret, refused: '', text: `,"count":${out.count}` };
    }
    case 'fwrite': {
      const { ret } = applyMore(k, event);
      return { ret: Math.min(ret, 0), refused: '', text: '' };
    }
    default:
      return undefined;
  }
}

function labelOf(k: Kernel, before: ReadonlyMap<number, string>, { pages }: Outcome): string {
  const head = pages?.[0] ?? -1;
  return k.machine.labelOf(head) ?? before.get(head) ?? '?';
}

function refuses(reason: string): OpResult {
  return { ret: NOT_CARRIED_OUT, refused: reason, text: '' };
}
