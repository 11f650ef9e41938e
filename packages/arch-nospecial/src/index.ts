// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The architectures without a special bit in their page-table entries.
 * @module @specialbit/arch-nospecial
 */

import type { Architecture } from '@specialbit/core/arch';
import { alpha, alpha_special } from './alpha.js';
import { arm, arm_v7 } from './arm.js';
import { csky } from './csky.js';
import { hexagon } from './hexagon.js';
import { loongarch32 } from './loongarch32.js';
import { m68k, m68k_030, m68k_coldfire, m68k_sun3 } from './m68k.js';
import { microblaze } from './microblaze.js';
import { mips32r2, mips32r2_16k, mips32r2_cached, mips32r2_rixi, mips32r6, mips32r6_cached } from './mips.js';
import { mips32r2_xpa } from './mips-xpa.js';
import { nios2 } from './nios2.js';
import { openrisc } from './openrisc.js';
import { sparc32 } from './sparc32.js';
import { um_i386, um_x86_64 } from './um.js';
import { xtensa } from './xtensa.js';

export {
  alpha,
  alpha_special,
  arm,
  arm_v7,
  csky,
  hexagon,
  loongarch32,
  m68k,
  m68k_030,
  m68k_coldfire,
  m68k_sun3,
  microblaze,
  mips32r2,
  mips32r2_16k,
  mips32r2_cached,
  mips32r2_rixi,
  mips32r2_xpa,
  mips32r6,
  mips32r6_cached,
  nios2,
  openrisc,
  sparc32,
  um_i386,
  um_x86_64,
  xtensa,
};

/** Every architecture of this package; all but `alpha+special` have no special bit. */
export const architectures: readonly Architecture[] = [
  alpha,
  alpha_special,
  arm,
  arm_v7,
  csky,
  hexagon,
  loongarch32,
  m68k,
  m68k_030,
  m68k_coldfire,
  m68k_sun3,
  microblaze,
  mips32r2,
  mips32r2_16k,
  mips32r2_cached,
  mips32r2_rixi,
  mips32r2_xpa,
  mips32r6,
  mips32r6_cached,
  nios2,
  openrisc,
  sparc32,
  um_i386,
  um_x86_64,
  xtensa,
];
