// SPDX-License-Identifier: GPL-2.0-or-later
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import { findProfile } from '@specialbit/core';
import { type Architecture, createRegistry } from '@specialbit/core/arch';

export const registry = createRegistry([...x86, ...nospecial, ...special]);

/**
 * Configurations of the golden vectors whose plain name belongs to another machine: there the name
 * stands for the kernel of the transcripts (no SMP, the emulated CPU's caches, no soft-dirty).
 */
const RENAMED: { readonly [config: string]: string } = {
  'i386-pae': 'i386-pae-nx',
  'arm-lpae': 'arm-lpae-smp',
  mips32r1: 'mips32r1-cached',
  mips32r2: 'mips32r2-cached',
  mips32r6: 'mips32r6-cached',
  s390x: 's390x-soft-dirty',
};

/** The configuration of that name in a kernel of that release. */
export function configuration(config: string, release = '6.12'): Architecture {
  const kernel = findProfile(release);
  if (kernel === undefined) throw new Error(`no release ${release}`);
  return registry.get(RENAMED[config] ?? config).at(kernel);
}
