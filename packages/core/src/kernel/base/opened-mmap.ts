// SPDX-License-Identifier: GPL-2.0-or-later
/** A mapping whose `->mmap` still runs, or whose `->mmap_prepare` has asked for actions. */
import type { DriverCall } from '@specialbit/events';
import type { Vma } from '../../mm/vma.js';
import type { VmaMerge } from '../../mm/vma-merge-struct.js';

/** A mapping between the call of the driver's `->mmap` and the moment when it is linked. */
export interface OpenedMmap {
  readonly vma: Vma;
  readonly vmg: VmaMerge;
  /** vm_flags before the driver had its say. */
  readonly vm_flags: number;
  readonly populate: boolean;
  /** What `->mmap_prepare` asks for, in order; undefined for `->mmap`. */
  readonly actions: readonly MmapAction[] | undefined;
  readonly label: string | undefined;
}

/** A driver's call that waits until the VMA is linked (mmap_action), at page `vpn`. */
export interface MmapAction {
  readonly call: DriverCall;
  readonly vpn: number;
}
