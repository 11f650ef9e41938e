// SPDX-License-Identifier: GPL-2.0-or-later
/** What drivers do outside of mmap: pins, pages that come later, probes of our own recipe. */
import { type DriverCall, type LogEvent, type Place, VM_FLAGS } from '@specialbit/events';
import type { DriverCallRecord, Fd, SyscallRecord } from '../records.js';
import { twoWords, wordAt } from './bytes.js';
import type { DriverMappingSeen } from './driver-mappings.js';
import type { LogBuilder } from './log-builder.js';
import type { Task } from './tasks.js';

/** userfaultfd_register() sets bits in vm_flags (fs/userfaultfd.c). */
export function convertUserfault(
  b: LogBuilder,
  record: SyscallRecord,
  mm: number,
  request: string,
  detail: string,
): void {
  const start = /start=(0x[0-9a-f]+)/.exec(detail)?.[1];
  if (start === undefined || (request !== 'UFFDIO_REGISTER' && request !== 'UFFDIO_UNREGISTER')) return;
  const set =
    request === 'UFFDIO_UNREGISTER'
      ? 0
      : (detail.includes('MODE_MISSING') ? VM_FLAGS.VM_UFFD_MISSING : 0) |
        (detail.includes('MODE_WP') ? VM_FLAGS.VM_UFFD_WP : 0);
  const clear = (VM_FLAGS.VM_UFFD_MISSING | VM_FLAGS.VM_UFFD_WP) & ~set;
  const pages = b.pagesOf(Number(/len=(0x[0-9a-f]+|\d+)/.exec(detail)?.[1] ?? 0));
  b.emit({ type: 'vma_modify_flags', mm, at: b.place(Number(start)), pages, set, clear }, { ...record, ret: null });
}

/** AF_XDP pins the user's memory for good (xdp_umem_pin_pages, net/xdp/xdp_umem.c). */
export function convertSetsockopt(
  b: LogBuilder,
  record: SyscallRecord,
  mm: number,
  failed: boolean,
  option: string,
  detail: string,
): void {
  if (failed || option !== 'XDP_UMEM_REG') return;
  const words = twoWords(detail);
  if (words === undefined) return;
  const [addr, len] = words;
  b.emit(
    { type: 'pin_user_pages', mm, at: b.place(addr), pages: b.pagesOf(len), write: true, longterm: true, hold: true },
    record,
  );
}

/** Pages of one TCP_ZEROCOPY_RECEIVE that are followed. */
const MOST_RECEIVED = 2 ** 14;

/** tcp_zerocopy_receive() inserts pages that then belong to the mapping alone. */
export function zerocopyReceive(
  b: LogBuilder,
  record: SyscallRecord,
  task: Task,
  fd: Fd,
  option: string,
  detail: string,
): void {
  if (option !== 'TCP_ZEROCOPY_RECEIVE') return;
  const bytes = twoWords(detail);
  if (bytes === undefined) {
    b.leave('TCP_ZEROCOPY_RECEIVE whose result is not shown');
    return;
  }
  const [addr] = bytes;
  const pages = Math.min(b.pagesOf(wordAt(detail, 8, 4) ?? 0), MOST_RECEIVED);
  const { file } = task.fds.resolve(fd, b.files);
  for (let i = 0; i < pages; i++) {
    const frame = b.frames.of(file.name, file.frames++);
    b.emit(
      { type: 'vm_insert_page', mm: task.mm.id, at: b.place(addr + i * b.page), frame, pages: 1 },
      { ...record, ret: null },
    );
    b.emit({ type: 'put_page', frame }, { ...record, ret: null });
  }
}

/** Where a call acts: an address of the process, or a page of the mapping that is being made. */
type PlaceOf = (addr: number) => Place;

/** A call that a probe of our own recipe saw, as driver calls of a log; several where the pages of an array are not consecutive. */
function callsOf(b: LogBuilder, record: DriverCallRecord, placeOf: PlaceOf): DriverCall[] {
  const { name, args, pfns } = record;
  const at = placeOf(args.addr ?? 0);
  const pages = Math.max(1, b.pagesOf(args.size ?? b.page));
  const frame = args.pfn === undefined ? undefined : { pfn: args.pfn };
  switch (name) {
    case 'zap_vma_ptes':
    case 'zap_special_vma_range':
      return [{ type: 'zap_vma_ptes', at, pages }];
    case 'remap_vmalloc_range_partial':
      return record.ret === 0
        ? [{ type: 'vm_flags_mod', at, set: VM_FLAGS.VM_DONTEXPAND | VM_FLAGS.VM_DONTDUMP, clear: 0 }]
        : [];
    case 'vm_iomap_memory': {
      const start = args.start ?? 0;
      const all = b.pagesOf((args.size ?? 0) + (start % b.page));
      return [{ type: name, at, frame: { pfn: Math.floor(start / b.page) }, pages: all }];
    }
    default:
  }
  if (frame === undefined) {
    b.leave(`probe ${name}, whose page has no known pfn`);
    return [];
  }
  switch (name) {
    case 'remap_pfn_range':
      return [{ type: name, at, frame, pages }];
    case 'vm_insert_page':
      return [{ type: name, at, frame: b.frames.page(frame.pfn), pages: 1 }];
    case 'vm_map_pages':
    case 'vm_map_pages_zero':
    case 'vm_insert_pages': {
      const num = args.num ?? 1;
      const runs = runsOf(pfns ?? [frame.pfn]);
      if (runs.length <= 1 || num > (pfns?.length ?? 0)) {
        if (num > Math.max(1, pfns?.length ?? 0))
          b.chosen.add('that pages follow each other which drivers gave in arrays of more than the probe writes down');
        return [{ type: name, at, frame: b.frames.page(frame.pfn, num), pages: num }];
      }
      // one after the other, as the kernel inserts them
      return runs.map(({ first, from, count }) => ({
        type: 'vm_insert_pages',
        at: placeOf((args.addr ?? 0) + from * b.page),
        frame: b.frames.page(first, count),
        pages: count,
      }));
    }
    case 'vmf_insert_pfn':
      return [{ type: name, at, frame }];
    case 'vmf_insert_pfn_prot': {
      const { prot, page_prot } = record;
      if (prot === undefined || prot === page_prot) return [{ type: 'vmf_insert_pfn', at, frame }];
      const flags = b.options.flagsOfProt?.(BigInt(`0x${prot}`));
      if (flags !== undefined) return [{ type: name, at, frame, prot: flags }];
      b.chosen.add(
        'that protections of vmf_insert_pfn_prot() which the architecture does not have are those of the VMA',
      );
      return [{ type: 'vmf_insert_pfn', at, frame }];
    }
    case 'vmf_insert_mixed':
    case 'vmf_insert_mixed_mkwrite':
      return [{ type: name, at, frame, pfn_t: record.pfn_t ?? 'none' }];
    case 'vmf_insert_pfn_pmd':
    case 'vmf_insert_pfn_pud':
    case 'vmf_insert_folio_pmd':
      return [
        {
          type: name,
          at,
          frame,
          write: args.write === 1,
          ...(record.pfn_t === undefined ? {} : { pfn_t: record.pfn_t }),
        },
      ];
    default:
      b.leave(`probe ${name}`);
      return [];
  }
}

/** Consecutive pfns. */
function runsOf(pfns: readonly number[]): { first: number; from: number; count: number }[] {
  const runs: { first: number; from: number; count: number }[] = [];
  for (const [i, pfn] of pfns.entries()) {
    const last = runs.at(-1);
    if (last !== undefined && pfn === last.first + last.count) last.count++;
    else runs.push({ first: pfn, from: i, count: 1 });
  }
  return runs;
}

/** With what the driver has done to the VMA's flags before. */
function withFlags(
  b: LogBuilder,
  mapping: DriverMappingSeen | undefined,
  record: DriverCallRecord,
  placeOf: PlaceOf,
): DriverCall[] {
  const calls = callsOf(b, record, placeOf);
  if (mapping === undefined) return calls;
  // its probe saw the flags when it began
  if (record.name === 'remap_vmalloc_range_partial') return calls;
  const flags = b.mappings.changed(mapping, record);
  if (record.ret === undefined || record.ret >= 0) b.mappings.did(mapping, record);
  if (flags === undefined || calls.length === 0) return calls;
  return [{ type: 'vm_flags_mod', at: placeOf(mapping.start), ...flags }, ...calls];
}

/** What a driver called while `->mmap` ran, for the mapping that was made at `start`. */
export function callsWithin(
  b: LogBuilder,
  records: readonly DriverCallRecord[],
  start: number,
  mapping: DriverMappingSeen,
): DriverCall[] {
  const placeOf = (addr: number): Place => ({ label: '', page: Math.floor((addr - start) / b.page) });
  return records.flatMap((record) => withFlags(b, mapping, record, placeOf));
}

/** vma_set_page_prot() has taken the right to write out of a shared mapping: its driver wants to hear of first writes. */
function hearsOfWrites(b: LogBuilder, { args, page_prot }: DriverCallRecord): boolean {
  const shared = VM_FLAGS.VM_WRITE | VM_FLAGS.VM_SHARED;
  if (page_prot === undefined || args.vm_flags === undefined || (args.vm_flags & shared) !== shared) return false;
  const flags = b.options.flagsOfProt?.(BigInt(`0x${page_prot}`));
  return flags !== undefined && (flags & shared) === 0;
}

/** A probe of our own recipe outside of `->mmap`. */
export function convertProbe(b: LogBuilder, record: DriverCallRecord): void {
  const { name, args } = record;
  const mm = b.task(record).mm.id;
  const from = { ...record, ret: record.ret ?? null };
  if (name === 'unmap_mapping_range' || name === 'unmap_mapping_pages') {
    const file = b.mappings.fileOf(record.mapping);
    if (file === undefined) {
      // which file is an address only; what was unmapped shows in later faults
      b.leave(`probe ${name}, whose file is not known`);
      return;
    }
    const bytes = name === 'unmap_mapping_range';
    const pgoff = bytes ? Math.floor((args.start ?? 0) / b.page) : (args.start ?? 0);
    const pages = bytes ? b.pagesOf(args.size ?? 0) : (args.nr ?? 0);
    b.emit({ type: 'unmap_mapping_range', file, pgoff, pages, even_cows: args.even_cows === 1 }, from);
    return;
  }
  const mapping = b.mappings.at(mm, args.addr ?? 0);
  if (mapping !== undefined && hearsOfWrites(b, record))
    mapping.event.ops = { ...mapping.event.ops, pfn_mkwrite: true };
  for (const call of withFlags(b, mapping, record, (addr) => b.place(addr))) {
    const result = call.type === 'vm_flags_mod' ? null : from.ret;
    b.emit({ ...call, mm } as LogEvent, { ...from, ret: result });
  }
  // a mapping whose handler is known only by what it calls
  if (record.fault === true && mapping !== undefined && mapping.event.ops?.fault === undefined)
    mapping.event.ops = { ...mapping.event.ops, fault: { do: 'sigbus' } };
}
