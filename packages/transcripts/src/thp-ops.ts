// SPDX-License-Identifier: GPL-2.0-or-later
/** What scripts of the laboratory for huge pages do beyond those of the others. */
import {
  type Kernel,
  shmem_punch_hole,
  shmem_write_page,
  shrink_deferred,
  shrink_huge_zero_page,
  split_folio_op,
  thp_write,
} from '@specialbit/core/kernel';
import type { Op } from './format.js';
import type { LabelTable } from './labels.js';
import { opNumber, opString } from './script.js';

/** The model cannot play this. The steps from there on are counted apart, under this reason. */
export class NotModelled extends Error {}

/** What an operation returned, and the members that it adds to the record. */
export interface OpResult {
  readonly ret: number;
  readonly refused: string;
  readonly text: string;
}

const NOT_CARRIED_OUT = -1000;
const SHRINK_STOP = -1;

/** Operations that no event stands for. Undefined: it is none of them. */
export function thpOp(k: Kernel, labels: LabelTable, op: Op, mm: number, vpn: number): OpResult | undefined {
  switch (op.name) {
    case 'tune': {
      return { ret: thp_write(k, opString(op, 'key'), opString(op, 'val')), refused: '', text: '' };
    }
    case 'split': {
      const vma = k.mms.get(mm)!.vma_lookup(vpn);
      if (vma === undefined) return refuses('no-vma');
      const order = opNumber(op, 'order');
      let label = '';
      const done = split_folio_op(k, vma, vpn, order, (pfn) => {
        label = labels.of(pfn, true);
      });
      if (typeof done === 'string') return refuses(done);
      return { ret: done, refused: '', text: `,"label":"${label}"` };
    }
    case 'shrink': {
      if (opString(op, 'what') === 'zero') {
        const { count, ret } = shrink_huge_zero_page(k);
        return { ret, refused: '', text: `,"count":${count}` };
      }
      const { count, ret } = shrink_deferred(k, opNumber(op, 'n', 1000) || Number.MAX_SAFE_INTEGER);
      return { ret: ret ?? SHRINK_STOP, refused: '', text: `,"count":${count}` };
    }
    case 'fwrite': {
      const file = k.files.get(opString(op, 'file'))!;
      const n = opNumber(op, 'n', 1);
      for (let i = 0; i < n; i++) shmem_write_page(k, file, opNumber(op, 'p') + i, opNumber(op, 'val', 1) + i);
      return { ret: 0, refused: '', text: '' };
    }
    case 'fpunch':
      shmem_punch_hole(k, k.files.get(opString(op, 'file'))!, opNumber(op, 'p'), opNumber(op, 'n', 1));
      return { ret: 0, refused: '', text: '' };
    default:
      return undefined;
  }
}

function refuses(reason: string): OpResult {
  return { ret: NOT_CARRIED_OUT, refused: reason, text: '' };
}

/** Refuses what the model has no mechanism for, so that nothing is passed over in silence. */
export function refuseNotModelled(k: Kernel, op: Op): void {
  if (!k.thp.on) return;
  switch (op.name) {
    case 'insert_pfn_pmd':
      if (opNumber(op, 't', 2) === 0) throw new NotModelled('devmap PMDs');
      return;
    default:
  }
}
