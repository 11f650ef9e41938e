// SPDX-License-Identifier: GPL-2.0-or-later
/** Processes start, turn into other programs, touch memory and end. */
import type { LogEvent } from '@specialbit/events';
import type { FaultRecord, SyscallRecord } from '../records.js';
import type { At, LogBuilder } from './log-builder.js';

/** Above this lie kernel addresses and the vsyscall page, where nothing else is said. */
const TASK_SIZE = 2 ** 47;

/** clone() and its relatives: a copy of the address space, or one more user of it. */
export function newTask(b: LogBuilder, record: At, parent: number, child: number, flags: number | undefined): void {
  if (b.tasks.get(child) !== undefined) return;
  const from = b.task({ ...record, pid: parent });
  const { task, forked } = b.tasks.born(from, child, flags ?? 0);
  if (forked) b.emit({ type: 'fork', mm: from.mm.id, child: task.mm.id }, record);
}

/** The last user of an address space takes it along. */
export function taskExits(b: LogBuilder, record: At): void {
  const task = b.tasks.get(record.pid);
  if (task === undefined) return;
  const { id } = task.mm;
  if (b.tasks.ended(task)) b.emit({ type: 'exit', mm: id }, record);
}

/** A new program: what it maps comes from its headers or a snapshot. */
export function convertExecve(b: LogBuilder, record: SyscallRecord, path: string | undefined): void {
  const task = b.task(record);
  const image = b.options.imageOf?.(path, record.pid);
  const shared = task.mm.users.size > 1;
  task.exec = { until: record.end ?? record.time ?? 0, from: shared ? task.mm : undefined };
  if (shared) {
    task.mm.users.delete(record.pid);
    task.mm = b.tasks.newMm(record.pid, true);
    task.fds = task.fds.copy();
  }
  task.fds.exec();
  task.mm.known = image !== undefined;
  const mm = task.mm.id;
  const comm = path === undefined ? {} : { comm: path };
  b.emit(
    { type: 'execve', mm, start_brk: image?.start_brk ?? 0, start_stack: image?.start_stack ?? 0, ...comm },
    record,
  );
  b.images.set(image?.origin ?? 'unknown', (b.images.get(image?.origin ?? 'unknown') ?? 0) + 1);
  if (image === undefined) {
    b.chosen.add(`what ${path ?? 'a program'} maps when it starts is not known; it starts empty`);
    return;
  }
  for (const vma of image.vmas) {
    const pages = (vma.end - vma.start) / b.page;
    const pgoff = vma.file !== undefined ? (vma.offset ?? 0) / b.page : vma.name !== undefined ? 0 : vma.start / b.page;
    b.emit(
      {
        type: 'map_vma',
        mm,
        at: b.place(vma.start),
        pages,
        vm_flags: vma.vm_flags < 0 ? vma.vm_flags >>> 0 : vma.vm_flags,
        pgoff,
        ...(vma.file === undefined ? {} : { file: b.reach(b.files.at(vma.file), pgoff + pages).name }),
        ...(vma.name === undefined ? {} : { name: vma.name, ops: b.frames.specialMapping(vma.name, pages) }),
      },
      record,
    );
  }
  for (const addr of image.written) b.emit({ type: 'access', mm, at: b.place(addr), op: 'write' }, record);
}

/** An access whose allocations the following lines tell. */
export interface OpenAccess {
  readonly event: LogEvent & { type: 'access' };
  readonly alloc: number[];
}

/** A page fault is an access; undefined for one that the log leaves out. */
export function convertFault(b: LogBuilder, record: FaultRecord): OpenAccess | undefined {
  if (record.addr >= (b.options.task_size ?? TASK_SIZE)) return undefined;
  const task = b.task(record);
  let { mm } = task;
  const { exec } = task;
  if (exec !== undefined && !record.user && record.op === 'read' && (record.time ?? 0) <= exec.until) {
    // execve reads its arguments before it leaves the old address space
    if (exec.from === undefined) return undefined;
    mm = exec.from;
  }
  if (b.guarded.size > 0 && b.guarded.has(`${mm.id} ${b.pageStart(record.addr)}`)) {
    b.leave('faults on guard pages');
    return undefined;
  }
  const alloc: number[] = [];
  const event: LogEvent & { type: 'access' } = { type: 'access', mm: mm.id, at: b.place(record.addr), op: record.op };
  b.emit(event, record);
  return { alloc, event };
}
