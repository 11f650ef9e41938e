// SPDX-License-Identifier: GPL-2.0-or-later
/** Mappings of devices as probes see them: which flags their VMAs have, which file an address_space is. */
import { type Mmap, VM_FLAGS } from '@specialbit/events';
import type { DriverCallRecord } from '../records.js';

const { VM_DONTCOPY, VM_DONTDUMP, VM_DONTEXPAND, VM_IO, VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP } = VM_FLAGS;
/** What drivers change of vm_flags, and matters to what they call then. */
const DRIVERS = VM_IO | VM_PFNMAP | VM_MIXEDMAP | VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP | VM_MAYWRITE;

export interface DriverMappingSeen {
  readonly mm: number;
  /** Bytes. */
  readonly start: number;
  readonly end: number;
  readonly file: string;
  readonly event: { -readonly [K in keyof Mmap]: Mmap[K] };
  /** Those of `DRIVERS` that the log gives it. */
  flags: number;
}

export class DriverMappings {
  private readonly seen: DriverMappingSeen[] = [];
  /** The file of an address_space's address. */
  private readonly files = new Map<string, string>();

  add(mm: number, start: number, end: number, event: DriverMappingSeen['event']): DriverMappingSeen {
    const flags = event.file_readonly === true ? 0 : VM_MAYWRITE;
    const mapping = { mm, start, end, file: event.file ?? '', event, flags };
    this.seen.push(mapping);
    return mapping;
  }

  /** The mapping that covers an address, of this process or of one that it was copied from. */
  at(mm: number, addr: number): DriverMappingSeen | undefined {
    const covers = ({ start, end }: DriverMappingSeen): boolean => start <= addr && addr < end;
    return this.seen.findLast((one) => one.mm === mm && covers(one)) ?? this.seen.findLast(covers);
  }

  /** What the driver has done to vm_flags, as the call saw them; undefined: nothing that the log does not know. */
  changed(
    mapping: DriverMappingSeen,
    { args, mapping: pointer }: DriverCallRecord,
  ): { set: number; clear: number } | undefined {
    if (pointer !== undefined && mapping.file !== '') this.files.set(pointer, mapping.file);
    if (args.vm_flags === undefined) return undefined;
    const now = (args.vm_flags % 2 ** 32) & DRIVERS;
    const [set, clear] = [now & ~mapping.flags, mapping.flags & ~now];
    mapping.flags = now;
    return set === 0 && clear === 0 ? undefined : { set: set >>> 0, clear: clear >>> 0 };
  }

  /** A call that succeeded sets flags itself (remap_pfn_range_internal, insert_page in mm/memory.c). */
  did(mapping: DriverMappingSeen, { name }: DriverCallRecord): void {
    if (name === 'remap_pfn_range' || name === 'vm_iomap_memory')
      mapping.flags |= VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP;
    else if (/^vm_(?:insert|map)_page/.test(name)) mapping.flags |= VM_MIXEDMAP;
  }

  fileOf(pointer: string | undefined): string | undefined {
    return pointer === undefined ? undefined : this.files.get(pointer);
  }
}
