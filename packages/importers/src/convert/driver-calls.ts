// SPDX-License-Identifier: GPL-2.0-or-later
/** What drivers do outside of mmap: pins, pages that come later, probes of our own recipe. */
import { VM_FLAGS } from '@specialbit/events';
import type { Fd, SyscallRecord, TraceRecord } from '../records.js';
import { twoWords, wordAt } from './bytes.js';
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

/** A probe of our own recipe: the mm of the task, an address, a frame. */
export function convertProbe(b: LogBuilder, record: Extract<TraceRecord, { type: 'driver_call' }>): void {
  const { name, args } = record;
  const mm = b.task(record).mm.id;
  const at = b.place(args.addr ?? 0);
  const frame = { pfn: args.pfn ?? 0 };
  const pages = Math.max(1, b.pagesOf(args.size ?? b.page));
  const from = { ...record, ret: null };
  switch (name) {
    case 'remap_pfn_range':
      b.emit({ type: 'remap_pfn_range', mm, at, frame, pages }, from);
      return;
    case 'vm_insert_page':
      b.emit({ type: 'vm_insert_page', mm, at, frame, pages: 1 }, from);
      return;
    case 'vm_insert_pages':
    case 'vm_map_pages':
    case 'vm_map_pages_zero':
      b.emit({ type: name, mm, at, frame, pages: args.num ?? 1 }, from);
      return;
    case 'vmf_insert_pfn':
    case 'vmf_insert_pfn_prot':
      b.emit({ type: 'vmf_insert_pfn', mm, at, frame }, from);
      return;
    case 'vmf_insert_mixed':
    case 'vmf_insert_mixed_mkwrite':
      b.emit({ type: name, mm, at, frame, pfn_t: 'PFN_DEV' }, from);
      return;
    case 'vm_iomap_memory':
      return; // ends in remap_pfn_range(), which has a probe of its own
    case 'unmap_mapping_pages':
    case 'unmap_mapping_range':
      // which file is an address only; what was unmapped shows in later faults
      b.leave(`probe ${name}, whose file is not known`);
      return;
    case 'zap_vma_ptes':
      b.emit({ type: 'zap_vma_ptes', mm, at, pages }, from);
      return;
    default:
      b.leave(`probe ${name}`);
      return;
  }
}
