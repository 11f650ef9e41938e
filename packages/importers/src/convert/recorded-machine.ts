// SPDX-License-Identifier: GPL-2.0-or-later
/** What a recording says of its machine: memory, the zero page, protections. */
import type { Architecture } from '@specialbit/core/arch';
import type { SnapshotMark } from '../recording.js';
import type { MachineRecord, TraceRecord } from '../records.js';
import type { RecordedMemory } from './frames.js';

/** What the recording script wrote down of its machine. */
export function machineOf(records: readonly TraceRecord[]): MachineRecord[] {
  return records.filter((record) => record.type === 'machine');
}

export function memoryOf(machine: readonly MachineRecord[], page: number): RecordedMemory {
  const ram: [number, number][] = [];
  for (const { ram: bytes } of machine) {
    if (bytes === undefined) continue;
    const [first, end] = [Math.ceil(bytes[0] / page), Math.floor((bytes[1] + 1) / page)];
    if (end > first) ram.push([first, end]);
  }
  return ram.length === 0 ? {} : { ram };
}

/** Finds the vm_flags of a protection among those of vm_get_page_prot(). */
export function flagsOfProt({ layout }: Architecture): (prot: bigint) => number | undefined {
  const flags = new Map<bigint, number>();
  for (const [i, prot] of layout.protectionMap.entries()) if (!flags.has(prot)) flags.set(prot, i);
  return (prot) => flags.get(prot);
}

/** The largest pfn that an entry holds, and a machine can have. */
export function mostPfn(arch: Architecture): number {
  const field = Math.max(...arch.layout.pfn.fields.map(({ count, from }) => count + from));
  const physical = (arch.layout.maxPhysmemBits ?? 64) - arch.page.shift;
  return 2 ** Math.min(field, physical, 52) - 1;
}

/** The zero page: the page that anonymous memory maps special. */
export function zeroPage(marks: readonly SnapshotMark[]): number | undefined {
  for (const mark of marks) {
    for (const { snapshot } of mark.images) {
      const anon = new Set<number>();
      for (const page of snapshot.pages ?? []) {
        if (page.special && !page.pagemap_zero && page.pm.includes('present') && page.pfn !== undefined)
          anon.add(page.pfn);
      }
      const first = anon.values().next();
      if (first.done !== true) return first.value;
    }
  }
  return undefined;
}
