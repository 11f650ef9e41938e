// SPDX-License-Identifier: GPL-2.0-or-later
/** Names that several parts of the engine need. */
import { flagNames } from '@specialbit/core';
import { F, type Kernel } from '@specialbit/core/kernel';
import { vmaFlags } from '@specialbit/view';

export { F };

/** Flags that a VMA's letters do not say, by name. */
export function flagsOf(vm_flags: number, k: Kernel): string[] {
  const names = flagNames(vmaFlags(vm_flags), k);
  return names === '' ? [] : names.split('|');
}
