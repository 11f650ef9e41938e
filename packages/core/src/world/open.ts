// SPDX-License-Identifier: GPL-2.0-or-later
/** From a world to a running kernel: the records become the mutable objects of a batch. */
import { Kernel, type KernelOptions } from '../kernel/base/kernel.js';
import { FrameTable } from '../machine/frame-table.js';
import { AddressSpace, AnonVma, type Mm, Vma } from '../mm/vma.js';
import { vmg_vma_state } from '../mm/vma-merge-struct.js';
import type { VmaRecord } from '../mm/vma-record.js';
import type { World } from './world.js';

/** Opens `world` for a batch of events. The world itself never changes. */
export function openWorld(options: KernelOptions, world: World): Kernel {
  const { coarse } = world;
  const k = new Kernel(options, (edit) => new FrameTable(world.frames, edit), coarse.allocator.next);
  k.allocator.count = coarse.allocator.count;
  k.nextId = coarse.nextId;
  k.pins = [...coarse.pins];
  k.swap.next = Math.max(k.swap.next, coarse.swap.next);
  k.swap.cluster = coarse.swap.cluster;
  for (const [offset, slot] of Object.entries(coarse.swap.slots)) k.swap.slots.set(Number(offset), { ...slot });
  k.swap.dirty = false;

  const filesById = new Map<number, AddressSpace>();
  for (const record of Object.values(coarse.files)) {
    const file = new AddressSpace(record.id, record.name, record.kind, record.pages, record.nameless);
    file.page_cache = new Map(record.page_cache);
    file.swapped = new Map(record.swapped);
    k.files.set(record.name, file);
    filesById.set(record.id, file);
  }
  for (const record of Object.values(coarse.anon_vmas)) k.anon_vmas.set(record.id, new AnonVma(record.id));

  const vmas = new Map<number, Vma>();
  const restore = (mm: Mm, record: VmaRecord): Vma => {
    const vma = new Vma(record.id, mm);
    vma.restore(
      record,
      filesById.get(record.file) ?? null,
      k.anon_vmas.get(record.anon_vma) ?? null,
      record.anon_vma_chain.map((id) => k.anon_vmas.get(id)!),
    );
    vmas.set(record.id, vma);
    return vma;
  };
  for (const state of Object.values(coarse.processes)) {
    const mm = k.newMm(state.id, world.pageTables.get(state.id));
    mm.vmas = state.vmas.map((record) => restore(mm, record));
    mm.rss = [...state.rss];
    mm.locked_vm = state.locked_vm;
    mm.start_brk = state.start_brk;
    mm.brk = state.brk;
    mm.start_stack = state.start_stack;
    mm.comm = state.comm;
    mm.labels = state.labels as Record<string, number>;
    mm.has_pinned = state.has_pinned;
    mm.state = state;
    mm.dirty = false;
  }
  for (const [id, state] of Object.entries(coarse.opened)) {
    const vma = restore(k.mms.get(Number(id))!, state.vma);
    const vmg = {
      ...vmg_vma_state(vmas.get(state.prev), vma, vma.vm_start, vma.vm_end),
      vma: undefined,
      flags: state.vm_flags,
    };
    vmg.next = vmas.get(state.next);
    const { vm_flags, populate, actions, label } = state;
    k.opened.set(Number(id), { vma, vmg, vm_flags, populate, actions, label });
  }
  for (const record of Object.values(coarse.files)) {
    const file = filesById.get(record.id)!;
    file.i_mmap = record.i_mmap.map((id) => vmas.get(id)!);
    file.record = record;
  }
  for (const record of Object.values(coarse.anon_vmas)) {
    const anon = k.anon_vmas.get(record.id)!;
    anon.root = k.anon_vmas.get(record.root) ?? anon;
    anon.parent = k.anon_vmas.get(record.parent) ?? anon;
    anon.num_children = record.num_children;
    anon.num_active_vmas = record.num_active_vmas;
    anon.vmas = record.vmas.map((id) => vmas.get(id)!);
    anon.record = record;
  }
  return k;
}
