// SPDX-License-Identifier: GPL-2.0-or-later
/** The log that a recording becomes, and what is known of its processes and files on the way. */
import type { LogEvent, Place } from '@specialbit/events';
import type { Fd } from '../records.js';
import { DriverMappings } from './driver-mappings.js';
import type { ExecImage } from './exec-image.js';
import { Files, type FoundFile, kindOfPath, type SizeOf } from './files.js';
import { Frames, type RecordedMemory } from './frames.js';
import { isOfALog } from './of-a-log.js';
import { type Task, Tasks } from './tasks.js';

/** Bytes of a page where nothing else is said. */
const PAGE = 4096;

export interface ConvertOptions {
  /** What an execve of a process maps; undefined where no one knows. */
  readonly imageOf?: (path: string | undefined, pid: number) => ExecImage | undefined;
  /** A process is met whose beginning is not in the log: events that place what it has. */
  readonly begin?: (pid: number, mm: number) => readonly LogEvent[];
  readonly sizeOf?: SizeOf;
  /** Probes tell what drivers put into their mappings; the table of drivers is not asked for it. */
  readonly probed?: boolean;
  /** The vm_flags whose protection a raw pgprot is; undefined where it is none of the architecture's own. */
  readonly flagsOfProt?: (prot: bigint) => number | undefined;
  /** The memory of the machine that was recorded, where it is known. */
  readonly memory?: RecordedMemory;
  /** Bytes of a page on the machine that was recorded. */
  readonly page?: number;
  /** Pages that a PMD maps; 512 where nothing says. */
  readonly pmdPages?: number;
  /** The largest pfn that its entries can hold. */
  readonly mostPfn?: number;
  /** The first address that user code cannot have; bytes. */
  readonly task_size?: number;
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

/** Where and when a line was. */
export interface At {
  readonly line: number;
  readonly time: number | undefined;
  readonly pid: number;
}

export class LogBuilder {
  readonly events: LogEvent[] = [];
  /** One for each event. */
  readonly origins: Origin[] = [];
  readonly files: Files;
  readonly frames: Frames;
  /** Bytes of a page. */
  readonly page: number;
  /** Remarks for the header: what had to be chosen. */
  readonly chosen = new Set<string>();
  /** Calls that were left out, by reason. */
  readonly left = new Map<string, number>();
  /** Where execve's mappings came from, by origin. */
  readonly images = new Map<string, number>();
  readonly tasks = new Tasks();
  readonly mappings = new DriverMappings();
  /** System V memory by its id. */
  readonly shm = new Map<number, { file: FoundFile; pages: number }>();
  /** Pages of System V memory by `mm address` of where it is attached. */
  readonly attached = new Map<string, number>();
  /** `mm address` of pages with a guard marker. */
  readonly guarded = new Set<string>();

  constructor(readonly options: ConvertOptions = {}) {
    this.page = options.page ?? PAGE;
    this.files = new Files(options.sizeOf, this.page);
    this.frames = new Frames(options.mostPfn, options.memory);
  }

  emit(event: LogEvent, from: At & { ret?: number | null; errno?: string }): void {
    if (!isOfALog(event)) {
      this.leave(`${event.type}: numbers that no log can have`);
      return;
    }
    this.events.push(event);
    this.origins.push({
      line: from.line,
      time: from.time,
      pid: from.pid,
      ret: from.ret ?? null,
      ...(from.errno === undefined ? {} : { errno: from.errno }),
    });
  }

  pagesOf(bytes: number): number {
    return Math.ceil(bytes / this.page);
  }

  pageStart(addr: number): number {
    return Math.floor(addr / this.page) * this.page;
  }

  place(addr: number): Place {
    return { addr: this.pageStart(addr) };
  }

  /** Notes that something was left out. */
  leave(why: string): void {
    this.left.set(why, (this.left.get(why) ?? 0) + 1);
  }

  /** The task of a line; on its first appearance with what it has from before. */
  task(record: At): Task {
    const { task, fresh } = this.tasks.meet(record.pid);
    if (fresh) {
      const begin = this.options.begin?.(record.pid, task.mm.id) ?? [];
      if (begin.length > 0) task.mm.known = true;
      for (const event of begin) this.emit(event, record);
      if (begin.length === 0) this.emit({ type: 'execve', mm: task.mm.id, start_brk: 0, start_stack: 0 }, record);
    }
    return task;
  }

  /** A mapping reaches so many pages into a file. */
  reach(file: FoundFile, pages: number): FoundFile {
    file.reached = Math.max(file.reached, pages, 1);
    return file;
  }

  /** A call gave a descriptor. */
  opened(
    task: Task,
    fd: Fd | undefined,
    make: (path: string) => FoundFile,
    readonly = false,
    detail = '',
    name?: string,
    cloexec = false,
  ): void {
    if (fd === undefined) return;
    // without strace's -y the call's own argument is all that names the file
    const path = fd.path ?? name ?? `fd ${fd.fd}`;
    const file = make(path);
    const kind = fd.path === undefined && name === undefined ? file.kind : kindOfPath({ ...fd, path });
    if (kind !== 'file') file.kind = kind;
    if (detail !== '') file.detail = detail;
    task.fds.open(fd.fd, { file, readonly, ...(cloexec ? { cloexec } : {}) });
  }
}
