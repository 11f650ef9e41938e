// SPDX-License-Identifier: GPL-2.0-or-later
/** Memory types of a protection, from a layout: what is absent is as include/linux/pgtable.h has it. */
import { compileOp, compileProtOp, type PteOp, type PteProtOp, unchanged } from './compile-steps.js';
import type { Pte, PteCodec } from './contract.js';
import type { PgprotName, PteLayout } from './layout.js';
import { highHalf, lowHalf } from './mask.js';

type PgprotCodec = Pick<PteCodec, `pgprot_${PgprotName}`>;

/** pgprot_noncached() and its relatives. */
export function compilePgprot({ pgprot }: PteLayout): PgprotCodec {
  const op = (name: PgprotName, otherwise: PteOp): PteOp => (pgprot[name] ? compileOp(pgprot[name]) : otherwise);
  const noncached = op('noncached', unchanged);
  const writecombine = op('writecombine', noncached);
  const device = op('device', noncached);
  return {
    pgprot_noncached: noncached,
    pgprot_writecombine: writecombine,
    pgprot_writecombine_nopat: op('writecombine_nopat', writecombine),
    pgprot_device: device,
    pgprot_dmacoherent: op('dmacoherent', noncached),
    pgprot_modify: pgprot.modify ? compileProtOp(pgprot.modify) : genericModify(noncached, writecombine, device),
  };
}

/** pgprot2cachemode() and cachemode2protval(): write-back, and no bits, where no memory types are tracked. */
export function compileCachemode({ cachemode }: PteLayout): Pick<PteCodec, 'cachemode' | 'set_cachemode'> {
  const { mask } = cachemode;
  const [lo, hi] = [lowHalf(mask), highHalf(mask)];
  const values = cachemode.values.map(([value, mode]) => ({ lo: lowHalf(value), hi: highHalf(value), mode }));
  return {
    cachemode: (prot) => values.find((v) => v.lo === (prot.lo & lo) && v.hi === (prot.hi & hi))?.mode ?? 'WB',
    set_cachemode: (prot, mode) => {
      const value = values.find((v) => v.mode === mode);
      prot.lo = (prot.lo & ~lo) | (value?.lo ?? 0);
      prot.hi = (prot.hi & ~hi) | (value?.hi ?? 0);
    },
  };
}

/** pgprot_modify() (include/linux/pgtable.h): the new protection gets each memory type that the old one has. */
function genericModify(...types: readonly PteOp[]): PteProtOp {
  const kinds = types.filter((type) => type !== unchanged);
  if (kinds.length === 0) {
    return (old, prot) => {
      old.lo = prot.lo;
      old.hi = prot.hi;
    };
  }
  return (old, prot) => {
    const typed: Pte = { lo: 0, hi: 0 };
    const { lo, hi } = old;
    old.lo = prot.lo;
    old.hi = prot.hi;
    for (const type of kinds) {
      typed.lo = lo;
      typed.hi = hi;
      type(typed);
      if (typed.lo === lo && typed.hi === hi) type(old);
    }
  };
}
