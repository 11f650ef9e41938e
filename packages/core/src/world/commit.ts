// SPDX-License-Identifier: GPL-2.0-or-later
/** From a running kernel to the next world: only what changed is written down. */
import { enablePatches, Immer, type Patch } from 'immer';
import type { Kernel } from '../kernel/base/kernel.js';
import type { AddressSpaceRecord } from '../mm/address-space.js';
import type { AnonVmaRecord } from '../mm/anon-vma.js';
import type { ProcessState } from '../mm/mm.js';
import type { PageTableRoot } from '../mm/page-table.js';
import { Edit } from '../mm/radix.js';
import type { AddressSpace, AnonVma, Mm } from '../mm/vma.js';
import type { CoarseState, OpenedState, SwapState, World } from './world.js';

enablePatches();
/** Worlds of a bulk replay are not frozen: freezing is for tests (`freezeWorlds`). */
const immer = new Immer({ autoFreeze: false });

let freezing = false;

/** The tests' switch: every world that is committed from now on is deeply frozen. */
export function freezeWorlds(on: boolean): void {
  freezing = on;
  immer.setAutoFreeze(on);
}

/** A record that is complete. immer looks for drafts in what is new, but not in what is frozen. */
function sealed<T extends object>(record: T): T {
  // immer's own deep freezing leaves out what is frozen already
  return freezing ? record : Object.freeze(record);
}

export interface Commit {
  readonly world: World;
  /** What changed in the coarse part, as immer patches. */
  readonly patches: readonly Patch[];
}

type Draft<T> = {
  -readonly [K in keyof T]: T[K] extends Readonly<Record<number | string, infer V>> ? Record<number | string, V> : T[K];
};

/** Ends the batch. The kernel may go on: its later changes copy what this world holds. */
export function commitWorld(k: Kernel, previous: World): Commit {
  const [coarse, patches] = immer.produceWithPatches(previous.coarse, (frozen) => {
    const draft = frozen as Draft<CoarseState>;
    writeProcesses(k, draft.processes as Record<number, ProcessState>, previous.coarse);
    writeFiles(k, draft.files as Record<string, AddressSpaceRecord>, previous.coarse);
    writeAnonVmas(k, draft.anon_vmas as Record<number, AnonVmaRecord>, previous.coarse);
    writeOpened(k, draft.opened as Record<number, OpenedState>);
    if (k.swap.dirty) {
      const slots: Record<number, SwapState['slots'][number]> = {};
      for (const [offset, slot] of k.swap.slots) slots[offset] = { ...slot };
      draft.swap = { next: k.swap.next, cluster: k.swap.cluster, slots };
      k.swap.dirty = false;
    }
    if (!sameNumbers(previous.coarse.pins, k.pins)) draft.pins = [...k.pins];
    if (draft.nextId !== k.nextId) draft.nextId = k.nextId;
    const { next, count } = previous.coarse.allocator;
    if (next !== k.allocator.next || count !== k.allocator.count) {
      draft.allocator = { next: k.allocator.next, count: k.allocator.count };
    }
  });
  const edit = new Edit();
  const pageTables = new Map<number, PageTableRoot>();
  for (const mm of k.mms.values()) pageTables.set(mm.id, mm.pt.commit(edit));
  const frames = k.frames.commit(edit);
  k.edit = edit;
  return { world: { coarse, pageTables, frames }, patches };
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

function writeProcesses(k: Kernel, draft: Record<number, ProcessState>, before: CoarseState): void {
  for (const id of Object.keys(before.processes)) if (!k.mms.has(Number(id))) delete draft[Number(id)];
  for (const mm of k.mms.values()) {
    const old = mm.state;
    if (
      old === null ||
      mm.dirty ||
      old.has_pinned !== mm.has_pinned ||
      !sameNumbers(old.rss, mm.rss) ||
      before.processes[mm.id] !== old
    ) {
      draft[mm.id] = processState(mm);
    }
  }
}

function processState(mm: Mm): ProcessState {
  const state: ProcessState = {
    id: mm.id,
    vmas: mm.dirty || mm.state === null ? mm.vmas.map((vma) => vma.toRecord()) : mm.state.vmas,
    rss: [...mm.rss],
    locked_vm: mm.locked_vm,
    start_brk: mm.start_brk,
    brk: mm.brk,
    start_stack: mm.start_stack,
    comm: mm.comm,
    labels: mm.labels,
    has_pinned: mm.has_pinned,
  };
  mm.state = sealed(state);
  mm.dirty = false;
  return state;
}

function writeFiles(k: Kernel, draft: Record<string, AddressSpaceRecord>, before: CoarseState): void {
  for (const name of Object.keys(before.files)) if (!k.files.has(name)) delete draft[name];
  for (const file of k.files.values()) if (file.record === null) draft[file.name] = fileRecord(file);
}

function fileRecord(file: AddressSpace): AddressSpaceRecord {
  file.record = sealed({
    id: file.id,
    name: file.name,
    kind: file.kind,
    pages: file.pages,
    nameless: file.nameless,
    page_cache: [...file.page_cache],
    swapped: [...file.swapped],
    i_mmap: file.i_mmap.map((vma) => vma.id),
  });
  return file.record;
}

function writeAnonVmas(k: Kernel, draft: Record<number, AnonVmaRecord>, before: CoarseState): void {
  for (const id of Object.keys(before.anon_vmas)) if (!k.anon_vmas.has(Number(id))) delete draft[Number(id)];
  for (const anon of k.anon_vmas.values()) if (anon.record === null) draft[anon.id] = anonRecord(anon);
}

function anonRecord(anon: AnonVma): AnonVmaRecord {
  anon.record = sealed({
    id: anon.id,
    root: anon.root.id,
    parent: anon.parent.id,
    num_children: anon.num_children,
    num_active_vmas: anon.num_active_vmas,
    vmas: anon.vmas.map((vma) => vma.id),
  });
  return anon.record;
}

function writeOpened(k: Kernel, draft: Record<number, OpenedState>): void {
  for (const id of Object.keys(draft)) if (!k.opened.has(Number(id))) delete draft[Number(id)];
  for (const [id, open] of k.opened) {
    const mm = open.vma.mm;
    draft[id] = {
      vma: open.vma.toRecord(),
      prev: mm.linked(open.vmg.prev)?.id ?? 0,
      next: mm.linked(open.vmg.next)?.id ?? 0,
      vm_flags: open.vm_flags,
      populate: open.populate,
      actions: open.actions,
      label: open.label,
    };
  }
}
