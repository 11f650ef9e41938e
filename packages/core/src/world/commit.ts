// SPDX-License-Identifier: GPL-2.0-or-later
/** From a running kernel to the next world: only what changed is written down. */
import type { Kernel } from '../kernel/base/kernel.js';
import type { Seal } from '../mm/object-table.js';
import type { OpenedState, World } from './world.js';

export interface CommitOptions {
  /** Freezes what is written down, so that a write to a world throws: for tests, it costs. */
  readonly freeze?: boolean;
}

const NO_OPENED: ReadonlyMap<number, OpenedState> = new Map();
const leave: Seal = () => undefined;
const freeze: Seal = (part) => {
  Object.freeze(part);
};

/** The world now, at the cost of what changed since the last one. The kernel may go on: the world never changes. */
export function commitWorld(k: Kernel, options: CommitOptions = {}): World {
  const seal = options.freeze === true ? freeze : leave;
  const { heap, allocator } = k;
  // VMAs first: address spaces hold their records
  const vmas = heap.vmas.commit(seal);
  heap.settleTables();
  const world: World = {
    mms: heap.mms.commit(seal),
    vmas,
    anon_vmas: heap.anon_vmas.commit(seal),
    files: heap.files.commit(seal),
    ...heap.root,
    frames: k.frames.commit(),
    swap: k.swap.commit(seal),
    pins: k.pins.commit(),
    memtypes: k.memtypes.state,
    folios: heap.folios.commit(),
    thp: k.thp.commit(),
    hugetlb: k.hugetlb.state,
    allocator: { next: allocator.next, count: allocator.count },
    opened: k.opened.size === 0 ? NO_OPENED : openedStates(k),
  };
  seal(world);
  return world;
}

function openedStates(k: Kernel): ReadonlyMap<number, OpenedState> {
  const states = new Map<number, OpenedState>();
  for (const [id, open] of k.opened) {
    const { mm } = open.vma;
    states.set(id, {
      vma: open.vma.id,
      prev: mm.linked(open.vmg.prev)?.id ?? 0,
      next: mm.linked(open.vmg.next)?.id ?? 0,
      vm_flags: open.vm_flags,
      populate: open.populate,
      actions: open.actions,
      label: open.label,
    });
  }
  return states;
}
