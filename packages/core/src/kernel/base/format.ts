// SPDX-License-Identifier: GPL-2.0-or-later
/** How the kernel prints numbers: hexadecimal, unsigned, as wide as a long of the architecture. */
import type { Architecture } from '../../arch/architecture.js';
import type { Pte } from '../../arch/contract.js';

/** Ours: a raw PTE, `%llx`. */
export function hexPte(p: Readonly<Pte>): string {
  const lo = (p.lo >>> 0).toString(16);
  return p.hi === 0 ? lo : (p.hi >>> 0).toString(16) + lo.padStart(8, '0');
}

/** Ours: the byte address of a virtual page number, `%lx`. */
export function hexAddress(arch: Architecture, vpn: number): string {
  // a multiple of the page size below 2^64 is exact as a double
  return (vpn * 2 ** arch.page.shift).toString(16);
}

/** Ours: an unsigned long; a negative number is one that wrapped around. */
export function hexLong(arch: Architecture, n: number): string {
  return n >= 0 ? n.toString(16) : BigInt.asUintN(arch.bits, BigInt(n)).toString(16);
}
