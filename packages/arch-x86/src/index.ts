// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * x86_64, i386, and i386 with PAE.
 * @module @specialbit/arch-x86
 */

import { type Architecture, declareArchitecture } from '@specialbit/core/arch';
import { i386PaeSpec, i386Spec, x86_64Spec } from './specs.js';

/** 4 levels, without MEM_SOFT_DIRTY: the configuration of the kernel transcripts. */
export const x86_64 = declareArchitecture(
  x86_64Spec({
    name: 'x86_64',
    aliases: ['x86_64-swap', 'x86'],
    title: 'x86-64, 4 levels',
    kconfig: 'X86_64 && !MEM_SOFT_DIRTY',
    levels: 4,
    soft_dirty: false,
    maxPhysmemBits: 46,
  }),
);
/** 4 levels as distributions configure it. */
export const x86_64_4level = declareArchitecture(
  x86_64Spec({
    name: 'x86_64-4level',
    title: 'x86-64, 4 levels, soft-dirty tracking',
    kconfig: 'X86_64 && MEM_SOFT_DIRTY',
    levels: 4,
    soft_dirty: true,
    maxPhysmemBits: 46,
  }),
);
export const x86_64_4level_shstk = declareArchitecture(
  x86_64Spec({
    name: 'x86_64-4level-shstk',
    title: 'x86-64, 4 levels, user shadow stacks',
    kconfig: 'X86_64 && MEM_SOFT_DIRTY && X86_USER_SHADOW_STACK',
    levels: 4,
    soft_dirty: true,
    shstk: true,
    maxPhysmemBits: 46,
  }),
);
export const x86_64_5level = declareArchitecture(
  x86_64Spec({
    name: 'x86_64-5level',
    title: 'x86-64, 5 levels',
    kconfig: 'X86_64 && X86_5LEVEL && MEM_SOFT_DIRTY',
    levels: 5,
    soft_dirty: true,
    maxPhysmemBits: 52,
  }),
);
export const i386 = declareArchitecture(i386Spec);
/** PAE on a CPU without NX, as in the kernel transcripts. */
export const i386_pae = declareArchitecture(
  i386PaeSpec({ name: 'i386-pae', title: 'i386 with PAE, CPU without NX', nx: false }),
);
export const i386_pae_nx = declareArchitecture(i386PaeSpec({ name: 'i386-pae-nx', title: 'i386 with PAE', nx: true }));

export const architectures: readonly Architecture[] = [
  x86_64,
  x86_64_4level,
  x86_64_4level_shstk,
  x86_64_5level,
  i386,
  i386_pae,
  i386_pae_nx,
];
