/** From the records of a recording to the events of a log. */
import type { Advice, FrameRef, LogEvent, Mmap, Place } from '@specialbit/events';
import { MAP_FLAGS, MREMAP_FLAGS, PROT_FLAGS, VM_FLAGS } from '@specialbit/events';
import { CLONE_FLAGS, OPEN_FLAGS, SHM_FLAGS } from '../names.js';
import { VM_MAYBE_GUARD } from '../proc/vm-flag-letters.js';
import type { FaultRecord, Fd, SyscallRecord, TraceRecord } from '../records.js';
import { type DriverMapping, driverOf } from './drivers.js';
import type { ExecImage } from './exec-image.js';
import { Files, type FoundFile, kindOfPath, openedReadonly, type SizeOf } from './files.js';
import { Frames } from './frames.js';
import { type Task, Tasks } from './tasks.js';

const PAGE = 4096;
/** Above this lie kernel addresses and the vsyscall page. */
const TASK_SIZE = 2 ** 47;

export interface ConvertOptions {
  /** What the n-th successful execve of a process maps; undefined where no one knows. */
  readonly imageOf?: (path: string | undefined, pid: number, nth: number) => ExecImage | undefined;
  /** A process is met whose beginning is not in the log: events that place what it has. */
  readonly begin?: (pid: number, mm: number) => readonly LogEvent[];
  readonly sizeOf?: SizeOf;
}

/** Where an event comes from, and what the recording says came of it. */
export interface Origin {
  readonly line: number;
  readonly time: number | undefined;
  readonly pid: number;
  /** Address or value that the call returned, or -1; null where the recording does not say. */
  readonly ret: number | null;
  readonly errno?: string;
}

/** Errors of calls that the model computes itself; others have reasons that a log does not show. */
const MODELLED_ERRORS = new Set(['ENOMEM', 'EINVAL', 'EFAULT', 'EACCES', 'EEXIST', 'ENODEV']);

const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE);
const pageStart = (addr: number): number => Math.floor(addr / PAGE) * PAGE;
const place = (addr: number): Place => ({ addr: pageStart(addr) });

export class Converter {
  readonly events: LogEvent[] = [];
  /** One for each event. */
  readonly origins: Origin[] = [];
  readonly files: Files;
  readonly frames = new Frames();
  /** Remarks for the header: what had to be chosen. */
  readonly chosen = new Set<string>();
  /** Calls that were left out, by reason. */
  readonly left = new Map<string, number>();
  /** Where execve's mappings came from, by origin. */
  readonly images = new Map<string, number>();
  private readonly tasks = new Tasks();
  private readonly execs = new Map<number, number>();
  private readonly shm = new Map<number, { file: FoundFile; pages: number }>();
  private readonly attached = new Map<string, number>();
  private shmSize = 0;
  /** `mm address` of pages with a guard marker. */
  private readonly guarded = new Set<string>();
  /** The access whose allocations are still coming in, by thread. */
  private readonly faulting = new Map<number, { alloc: number[]; event: LogEvent & { type: 'access' } }>();

  constructor(private readonly options: ConvertOptions = {}) {
    this.files = new Files(options.sizeOf);
  }

  /** The mm that `pid` runs in now. */
  mmOf(pid: number): number | undefined {
    return this.tasks.get(pid)?.mm.id;
  }

  push(record: TraceRecord): void {
    if (record.type === 'page_alloc') return this.allocated(record.pid, record.pfn, record.order, record.user);
    if (record.type === 'rss' || record.type === 'unmapped_area') return;
    this.faulting.delete(record.pid);
    switch (record.type) {
      case 'syscall':
        return this.syscall(record);
      case 'fault':
        return this.fault(record);
      case 'newtask':
        return this.newTask(record, record.pid, record.child, record.flags);
      case 'exit':
        return this.exit(record);
      case 'driver_call':
        return this.driverCall(record);
      default:
        return;
    }
  }

  // ------------------------------------------------------------ emission

  private emit(
    event: LogEvent,
    from: { line: number; time: number | undefined; pid: number; ret?: number | null; errno?: string },
  ): void {
    this.events.push(event);
    this.origins.push({
      line: from.line,
      time: from.time,
      pid: from.pid,
      ret: from.ret ?? null,
      ...(from.errno === undefined ? {} : { errno: from.errno }),
    });
  }

  private leave(why: string): void {
    this.left.set(why, (this.left.get(why) ?? 0) + 1);
  }

  private task(record: { line: number; time: number | undefined; pid: number }): Task {
    const { task, fresh } = this.tasks.meet(record.pid);
    if (fresh) {
      const begin = this.options.begin?.(record.pid, task.mm.id) ?? [];
      if (begin.length > 0) task.mm.known = true;
      for (const event of begin) this.emit(event, record);
      if (begin.length === 0) this.emit({ type: 'execve', mm: task.mm.id, start_brk: 0, start_stack: 0 }, record);
    }
    return task;
  }

  // --------------------------------------------------------------- tasks

  private newTask(
    record: { line: number; time: number | undefined; pid: number },
    parent: number,
    child: number,
    flags: number | undefined,
  ): void {
    if (this.tasks.get(child) !== undefined) return;
    const from = this.task({ ...record, pid: parent });
    const { task, forked } = this.tasks.born(from, child, flags ?? 0);
    if (forked) this.emit({ type: 'fork', mm: from.mm.id, child: task.mm.id }, record);
  }

  private exit(record: { line: number; time: number | undefined; pid: number }): void {
    const task = this.tasks.get(record.pid);
    if (task === undefined) return;
    const { id } = task.mm;
    if (this.tasks.ended(task)) this.emit({ type: 'exit', mm: id }, record);
  }

  private execve(record: SyscallRecord, path: string | undefined): void {
    const task = this.task(record);
    const nth = (this.execs.get(record.pid) ?? 0) + 1;
    this.execs.set(record.pid, nth);
    const image = this.options.imageOf?.(path, record.pid, nth);
    const shared = task.mm.users.size > 1;
    task.exec = { until: record.end ?? record.time ?? 0, from: shared ? task.mm : undefined };
    if (shared) {
      task.mm.users.delete(record.pid);
      task.mm = this.tasks.newMm(record.pid, true);
      task.fds = task.fds.copy();
    }
    task.mm.known = image !== undefined;
    const mm = task.mm.id;
    const comm = path === undefined ? {} : { comm: path };
    this.emit(
      { type: 'execve', mm, start_brk: image?.start_brk ?? 0, start_stack: image?.start_stack ?? 0, ...comm },
      record,
    );
    this.images.set(image?.origin ?? 'unknown', (this.images.get(image?.origin ?? 'unknown') ?? 0) + 1);
    if (image === undefined) {
      this.chosen.add(`what ${path ?? 'a program'} maps when it starts is not known; it starts empty`);
      return;
    }
    for (const vma of image.vmas) {
      const pages = (vma.end - vma.start) / PAGE;
      const pgoff = vma.file !== undefined ? (vma.offset ?? 0) / PAGE : vma.name !== undefined ? 0 : vma.start / PAGE;
      this.emit(
        {
          type: 'map_vma',
          mm,
          at: place(vma.start),
          pages,
          vm_flags: vma.vm_flags >>> 0,
          pgoff,
          ...(vma.file === undefined ? {} : { file: this.reach(this.files.at(vma.file), pgoff + pages).name }),
          ...(vma.name === undefined ? {} : { name: vma.name, ops: this.frames.specialMapping(vma.name, pages) }),
        },
        record,
      );
    }
    for (const addr of image.written) this.emit({ type: 'access', mm, at: place(addr), op: 'write' }, record);
  }

  // -------------------------------------------------------------- faults

  private fault(record: FaultRecord): void {
    if (record.addr >= TASK_SIZE) return;
    const task = this.task(record);
    let { mm } = task;
    const { exec } = task;
    if (exec !== undefined && !record.user && record.op === 'read' && (record.time ?? 0) <= exec.until) {
      // execve reads its arguments before it leaves the old address space
      if (exec.from === undefined) return;
      mm = exec.from;
    }
    if (this.guarded.size > 0 && this.guarded.has(`${mm.id} ${pageStart(record.addr)}`)) {
      return this.leave('faults on guard pages');
    }
    const alloc: number[] = [];
    const event: LogEvent & { type: 'access' } = { type: 'access', mm: mm.id, at: place(record.addr), op: record.op };
    this.faulting.set(record.pid, { alloc, event });
    this.emit(event, record);
  }

  private allocated(pid: number, pfn: number, order: number, user: boolean): void {
    const open = this.faulting.get(pid);
    if (open === undefined || !user || order !== 0) return;
    open.alloc.push(pfn);
    (open.event as { alloc?: readonly number[] }).alloc = open.alloc;
  }

  // --------------------------------------------------------------- files

  private reach(file: FoundFile, pages: number): FoundFile {
    file.reached = Math.max(file.reached, pages, 1);
    return file;
  }

  private opened(
    task: Task,
    fd: Fd | undefined,
    make: (path: string) => FoundFile,
    readonly = false,
    detail = '',
  ): void {
    if (fd === undefined) return;
    const path = fd.path ?? `fd ${fd.fd}`;
    const file = make(path);
    const kind = fd.path === undefined ? file.kind : kindOfPath(fd);
    if (kind !== 'file') file.kind = kind;
    if (detail !== '') file.detail = detail;
    task.fds.open(fd.fd, { file, readonly });
  }

  private ftruncate(record: SyscallRecord, fd: Fd, len: number): void {
    const { file } = this.task(record).fds.resolve(fd, this.files);
    const pages = pagesOf(len);
    if (file.kind === 'device') return;
    if (!file.sized) file.pages = file.reached === 0 ? pages : Math.max(file.pages, file.reached);
    file.sized = true;
    this.reach(file, 1);
    this.emit({ type: 'truncate', file: file.name, pages }, record);
  }

  // -------------------------------------------------------- system calls

  private syscall(record: SyscallRecord): void {
    const { call, ret } = record;
    const failed = ret === null || ret === -1;
    const task = this.task(record);
    const mm = task.mm.id;
    switch (call.name) {
      case 'mmap':
        if (failed) return this.leave('mmap that failed');
        return this.mmap(record, task, call);
      case 'munmap':
      case 'mprotect':
      case 'mremap':
      case 'madvise':
      case 'mlock':
      case 'mlock2':
      case 'munlock':
        if (failed && !MODELLED_ERRORS.has(record.errno ?? ''))
          return this.leave(`${call.name} that failed: ${record.errno ?? 'not seen to return'}`);
        return this.rangeCall(record, mm, call);
      case 'brk':
        if (failed) return;
        if (!task.mm.known) this.chosen.add('the data segment of a program whose beginning is not known');
        this.emit({ type: 'brk', mm, brk: call.brk }, record);
        return;
      case 'clone':
        if (!failed && ret > 0) this.newTask(record, record.pid, ret, call.flags);
        return;
      case 'execve':
        if (ret === 0) this.execve(record, resolvePath(call.path, call.cwd));
        return;
      case 'openat': {
        if (failed) return;
        const fresh =
          (call.flags & (OPEN_FLAGS.O_CREAT | OPEN_FLAGS.O_TRUNC)) === (OPEN_FLAGS.O_CREAT | OPEN_FLAGS.O_TRUNC);
        this.opened(task, call.opened, (path) => this.files.at(path), openedReadonly(call.flags));
        const file = call.opened === undefined ? undefined : task.fds.resolve(call.opened, this.files).file;
        // what was cut off to nothing has no pages that a size on this machine could tell
        if (fresh && file !== undefined && file.reached === 0) {
          file.sized = false;
          file.pages = 0;
        }
        return;
      }
      case 'memfd_create':
        if (failed) return;
        this.opened(task, call.opened, (path) => this.files.make(path, 'shmem'), false, call.detail);
        if (call.detail.includes('MFD_HUGETLB') && call.opened !== undefined) {
          task.fds.resolve(call.opened, this.files).file.kind = 'device';
        }
        return;
      case 'socket':
      case 'perf_event_open':
      case 'io_uring_setup':
      case 'userfaultfd':
      case 'bpf':
        if (!failed) this.opened(task, call.opened, (path) => this.files.make(path, 'device'), false, call.detail);
        return;
      case 'ioctl':
        if (failed) return;
        if (call.request.startsWith('UFFDIO_')) return this.userfault(record, mm, call.request, call.detail);
        this.opened(task, call.opened, (path) => this.files.make(path, 'device'), false, call.request);
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
        if (!failed && call.path !== undefined) this.files.unlink(call.path);
        return;
      case 'shmget':
        if (!failed) this.shmSize = call.size;
        if (!failed && !this.shm.has(ret))
          this.shm.set(ret, { file: this.files.make('/SYSV00000000', 'shmem'), pages: pagesOf(call.size) });
        return;
      case 'shmat':
        if (!failed) this.shmat(record, task, call.id, call.flags);
        return;
      case 'shmdt': {
        const pages = this.attached.get(`${mm} ${call.addr}`);
        if (!failed && pages !== undefined) this.emit({ type: 'munmap', mm, at: place(call.addr), pages }, record);
        return;
      }
      case 'process_vm_readv':
      case 'process_vm_writev': {
        const target = this.tasks.get(call.pid);
        if (failed || target === undefined) return;
        for (const { addr, len } of call.addrs) {
          const pages = pagesOf(addr + len) - Math.floor(addr / PAGE);
          const write = call.name === 'process_vm_writev';
          this.emit(
            { type: 'pin_user_pages', mm: target.mm.id, at: place(addr), pages, write, longterm: false, hold: false },
            record,
          );
        }
        return;
      }
      case 'io_uring_register': {
        const base = /iov_base=(0x[0-9a-f]+)[^}]*iov_len=(\d+)/.exec(call.detail);
        if (failed || !call.op.includes('BUFFERS') || base === null) return;
        const addr = Number(base[1]);
        const pages = pagesOf(addr + Number(base[2])) - Math.floor(addr / PAGE);
        this.emit(
          { type: 'pin_user_pages', mm, at: place(addr), pages, write: true, longterm: true, hold: true },
          record,
        );
        return;
      }
      case 'setsockopt':
        return this.setsockopt(record, mm, failed, call.option, call.detail);
      case 'getsockopt':
        if (!failed) this.zerocopyReceive(record, task, call.fd, call.option, call.detail);
        return;
      case 'io_setup': {
        const at = /\[(0x[0-9a-f]+)\]/.exec(call.detail);
        if (!failed && at !== null) this.aioRing(record, task, Number(at[1]), Number.parseInt(call.detail, 10));
        return;
      }
      case 'mlockall':
      case 'munlockall':
        if (!failed) this.leave(`${call.name}, which is not modelled`);
        return;
      default:
        return;
    }
  }

  private mmap(record: SyscallRecord, task: Task, call: Extract<SyscallRecord['call'], { name: 'mmap' }>): void {
    const ret = record.ret!;
    const mm = task.mm.id;
    const fixed = (call.flags & (MAP_FLAGS.MAP_FIXED | MAP_FLAGS.MAP_FIXED_NOREPLACE)) !== 0;
    const pages = pagesOf(call.len);
    const anonymous = (call.flags & MAP_FLAGS.MAP_ANONYMOUS) !== 0;
    const event: { -readonly [K in keyof Mmap]: Mmap[K] } = {
      type: 'mmap',
      mm,
      pages,
      prot: call.prot & (PROT_FLAGS.PROT_READ | PROT_FLAGS.PROT_WRITE | PROT_FLAGS.PROT_EXEC),
      flags: call.flags,
      pgoff: anonymous ? 0 : call.off / PAGE,
    };
    if (fixed) event.at = place(ret);
    else event.mapped_at = place(ret);
    let after: LogEvent[] = [];
    if (!anonymous && call.fd !== null) {
      const open = task.fds.resolve(call.fd, this.files);
      const { file } = open;
      if (file.path === '/dev/zero') {
        // mmap_zero() (drivers/char/mem.c): shared memory is tmpfs's, private is anonymous
        if ((call.flags & MAP_FLAGS.MAP_SHARED) !== 0) {
          event.flags |= MAP_FLAGS.MAP_ANONYMOUS;
          event.pgoff = 0;
        } else {
          file.kind = 'device';
          event.file = this.reach(file, event.pgoff + pages).name;
          event.ops = { anonymous: true };
        }
      } else {
        event.file = this.reach(file, event.pgoff + pages).name;
        if (open.readonly && (call.flags & MAP_FLAGS.MAP_SHARED) !== 0) event.file_readonly = true;
        if (file.kind === 'device') after = this.device(file, event, ret);
      }
    } else if (anonymous && (call.flags & MAP_FLAGS.MAP_HUGETLB) !== 0) {
      const file = this.files.make('/anon_hugepage', 'device');
      event.file = this.reach(file, pages).name;
      event.flags &= ~MAP_FLAGS.MAP_ANONYMOUS;
      after = this.device(file, event, ret);
    }
    this.emit(event, record);
    for (const next of after) this.emit(next, { ...record, ret: null });
  }

  /** What the driver's `->mmap` does. */
  private device(file: FoundFile, event: { -readonly [K in keyof Mmap]: Mmap[K] }, ret: number): LogEvent[] {
    const row = driverOf(file.path, file.detail);
    if (row.key === 'unknown') this.chosen.add(`what the driver of ${file.path} does when it is mapped`);
    const mapping: DriverMapping = {
      pages: event.pages,
      pgoff: event.pgoff,
      writable: (event.prot & PROT_FLAGS.PROT_WRITE) !== 0,
      frame: (n, count): FrameRef => this.frames.of(file.name, n, count),
    };
    event.ops = row.ops(mapping);
    const calls = row.call(mapping).flatMap(singly);
    if (calls.length > 0) event.call = calls;
    return (row.after?.(mapping) ?? []).flatMap(singly).map((call) => {
      const at = 'page' in call.at ? place(ret + call.at.page * PAGE) : call.at;
      return { ...call, at, mm: event.mm } as LogEvent;
    });
  }

  private rangeCall(record: SyscallRecord, mm: number, call: Extract<SyscallRecord['call'], { addr: number }>): void {
    const { addr } = call;
    switch (call.name) {
      case 'munmap':
        if (addr % PAGE !== 0) return;
        this.emit({ type: 'munmap', mm, at: place(addr), pages: pagesOf(call.len) }, record);
        return;
      case 'mprotect':
        if (addr % PAGE !== 0) return;
        this.emit({ type: 'mprotect', mm, at: place(addr), pages: pagesOf(call.len), prot: call.prot & 7 }, record);
        return;
      case 'madvise': {
        if (addr % PAGE !== 0) return;
        let { advice } = call;
        if (advice === 'MADV_GUARD_INSTALL' || advice === 'MADV_GUARD_REMOVE') {
          if (record.ret !== 0) return this.leave('guard pages that were refused');
          this.chosen.add(
            'guard pages (MADV_GUARD_INSTALL) are taken as pages that were given back and are not touched',
          );
          this.guard(mm, addr, call.len, advice === 'MADV_GUARD_INSTALL');
          if (advice === 'MADV_GUARD_REMOVE') return;
          this.emit(
            { type: 'vm_flags_mod', mm, at: place(addr), set: VM_MAYBE_GUARD, clear: 0 },
            { ...record, ret: null },
          );
          advice = 'MADV_DONTNEED';
        }
        this.emit({ type: 'madvise', mm, at: place(addr), pages: pagesOf(call.len), advice: advice as Advice }, record);
        return;
      }
      case 'mlock':
      case 'mlock2':
      case 'munlock': {
        const pages = pagesOf(addr + call.len) - Math.floor(addr / PAGE);
        this.emit({ type: call.name === 'munlock' ? 'munlock' : 'mlock', mm, at: place(addr), pages }, record);
        return;
      }
      case 'mremap': {
        // arguments that make no sense; nothing happens
        if (record.errno === 'EINVAL') return this.refusedMremap(record, mm, call);
        const fixed = (call.flags & MREMAP_FLAGS.MREMAP_FIXED) !== 0;
        const ret = record.ret ?? -1;
        this.emit(
          {
            type: 'mremap',
            mm,
            at: place(addr),
            pages: pagesOf(call.old_len),
            new_pages: pagesOf(call.new_len),
            flags: call.flags,
            ...(fixed ? { to: place(call.new_addr) } : {}),
            ...(!fixed && ret !== -1 && ret !== addr ? { mapped_at: place(ret) } : {}),
          },
          record,
        );
        return;
      }
      default:
        return;
    }
  }

  /**
   * EINVAL for arguments that make no sense has no effect. With good ones it comes from the file's
   * get_unmapped_area(), after the target of MREMAP_FIXED was unmapped (mremap_to, mm/mremap.c).
   */
  private refusedMremap(
    record: SyscallRecord,
    mm: number,
    call: Extract<SyscallRecord['call'], { name: 'mremap' }>,
  ): void {
    const { addr, old_len, new_len, new_addr } = call;
    const valid = addr % PAGE === 0 && new_addr % PAGE === 0 && new_len > 0 && old_len > 0;
    const apart = addr + old_len <= new_addr || new_addr + new_len <= addr;
    const fixed = call.flags === (MREMAP_FLAGS.MREMAP_MAYMOVE | MREMAP_FLAGS.MREMAP_FIXED);
    if (!valid || !apart || !fixed) return this.leave('mremap with arguments that are not valid');
    this.emit({ type: 'munmap', mm, at: place(new_addr), pages: pagesOf(new_len) }, { ...record, ret: null });
  }

  /** Guard pages are no part of the model: it only has to keep away from them. */
  private guard(mm: number, addr: number, len: number, install: boolean): void {
    for (let at = addr; at < addr + len; at += PAGE) {
      if (install) this.guarded.add(`${mm} ${at}`);
      else this.guarded.delete(`${mm} ${at}`);
    }
  }

  private shmat(record: SyscallRecord, task: Task, id: number, flags: number): void {
    const segment = this.shm.get(id);
    if (segment === undefined) {
      this.chosen.add(`the size of System V memory ${id} (${this.shmSize} bytes)`);
      return this.leave('shmat of memory whose size is not known');
    }
    const { file, pages } = segment;
    file.sized = true;
    file.pages = pages;
    this.reach(file, pages);
    const readonly = (flags & SHM_FLAGS.SHM_RDONLY) !== 0;
    const prot =
      PROT_FLAGS.PROT_READ | (readonly ? 0 : PROT_FLAGS.PROT_WRITE) | ((flags & SHM_FLAGS.SHM_EXEC) !== 0 ? 4 : 0);
    this.attached.set(`${task.mm.id} ${record.ret}`, pages);
    this.emit(
      {
        type: 'mmap',
        mm: task.mm.id,
        pages,
        prot,
        flags: MAP_FLAGS.MAP_SHARED,
        pgoff: 0,
        file: file.name,
        ...(readonly ? { file_readonly: true } : {}),
        mapped_at: place(record.ret!),
        // shm_vm_ops (ipc/shm.c)
        ops: { close: true, get_unmapped_area: true },
      },
      record,
    );
  }

  /** aio_setup_ring() (fs/aio.c) maps its ring without an mmap call. */
  private aioRing(record: SyscallRecord, task: Task, addr: number, events: number): void {
    const nr = Math.max(events, 8) * 2 + 2;
    const pages = pagesOf(32 + nr * 32);
    const file = this.files.make('/[aio]', 'device');
    const event: { -readonly [K in keyof Mmap]: Mmap[K] } = {
      type: 'mmap',
      mm: task.mm.id,
      pages,
      prot: 3,
      flags: MAP_FLAGS.MAP_SHARED,
      pgoff: 0,
      file: this.reach(file, pages).name,
      mapped_at: place(addr),
    };
    this.device(file, event, addr);
    this.emit(event, { ...record, ret: addr });
    this.chosen.add('the size of an aio ring, which depends on the number of CPUs');
  }

  /** userfaultfd_register() sets bits in vm_flags (fs/userfaultfd.c). */
  private userfault(record: SyscallRecord, mm: number, request: string, detail: string): void {
    const start = /start=(0x[0-9a-f]+)/.exec(detail)?.[1];
    if (start === undefined || (request !== 'UFFDIO_REGISTER' && request !== 'UFFDIO_UNREGISTER')) return;
    const set =
      request === 'UFFDIO_UNREGISTER'
        ? 0
        : (detail.includes('MODE_MISSING') ? VM_FLAGS.VM_UFFD_MISSING : 0) |
          (detail.includes('MODE_WP') ? VM_FLAGS.VM_UFFD_WP : 0);
    const clear = (VM_FLAGS.VM_UFFD_MISSING | VM_FLAGS.VM_UFFD_WP) & ~set;
    const pages = pagesOf(Number(/len=(0x[0-9a-f]+|\d+)/.exec(detail)?.[1] ?? 0));
    this.emit({ type: 'vma_modify_flags', mm, at: place(Number(start)), pages, set, clear }, { ...record, ret: null });
  }

  /** AF_XDP pins the user's memory for good (xdp_umem_pin_pages, net/xdp/xdp_umem.c). */
  private setsockopt(record: SyscallRecord, mm: number, failed: boolean, option: string, detail: string): void {
    if (failed || option !== 'XDP_UMEM_REG') return;
    const words = umem(detail);
    if (words === undefined) return;
    const [addr, len] = words;
    this.emit(
      { type: 'pin_user_pages', mm, at: place(addr), pages: pagesOf(len), write: true, longterm: true, hold: true },
      record,
    );
  }

  /** tcp_zerocopy_receive() inserts pages that then belong to the mapping alone. */
  private zerocopyReceive(record: SyscallRecord, task: Task, fd: Fd, option: string, detail: string): void {
    if (option !== 'TCP_ZEROCOPY_RECEIVE') return;
    const bytes = umem(detail);
    if (bytes === undefined) return this.leave('TCP_ZEROCOPY_RECEIVE whose result is not shown');
    const [addr] = bytes;
    const pages = pagesOf(wordAt(detail, 8, 4) ?? 0);
    const { file } = task.fds.resolve(fd, this.files);
    for (let i = 0; i < pages; i++) {
      const frame = this.frames.of(file.name, file.frames++);
      this.emit(
        { type: 'vm_insert_page', mm: task.mm.id, at: place(addr + i * PAGE), frame, pages: 1 },
        { ...record, ret: null },
      );
      this.emit({ type: 'put_page', frame }, { ...record, ret: null });
    }
  }

  /** A probe of our own recipe: the mm of the task, an address, a frame. */
  private driverCall(record: Extract<TraceRecord, { type: 'driver_call' }>): void {
    const { name, args } = record;
    const mm = this.task(record).mm.id;
    const at = place(args.addr ?? 0);
    const frame = { pfn: args.pfn ?? 0 };
    const pages = Math.max(1, pagesOf(args.size ?? PAGE));
    const from = { ...record, ret: null };
    switch (name) {
      case 'remap_pfn_range':
        return this.emit({ type: 'remap_pfn_range', mm, at, frame, pages }, from);
      case 'vm_insert_page':
        return this.emit({ type: 'vm_insert_page', mm, at, frame, pages: 1 }, from);
      case 'vm_insert_pages':
        return this.emit({ type: 'vm_insert_pages', mm, at, frame, pages: args.num ?? 1 }, from);
      case 'vmf_insert_pfn':
      case 'vmf_insert_pfn_prot':
        return this.emit({ type: 'vmf_insert_pfn', mm, at, frame }, from);
      case 'vmf_insert_mixed':
        return this.emit({ type: 'vmf_insert_mixed', mm, at, frame, pfn_t: 'PFN_DEV' }, from);
      case 'zap_vma_ptes':
        return this.emit({ type: 'zap_vma_ptes', mm, at, pages }, from);
      default:
        return this.leave(`probe ${name}`);
    }
  }
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

/** Two 64-bit words of a struct that strace shows as a string of bytes. */
function umem(detail: string): [number, number] | undefined {
  const addr = wordAt(detail, 0, 8);
  const len = wordAt(detail, 8, 8);
  return addr === undefined || len === undefined ? undefined : [addr, len];
}

/** A little-endian word at byte `offset` of a string with strace's escapes. */
function wordAt(detail: string, offset: number, size: number): number | undefined {
  const text = /^"((?:[^"\\]|\\.)*)"/.exec(detail)?.[1];
  if (text === undefined) return undefined;
  const bytes = [...text.matchAll(/\\([0-7]{1,3}|x[0-9a-f]{2}|.)|([^\\])/g)].map(([, escape, plain]) => {
    if (plain !== undefined) return plain.charCodeAt(0);
    if (/^[0-7]/.test(escape!)) return Number.parseInt(escape!, 8);
    if (escape![0] === 'x' && escape!.length === 3) return Number.parseInt(escape!.slice(1), 16);
    return ({ n: 10, t: 9, r: 13, v: 11, f: 12 } as Record<string, number>)[escape!] ?? escape!.charCodeAt(0);
  });
  if (bytes.length < offset + size) return undefined;
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[offset + i]!;
  return value;
}

function resolvePath(path: string | undefined, cwd: string | undefined): string | undefined {
  if (path === undefined || path.startsWith('/') || cwd === undefined) return path;
  return `${cwd}/${path.replace(/^\.\//, '')}`;
}

export const THREAD_FLAGS = CLONE_FLAGS.CLONE_VM | CLONE_FLAGS.CLONE_FILES;
