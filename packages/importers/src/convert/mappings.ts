// SPDX-License-Identifier: GPL-2.0-or-later
/** Calls that make mappings: mmap, shmat, io_setup. */
import type { FrameRef, LogEvent, Mmap, Place } from '@specialbit/events';
import { MAP_FLAGS, PROT_FLAGS } from '@specialbit/events';
import { SHM_FLAGS } from '../names.js';
import type { DriverCallRecord, SyscallRecord } from '../records.js';
import { callsWithin } from './driver-calls.js';
import { type DriverMapping, driverOf } from './drivers.js';
import type { FoundFile } from './files.js';
import { Frames } from './frames.js';
import type { LogBuilder } from './log-builder.js';
import type { Task } from './tasks.js';

/** A mapping, with what its driver does where it has one. */
export function convertMmap(
  b: LogBuilder,
  record: SyscallRecord,
  task: Task,
  call: Extract<SyscallRecord['call'], { name: 'mmap' }>,
  within: readonly DriverCallRecord[] = [],
): void {
  const failed = record.ret === -1;
  // where a mapping that failed would have been: as its driver saw it
  const ret = failed ? startOf(within, call.addr) : record.ret!;
  const mm = task.mm.id;
  const fixed = (call.flags & (MAP_FLAGS.MAP_FIXED | MAP_FLAGS.MAP_FIXED_NOREPLACE)) !== 0;
  const pages = b.pagesOf(call.len);
  const anonymous = (call.flags & MAP_FLAGS.MAP_ANONYMOUS) !== 0;
  const event: { -readonly [K in keyof Mmap]: Mmap[K] } = {
    type: 'mmap',
    mm,
    pages,
    prot: call.prot & (PROT_FLAGS.PROT_READ | PROT_FLAGS.PROT_WRITE | PROT_FLAGS.PROT_EXEC),
    flags: call.flags,
    pgoff: anonymous ? 0 : call.off / b.page,
  };
  if (fixed) {
    event.at = b.place(ret);
  } else {
    if (call.addr > 0) event.at = b.place(call.addr + b.page - 1); // a hint
    event.mapped_at = b.place(ret);
  }
  let after: LogEvent[] = [];
  if (!anonymous && call.fd !== null) {
    const open = task.fds.resolve(call.fd, b.files);
    const { file } = open;
    if (file.path === '/dev/zero') {
      // mmap_zero() (drivers/char/mem.c): shared memory is tmpfs's, private is anonymous
      if ((call.flags & MAP_FLAGS.MAP_SHARED) !== 0) {
        event.flags |= MAP_FLAGS.MAP_ANONYMOUS;
        event.pgoff = 0;
      } else {
        file.kind = 'device';
        event.file = b.reach(file, event.pgoff + pages).name;
        event.ops = { anonymous: true };
      }
    } else {
      event.file = b.reach(file, event.pgoff + pages).name;
      if (open.readonly && (call.flags & MAP_FLAGS.MAP_SHARED) !== 0) event.file_readonly = true;
      if (within.length > 0) file.kind = 'device';
      if (file.kind === 'device') {
        after = driverMapping(b, file, event, ret);
        const mapping = b.mappings.add(mm, ret, ret + pages * b.page, event);
        const calls = callsWithin(b, within, ret, mapping);
        if (calls.length > 0) event.call = [...(event.call ?? []), ...calls];
      }
    }
  }
  b.emit(event, record);
  for (const next of after) b.emit(next, { ...record, ret: null });
}

/** Where the VMA of a call that failed began: an address that its driver was given lies in it. */
function startOf(within: readonly DriverCallRecord[], hint: number): number {
  return within[0]?.args.addr ?? hint;
}

/** What the driver's `->mmap` does. */
export function driverMapping(
  b: LogBuilder,
  file: FoundFile,
  event: { -readonly [K in keyof Mmap]: Mmap[K] },
  ret: number,
): LogEvent[] {
  const row = driverOf(file.path, file.detail);
  if (row.key === 'unknown' && b.options.probed !== true)
    b.chosen.add(`what the driver of ${file.path} does when it is mapped`);
  const mapping: DriverMapping = {
    pages: event.pages,
    pgoff: event.pgoff,
    writable: (event.prot & PROT_FLAGS.PROT_WRITE) !== 0,
    frame: (n, count): FrameRef => b.frames.of(file.name, n, count),
  };
  event.ops = row.ops(mapping);
  const probed = b.options.probed === true;
  const calls = row
    .call(mapping)
    .filter((call) => !probed || call.type === 'vm_flags_mod')
    .flatMap(singly);
  if (calls.length > 0) event.call = calls;
  if (probed) return [];
  return (row.after?.(mapping) ?? []).flatMap(singly).map((call) => {
    const at = 'page' in call.at ? b.place(ret + call.at.page * b.page) : call.at;
    return { ...call, at, mm: event.mm } as LogEvent;
  });
}

/** do_shmat() (ipc/shm.c) maps the whole segment. */
export function convertShmat(b: LogBuilder, record: SyscallRecord, task: Task, id: number, flags: number): void {
  const segment = b.shm.get(id);
  if (segment === undefined) {
    b.chosen.add(`the size of System V memory ${id}`);
    b.leave('shmat of memory whose size is not known');
    return;
  }
  const { file, pages } = segment;
  file.sized = true;
  file.pages = pages;
  b.reach(file, pages);
  const readonly = (flags & SHM_FLAGS.SHM_RDONLY) !== 0;
  const prot =
    PROT_FLAGS.PROT_READ | (readonly ? 0 : PROT_FLAGS.PROT_WRITE) | ((flags & SHM_FLAGS.SHM_EXEC) !== 0 ? 4 : 0);
  b.attached.set(`${task.mm.id} ${record.ret}`, pages);
  b.emit(
    {
      type: 'mmap',
      mm: task.mm.id,
      pages,
      prot,
      flags: MAP_FLAGS.MAP_SHARED,
      pgoff: 0,
      file: file.name,
      ...(readonly ? { file_readonly: true } : {}),
      mapped_at: b.place(record.ret!),
      // shm_vm_ops (ipc/shm.c)
      ops: { close: true, get_unmapped_area: true },
    },
    record,
  );
}

/** aio_setup_ring() (fs/aio.c) maps its ring without an mmap call. */
export function aioRing(b: LogBuilder, record: SyscallRecord, task: Task, addr: number, events: number): void {
  const nr = Math.max(events, 8) * 2 + 2;
  const pages = b.pagesOf(32 + nr * 32);
  const file = b.files.make('/[aio]', 'device');
  const event: { -readonly [K in keyof Mmap]: Mmap[K] } = {
    type: 'mmap',
    mm: task.mm.id,
    pages,
    prot: 3,
    flags: MAP_FLAGS.MAP_SHARED,
    pgoff: 0,
    file: b.reach(file, pages).name,
    mapped_at: b.place(addr),
  };
  driverMapping(b, file, event, addr);
  b.emit(event, { ...record, ret: addr });
  b.chosen.add('the size of an aio ring, which depends on the number of CPUs');
}

/** vm_insert_page of several pages as that many calls. */
function singly<C extends { type: string; at: Place; pages?: number; frame?: FrameRef }>(call: C): C[] {
  if (call.type !== 'vm_insert_page' || call.pages === undefined || call.pages <= 1) return [call];
  const { at, frame } = call;
  if (!('page' in at) || frame === undefined || !('label' in frame)) return [call];
  return Array.from({ length: call.pages }, (_, i) => ({
    ...call,
    at: { label: at.label, page: at.page + i },
    frame: { label: Frames.next(frame.label, i) },
    pages: 1,
  }));
}
