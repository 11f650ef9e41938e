// SPDX-License-Identifier: GPL-2.0-or-later
/** From the records of a recording to the events of a log. */
import { lookup } from '@specialbit/events';
import { OPEN_FLAGS } from '../names.js';
import type { DriverCallRecord, Fd, SyscallRecord, TraceRecord } from '../records.js';
import { Collapses } from './collapses.js';
import { convertProbe, convertSetsockopt, convertUserfault, zerocopyReceive } from './driver-calls.js';
import { openedReadonly } from './files.js';
import { type ConvertOptions, LogBuilder } from './log-builder.js';
import { aioRing, convertMmap, convertShmat } from './mappings.js';
import { convertExecve, convertFault, newTask, type OpenAccess, taskExits } from './processes.js';
import { convertRange } from './ranges.js';

/** Errors of calls that the model computes itself; others have reasons that a log does not show. */
const MODELLED_ERRORS = new Set(['ENOMEM', 'EINVAL', 'EFAULT', 'EACCES', 'EEXIST', 'ENODEV']);

/** What strace -y calls the files that these calls make. */
const OPENED_NAMES: Readonly<Record<string, string>> = lookup({
  socket: 'socket:[?]',
  perf_event_open: 'anon_inode:[perf_event]',
  io_uring_setup: 'anon_inode:[io_uring]',
  userfaultfd: 'anon_inode:[userfaultfd]',
  bpf: 'anon_inode:bpf-map',
});

/** Calls that fault pages in. */
const POPULATES = new Set(['mmap', 'mremap', 'mprotect', 'madvise', 'mlock']);

/** Takes records in the order of their effects. */
export class Converter {
  readonly log: LogBuilder;
  /** The access whose allocations are still coming in, by thread. */
  private readonly faulting = new Map<number, OpenAccess>();

  /** Frames that were allocated outside of faults, by thread. */
  private readonly waiting = new Map<number, number[]>();

  private readonly collapses: Collapses;

  /** What drivers called while an mmap call ran, by the call's line in the trace. */
  private readonly within = new Map<number, DriverCallRecord[]>();

  constructor(options: ConvertOptions = {}) {
    this.log = new LogBuilder(options);
    this.collapses = new Collapses(this.log);
  }

  /** Has to be told all records before they are pushed: what a driver calls within mmap comes before that call is complete. */
  prepare(records: readonly TraceRecord[]): void {
    const calls = new Set<number>();
    for (const record of records)
      if (record.type === 'syscall' && record.call.name === 'mmap' && record.traced !== undefined)
        calls.add(record.traced);
    for (const record of records) {
      if (record.type !== 'driver_call' || record.within === undefined || !calls.has(record.within)) continue;
      if (record.inner === true) continue;
      const known = this.within.get(record.within);
      if (known === undefined) this.within.set(record.within, [record]);
      else known.push(record);
    }
  }

  /** The mm that `pid` runs in now. */
  mmOf(pid: number): number | undefined {
    return this.log.tasks.get(pid)?.mm.id;
  }

  push(record: TraceRecord): void {
    const b = this.log;
    if (record.type === 'page_alloc') {
      this.allocated(record);
      return;
    }
    if (record.type === 'rss') {
      this.collapses.seen(record);
      return;
    }
    if (record.type === 'collapse') {
      this.collapses.convert(record, this.waiting.get(record.pid));
      this.waiting.delete(record.pid);
      return;
    }
    if (record.type === 'unmapped_area' || record.type === 'vma_store' || record.type === 'machine') return;
    if (record.type === 'driver_call') {
      this.driverCall(record);
      return;
    }
    this.faulting.delete(record.pid);
    switch (record.type) {
      case 'syscall': {
        b.task(record); // a process that is met here for the first time has events of its own
        const from = b.events.length;
        this.syscall(record);
        this.allocatedBy(record, from);
        return;
      }
      case 'fault': {
        this.waiting.delete(record.pid);
        const open = convertFault(b, record);
        if (open !== undefined) this.faulting.set(record.pid, open);
        return;
      }
      case 'newtask':
        newTask(b, record, record.pid, record.child, record.flags);
        return;
      case 'threads':
        b.task(record);
        b.tasks.attached(record.pid, record.count);
        return;
      case 'exit':
        taskExits(b, record);
        return;
      default:
        return;
    }
  }

  /** Calls of `->mmap` are the mmap event's; those of a fault handler come before the access, which then finds the entry. */
  private driverCall(record: DriverCallRecord): void {
    const b = this.log;
    const { pid, within, inner, fault } = record;
    if (inner === true || (within !== undefined && this.within.has(within))) return;
    const open = fault === true ? this.faulting.get(pid) : undefined;
    if (open === undefined) {
      this.faulting.delete(pid);
      convertProbe(b, record);
      return;
    }
    const i = b.events.lastIndexOf(open.event);
    const [access] = b.events.splice(i, 1);
    const [origin] = b.origins.splice(i, 1);
    convertProbe(b, record);
    b.events.push(access!);
    b.origins.push(origin!);
  }

  private syscall(record: SyscallRecord): void {
    const b = this.log;
    const { call, ret } = record;
    const failed = ret === null || ret === -1;
    const task = b.task(record);
    const mm = task.mm.id;
    switch (call.name) {
      case 'mmap':
        if (failed && (ret === null || !this.within.has(record.traced ?? -1))) {
          b.leave('mmap that failed');
          return;
        }
        convertMmap(b, record, task, call, this.within.get(record.traced ?? -1) ?? []);
        return;
      case 'munmap':
      case 'mprotect':
      case 'mremap':
      case 'madvise':
      case 'mlock':
      case 'mlock2':
      case 'munlock':
      case 'mseal':
        if (failed && !MODELLED_ERRORS.has(record.errno ?? '')) {
          b.leave(`${call.name} that failed: ${record.errno ?? 'not seen to return'}`);
          return;
        }
        convertRange(b, record, mm, call);
        return;
      case 'brk':
        if (failed) return;
        if (!task.mm.known) b.chosen.add('the data segment of a program whose beginning is not known');
        // the kernel answers with the end of the segment, which is the old one where it refuses (brk(), mm/mmap.c)
        b.emit({ type: 'brk', mm, brk: task.mm.known ? ret : call.brk }, record);
        if (call.brk !== 0 && ret !== call.brk) b.leave('brk that the kernel refused');
        return;
      case 'clone':
        if (!failed && ret > 0) newTask(b, record, record.pid, ret, call.flags);
        return;
      case 'execve':
        if (ret === 0) convertExecve(b, record, resolvePath(call.path, call.cwd));
        return;
      case 'openat': {
        if (failed) return;
        const fresh =
          (call.flags & (OPEN_FLAGS.O_CREAT | OPEN_FLAGS.O_TRUNC)) === (OPEN_FLAGS.O_CREAT | OPEN_FLAGS.O_TRUNC);
        b.opened(
          task,
          call.opened,
          (path) => b.files.at(path),
          openedReadonly(call.flags),
          '',
          call.path,
          (call.flags & OPEN_FLAGS.O_CLOEXEC) !== 0,
        );
        const file = call.opened === undefined ? undefined : task.fds.resolve(call.opened, b.files).file;
        // what was cut off to nothing has no pages that a size on this machine could tell
        if (fresh && file !== undefined && file.reached === 0) {
          file.sized = false;
          file.pages = 0;
        }
        return;
      }
      case 'memfd_create':
        if (failed) return;
        b.opened(
          task,
          call.opened,
          (path) => b.files.make(path, 'shmem'),
          false,
          call.detail,
          `/memfd:${call.path ?? ''}`,
        );
        if (call.detail.includes('MFD_HUGETLB') && call.opened !== undefined) {
          task.fds.resolve(call.opened, b.files).file.kind = 'hugetlbfs';
        }
        return;
      case 'socket':
      case 'perf_event_open':
      case 'io_uring_setup':
      case 'userfaultfd':
      case 'bpf':
        if (!failed)
          b.opened(
            task,
            call.opened,
            (path) => b.files.make(path, 'device'),
            false,
            call.detail,
            OPENED_NAMES[call.name],
          );
        return;
      case 'ioctl':
        if (failed) return;
        if (call.request.startsWith('UFFDIO_')) {
          convertUserfault(b, record, mm, call.request, call.detail);
          return;
        }
        b.opened(
          task,
          call.opened,
          (path) => b.files.make(path, 'device'),
          false,
          call.request,
          `ioctl:[${call.request}]`,
        );
        return;
      case 'close_range':
        if (!failed) for (const fd of task.fds.numbers()) if (fd >= call.first && fd <= call.last) task.fds.close(fd);
        return;
      case 'close':
        if (!failed) task.fds.close(call.fd.fd);
        return;
      case 'dup':
        if (!failed) task.fds.dup(call.from.fd, call.to ?? ret);
        return;
      case 'ftruncate':
        if (!failed) this.ftruncate(record, call.fd, call.len);
        return;
      case 'unlink':
        if (!failed && call.path !== undefined) b.files.unlink(call.path);
        return;
      case 'shmget':
        if (!failed && !b.shm.has(ret))
          b.shm.set(ret, { file: b.files.make('/SYSV00000000', 'shmem'), pages: b.pagesOf(call.size) });
        return;
      case 'shmat':
        if (!failed) convertShmat(b, record, task, call.id, call.flags);
        return;
      case 'shmdt': {
        const pages = b.attached.get(`${mm} ${call.addr}`);
        if (!failed && pages !== undefined) b.emit({ type: 'munmap', mm, at: b.place(call.addr), pages }, record);
        return;
      }
      case 'process_vm_readv':
      case 'process_vm_writev': {
        const target = b.tasks.get(call.pid);
        if (failed || target === undefined) return;
        for (const { addr, len } of call.addrs) {
          const pages = b.pagesOf(addr + len) - Math.floor(addr / b.page);
          const write = call.name === 'process_vm_writev';
          b.emit(
            { type: 'pin_user_pages', mm: target.mm.id, at: b.place(addr), pages, write, longterm: false, hold: false },
            record,
          );
        }
        return;
      }
      case 'io_uring_register': {
        const base = /iov_base=(0x[0-9a-f]+)[^}]*iov_len=(\d+)/.exec(call.detail);
        if (failed || !call.op.includes('BUFFERS') || base === null) return;
        const addr = Number(base[1]);
        const pages = b.pagesOf(addr + Number(base[2])) - Math.floor(addr / b.page);
        b.emit(
          { type: 'pin_user_pages', mm, at: b.place(addr), pages, write: true, longterm: true, hold: true },
          record,
        );
        return;
      }
      case 'setsockopt':
        convertSetsockopt(b, record, mm, failed, call.option, call.detail);
        return;
      case 'getsockopt':
        if (!failed) zerocopyReceive(b, record, task, call.fd, call.option, call.detail);
        return;
      case 'io_setup': {
        const at = /\[(0x[0-9a-f]+)\]/.exec(call.detail);
        if (!failed && at !== null) aioRing(b, record, task, Number(at[1]), Number.parseInt(call.detail, 10));
        return;
      }
      case 'mlockall':
      case 'munlockall':
        if (!failed) b.leave(`${call.name}, which is not modelled`);
        return;
      default:
        return;
    }
  }

  /** Memory for user space: of the fault that runs, else of the call that runs or has just run. */
  private allocated({ pid, pfn, order, user, huge }: Extract<TraceRecord, { type: 'page_alloc' }>): void {
    // folios of the page cache are not the process's
    if (!huge && (!user || order !== 0)) return;
    const open = this.faulting.get(pid);
    if (open !== undefined) {
      this.collapses.allocated(open.event, pfn, order);
      open.alloc.push(pfn);
      (open.event as { alloc?: readonly number[] }).alloc = open.alloc;
      return;
    }
    const waiting = this.waiting.get(pid);
    if (waiting === undefined) this.waiting.set(pid, [pfn]);
    else waiting.push(pfn);
  }

  /** A call gets what was allocated since the thread's last line, where both logs put the call at its end. */
  private allocatedBy(record: SyscallRecord, from: number): void {
    const alloc = this.waiting.get(record.pid);
    this.waiting.delete(record.pid);
    const event = this.log.events[from];
    if (alloc === undefined || event === undefined || !POPULATES.has(event.type)) return;
    (event as { alloc?: readonly number[] }).alloc = alloc;
  }

  private ftruncate(record: SyscallRecord, fd: Fd, len: number): void {
    const { file } = this.log.task(record).fds.resolve(fd, this.log.files);
    const pages = this.log.pagesOf(len);
    if (file.kind === 'device') return;
    if (!file.sized) file.pages = file.reached === 0 ? pages : Math.max(file.pages, file.reached);
    file.sized = true;
    this.log.reach(file, 1);
    this.log.emit({ type: 'truncate', file: file.name, pages }, record);
  }
}

function resolvePath(path: string | undefined, cwd: string | undefined): string | undefined {
  if (path === undefined || path.startsWith('/') || cwd === undefined) return path;
  return `${cwd}/${path.replace(/^\.\//, '')}`;
}
