// SPDX-License-Identifier: GPL-2.0-or-later
/** Files of a recording: which descriptor is which file, and how large files are. */
import type { FileSpec } from '@specialbit/events';
import { HUGETLBFS, OPEN_FLAGS } from '../names.js';
import type { Fd } from '../records.js';

/** A file (an inode): several may have had the same path, one after the other. */
export interface FoundFile {
  /** Name in the log. */
  readonly name: string;
  readonly path: string;
  kind: FileSpec['kind'];
  /** Size that the log gave at some moment; from then on `truncate` events keep it. */
  sized: boolean;
  /** Pages when the log begins. */
  pages: number;
  /** Pages that mappings reach, for files whose size no one said. */
  reached: number;
  /** What the call that made it said: a socket's family, a BPF map's type. */
  detail: string;
  /** Of hugetlbfs: pages larger than a PMD maps. */
  huge_page?: 'pud';
  /** Number of the file among those of drivers, for the labels of its frames. */
  frames: number;
}

export interface OpenFile {
  readonly file: FoundFile;
  readonly readonly: boolean;
  /** execve closes the descriptor. */
  readonly cloexec?: boolean;
}

/** `true` size in bytes of a file that is at hand; undefined where it is not. */
export type SizeOf = (path: string) => number | undefined;

export class Files {
  readonly all = new Map<string, FoundFile>();
  /** The file that a path means now. */
  private readonly current = new Map<string, FoundFile>();

  constructor(
    private readonly sizeOf: SizeOf = () => undefined,
    private readonly page = 4096,
  ) {}

  /** Large folios in page caches, as dumps show them: first page and order, by path. */
  private readonly folios = new Map<string, Map<number, number>>();

  /** A dump shows a large folio of a file. */
  large(path: string, index: number, order: number): void {
    if (index < 0 || index % 2 ** order !== 0) return;
    let known = this.folios.get(path);
    if (known === undefined) {
      known = new Map();
      this.folios.set(path, known);
    }
    if (!known.has(index)) known.set(index, order);
  }

  /** The file at `path`; a new one if there was none, or if that one was deleted. */
  at(path: string): FoundFile {
    return this.current.get(path) ?? this.make(path);
  }

  /** A file that did not exist before: memfd_create, a new socket. */
  make(path: string, kind: FileSpec['kind'] = 'file'): FoundFile {
    let name = path === '__proto__' || path === '' ? `./${path}` : path;
    for (let n = 2; this.all.has(name); n++) name = `${path}#${n}`;
    const bytes = kind === 'file' ? this.sizeOf(path) : undefined;
    const file: FoundFile = {
      name,
      path,
      kind,
      sized: bytes !== undefined,
      pages: bytes === undefined ? 0 : Math.ceil(bytes / this.page),
      reached: 0,
      detail: '',
      frames: 0,
    };
    this.all.set(name, file);
    this.current.set(path, file);
    return file;
  }

  unlink(path: string): void {
    this.current.delete(path);
  }

  /** Header entries of all files that were mapped. */
  specs(): Record<string, FileSpec> {
    // by names of a recording: `__proto__` is one like any other
    const specs = Object.create(null) as Record<string, FileSpec>;
    for (const file of this.all.values()) {
      if (file.reached === 0) continue;
      const reached = file.sized ? file.pages : Math.max(file.pages, file.reached);
      // of an offset that is none of a page's, or that no file has
      const pages = file.kind === 'device' ? 0 : Math.min(Math.ceil(reached) || 0, Number.MAX_SAFE_INTEGER);
      const { huge_page } = file;
      const large = file.kind === 'file' ? this.folios.get(file.path) : undefined;
      const folios = [...(large ?? [])].sort((a, b) => a[0] - b[0]);
      specs[file.name] = {
        kind: file.kind,
        pages,
        ...(huge_page === undefined ? {} : { huge_page }),
        ...(folios.length === 0 ? {} : { folios }),
      };
    }
    return specs;
  }
}

/** A process's descriptors; threads share one. */
export class FdTable {
  private readonly fds: Map<number, OpenFile>;

  constructor(from?: FdTable) {
    this.fds = new Map(from?.fds);
  }

  copy(): FdTable {
    return new FdTable(this);
  }

  open(fd: number, open: OpenFile): void {
    this.fds.set(fd, open);
  }

  numbers(): number[] {
    return [...this.fds.keys()];
  }

  /** A new program starts. */
  exec(): void {
    for (const [fd, { cloexec }] of this.fds) if (cloexec === true) this.fds.delete(fd);
  }

  close(fd: number): void {
    this.fds.delete(fd);
  }

  dup(from: number, to: number): void {
    const open = this.fds.get(from);
    if (open !== undefined) this.fds.set(to, open);
    else this.fds.delete(to);
  }

  /** The file behind a descriptor, as the log or else the tool says. */
  resolve(fd: Fd, files: Files): OpenFile {
    const known = this.fds.get(fd.fd);
    if (known !== undefined && (fd.path === undefined || known.file.path === fd.path || isSocket(fd.path)))
      return known;
    // nothing says which file it is: one of its own, whatever had the number before
    const file = fd.path === undefined ? files.make(`fd ${fd.fd}`) : files.at(fd.path);
    if (fd.path !== undefined && kindOfPath(fd) !== 'file') file.kind = kindOfPath(fd);
    const open = { file, readonly: known?.readonly ?? false };
    this.fds.set(fd.fd, open);
    return open;
  }
}

/** Sockets change how tools call them when they are connected. */
function isSocket(path: string): boolean {
  return /^(?:socket|TCP|TCPv6|UDP|PACKET|UNIX|XDP)[:\]]?/.test(path);
}

/** What a path says about the kind of file. */
export function kindOfPath(fd: Fd): FileSpec['kind'] {
  const { path = '' } = fd;
  if (HUGETLBFS.test(path)) return 'hugetlbfs';
  if (path.startsWith('/memfd:') || path.startsWith('/dev/shm/') || path.startsWith('/SYSV')) return 'shmem';
  if (fd.device !== undefined || isSocket(path) || path.startsWith('anon_inode:')) return 'device';
  if (path.startsWith('/sys/') || path.startsWith('/proc/') || path.endsWith('/trace_pipe_raw')) return 'device';
  return path === '/secretmem' || path === '/[aio]' ? 'device' : 'file';
}

/** The descriptor cannot write (no FMODE_WRITE). */
export function openedReadonly(flags: number): boolean {
  return (flags & (OPEN_FLAGS.O_WRONLY | OPEN_FLAGS.O_RDWR)) === 0;
}
