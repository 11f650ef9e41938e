// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The architectures other than x86 that have a special bit in their page-table entries.
 * @module @specialbit/arch-special
 */

import type { Architecture } from '@specialbit/core/arch';
import { arc } from './arc.js';
import { arm_lpae, arm_lpae_smp } from './arm-lpae.js';
import {
  arm64_4k_39,
  arm64_4k_48,
  arm64_4k_52lpa2,
  arm64_16k_47,
  arm64_64k_48,
  arm64_64k_52pa,
  arm64_hafdbs,
} from './arm64.js';
import { loongarch64 } from './loongarch.js';
import { mips32_r3k, mips32r1, mips32r1_cached, mips64r2, mips64r2_4k, mips64r2_norixi } from './mips.js';
import { parisc32, parisc64, parisc64_hugetlb } from './parisc.js';
import { ppc32_book3s } from './powerpc32-book3s.js';
import { ppc32_8xx, ppc32_44x, ppc32_e500 } from './powerpc32-nohash.js';
import { ppc64_hash_4k, ppc64_hash_64k, ppc64_radix_4k, ppc64_radix_64k } from './powerpc64.js';
import { riscv32_sv32, riscv64_sv39, riscv64_sv39_svrsw, riscv64_sv48, riscv64_sv57 } from './riscv.js';
import { s390x, s390x_soft_dirty } from './s390.js';
import { sh4, sh4a_x2tlb } from './sh.js';
import { sparc64_sun4u, sparc64_sun4v } from './sparc64.js';

export {
  arc,
  arm_lpae,
  arm_lpae_smp,
  arm64_4k_39,
  arm64_4k_48,
  arm64_4k_52lpa2,
  arm64_16k_47,
  arm64_64k_48,
  arm64_64k_52pa,
  arm64_hafdbs,
  loongarch64,
  mips32_r3k,
  mips32r1,
  mips32r1_cached,
  mips64r2,
  mips64r2_4k,
  mips64r2_norixi,
  parisc32,
  parisc64,
  parisc64_hugetlb,
  ppc32_8xx,
  ppc32_44x,
  ppc32_book3s,
  ppc32_e500,
  ppc64_hash_4k,
  ppc64_hash_64k,
  ppc64_radix_4k,
  ppc64_radix_64k,
  riscv32_sv32,
  riscv64_sv39,
  riscv64_sv39_svrsw,
  riscv64_sv48,
  riscv64_sv57,
  s390x,
  s390x_soft_dirty,
  sh4,
  sh4a_x2tlb,
  sparc64_sun4u,
  sparc64_sun4v,
};

/** Every architecture of this package; all have a special bit in their page-table entries. */
export const architectures: readonly Architecture[] = [
  arm_lpae,
  arm_lpae_smp,
  arm64_4k_39,
  arm64_hafdbs,
  arm64_4k_48,
  arm64_4k_52lpa2,
  arm64_16k_47,
  arm64_64k_48,
  arm64_64k_52pa,
  riscv64_sv57,
  riscv64_sv39,
  riscv64_sv39_svrsw,
  riscv64_sv48,
  riscv32_sv32,
  s390x,
  s390x_soft_dirty,
  mips32r1,
  mips32r1_cached,
  mips32_r3k,
  mips64r2,
  mips64r2_4k,
  mips64r2_norixi,
  loongarch64,
  ppc64_radix_64k,
  ppc64_radix_4k,
  ppc64_hash_64k,
  ppc64_hash_4k,
  ppc32_book3s,
  ppc32_8xx,
  ppc32_44x,
  ppc32_e500,
  sparc64_sun4v,
  sparc64_sun4u,
  parisc32,
  parisc64,
  parisc64_hugetlb,
  sh4,
  sh4a_x2tlb,
  arc,
];
