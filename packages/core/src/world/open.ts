// SPDX-License-Identifier: GPL-2.0-or-later
/** From a world to a running kernel: its objects are made of the world's records when somebody asks for them. */
import { Kernel, type KernelOptions } from '../kernel/base/kernel.js';
import { vmg_vma_state } from '../mm/vma-merge-struct.js';
import type { World } from './world.js';

/** Opens `world` for a batch of events, at no cost that depends on its size. The world itself never changes. */
export function openWorld(options: KernelOptions, world: World): Kernel {
  const k = new Kernel(options, world);
  for (const [mm, state] of world.opened) {
    const { vm_flags, populate, actions, label } = state;
    const vma = k.heap.vmas.get(state.vma)!;
    const vmg = {
      ...vmg_vma_state(k.heap.vmas.get(state.prev), vma, vma.vm_start, vma.vm_end),
      vma: undefined,
      flags: vm_flags,
      next: k.heap.vmas.get(state.next),
    };
    k.opened.set(mm, { vma, vmg, vm_flags, populate, actions, label });
  }
  return k;
}
