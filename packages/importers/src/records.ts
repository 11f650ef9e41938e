// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What one line of a recording says, whatever tool wrote it. Addresses, lengths and offsets are bytes;
 * `time` is in seconds of the recording's clock, undefined where lines carry none; `pid` is the
 * kernel's pid, that is the thread.
 */
import type { Advice, PfnT } from '@specialbit/events';

/** A file descriptor as a call names it; `path`: what the tool says it stands for. */
export interface Fd {
  readonly fd: number;
  readonly path?: string;
  /** The file has no name any more. */
  readonly deleted?: boolean;
  /** `char` or `block` for a device node. */
  readonly device?: string;
}

/** System calls that concern memory, files that can be mapped, and processes. */
export type Call =
  | { name: 'mmap'; addr: number; len: number; prot: number; flags: number; fd: Fd | null; off: number }
  | { name: 'munmap'; addr: number; len: number }
  | { name: 'mprotect'; addr: number; len: number; prot: number }
  | { name: 'mremap'; addr: number; old_len: number; new_len: number; flags: number; new_addr: number }
  | { name: 'madvise'; addr: number; len: number; advice: Advice | 'MADV_GUARD_INSTALL' | 'MADV_GUARD_REMOVE' }
  | { name: 'mlock' | 'munlock' | 'mseal'; addr: number; len: number }
  | { name: 'mlock2'; addr: number; len: number; flags: number }
  | { name: 'mlockall'; flags: number }
  | { name: 'munlockall' }
  | { name: 'brk'; brk: number }
  | { name: 'clone'; flags: number }
  | { name: 'execve'; path: string | undefined; cwd?: string }
  | { name: 'exit' | 'exit_group' }
  | { name: 'openat'; path: string | undefined; flags: number; opened?: Fd }
  | { name: 'close_range'; first: number; last: number }
  | { name: 'close'; fd: Fd }
  | { name: 'dup'; from: Fd; to: number | undefined; opened?: Fd }
  | { name: 'memfd_create'; path: string | undefined; detail: string; opened?: Fd }
  | { name: 'socket' | 'perf_event_open' | 'userfaultfd' | 'io_uring_setup'; detail: string; opened?: Fd }
  | { name: 'bpf'; detail: string; opened?: Fd }
  | { name: 'setsockopt'; fd: Fd; option: string; detail: string }
  | { name: 'getsockopt'; fd: Fd; option: string; detail: string }
  | { name: 'ioctl'; fd: Fd; request: string; detail: string; opened?: Fd }
  | { name: 'io_uring_register'; fd: Fd; op: string; detail: string }
  | { name: 'ftruncate'; fd: Fd; len: number }
  | { name: 'unlink'; path: string | undefined }
  | { name: 'personality'; flags: number }
  | { name: 'shmget'; size: number }
  | { name: 'shmat'; id: number; addr: number; flags: number }
  | { name: 'shmdt'; addr: number }
  | { name: 'io_setup' | 'io_destroy'; detail: string }
  | { name: 'process_vm_readv' | 'process_vm_writev'; pid: number; addrs: readonly { addr: number; len: number }[] };

interface At {
  readonly line: number;
  readonly time: number | undefined;
  readonly pid: number;
}

export interface SyscallRecord extends At {
  readonly type: 'syscall';
  readonly call: Call;
  /** Return value; null where the call never returned or was not seen to return. */
  readonly ret: number | null;
  /** Name of the errno of a failed call. */
  readonly errno?: string;
  /** When it was seen to return. */
  readonly end?: number;
  /** Its line in the trace, where the record is of another log of the same run. */
  readonly traced?: number;
}
/** A page fault exception. */
export interface FaultRecord extends At {
  readonly type: 'fault';
  readonly addr: number;
  readonly op: 'read' | 'write' | 'exec';
  /** It happened in user mode. */
  readonly user: boolean;
  readonly ip?: string;
}
/** A new task; `flags`: of clone(). */
export interface NewTaskRecord extends At {
  readonly type: 'newtask';
  readonly child: number;
  readonly flags: number | undefined;
}
/** strace attached to a process with so many threads, which share what it has. */
export interface ThreadsRecord extends At {
  readonly type: 'threads';
  readonly count: number;
}
export interface ExecRecord extends At {
  readonly type: 'exec';
  readonly path: string;
}
/** A task ended. */
export interface ExitRecord extends At {
  readonly type: 'exit';
}
/** An mm's counter changed. `mm_id` is a hash of the mm_struct's address. */
export interface RssRecord extends At {
  readonly type: 'rss';
  readonly mm_id: number;
  /** The mm is the current task's own. */
  readonly curr: boolean;
  readonly member: string;
  readonly pages: number;
}
export interface PageAllocRecord extends At {
  readonly type: 'page_alloc';
  readonly pfn: number;
  readonly order: number;
  /** Memory that user space is going to see (GFP_HIGHUSER_MOVABLE). */
  readonly user: boolean;
  /** A transparent huge page (GFP_TRANSHUGE). */
  readonly huge: boolean;
}
/**
 * Small pages became a huge one (mm_collapse_huge_page, mm_khugepaged_collapse_file). `mm_id`: the mm_struct's hash, as
 * rss_stat has it, where the trace prints hashes. Of anonymous memory the trace says no address, but a frame that was there.
 */
export interface CollapseRecord extends At {
  readonly type: 'collapse';
  readonly mm_id: number | undefined;
  readonly addr: number | undefined;
  readonly pfn: number | undefined;
  /** From 7.3 on; absent: that of a PMD. */
  readonly order: number | undefined;
}
export interface UnmappedAreaRecord extends At {
  readonly type: 'unmapped_area';
  readonly addr: number;
  readonly len: number;
}
/** A VMA was stored in the tree of VMAs (maple tree's ma_write): `[start, end)` in bytes. */
export interface VmaStoreRecord extends At {
  readonly type: 'vma_store';
  readonly start: number;
  readonly end: number;
}
/** A signal that an access brought. */
export interface SignalRecord extends At {
  readonly type: 'signal';
  readonly signal: string;
  readonly code: string;
  readonly addr: number | undefined;
}
/** A file was mapped, as perf tells (PERF_RECORD_MMAP, MMAP2). */
export interface MappedRecord extends At {
  readonly type: 'mapped';
  readonly addr: number;
  readonly len: number;
  readonly off: number;
  readonly path: string;
  readonly perms: string;
}
/** A driver's call into mm, from the probes of our recipe. Addresses in bytes, `args` as the probe named them. */
export interface DriverCallRecord extends At {
  readonly type: 'driver_call';
  readonly name: string;
  readonly args: Readonly<Record<string, number>>;
  /** What it returned: an errno, or a vm_fault_t; absent: nothing, or no probe saw it. */
  readonly ret?: number;
  /** Another function that is watched called it. */
  readonly inner?: boolean;
  /** The trace's line of the mmap call that the thread was in. */
  readonly within?: number;
  /** The fault handler of a mapping made it, for the fault that its thread took last. */
  readonly fault?: boolean;
  /** The frames of an array of pages. */
  readonly pfns?: readonly number[];
  /** What a pfn_t had beside the pfn. */
  readonly pfn_t?: PfnT;
  /** The address of the file's address_space, and raw protections of the VMA and of the call; hexadecimal. */
  readonly mapping?: string;
  readonly page_prot?: string;
  readonly prot?: string;
}
/** What the recording script writes down of the machine; each line of it is a record. */
export interface MachineRecord extends At {
  readonly type: 'machine';
  readonly release?: string;
  /** `uname -m`. */
  readonly machine?: string;
  /** Bytes of RAM, first and last. */
  readonly ram?: readonly [number, number];
  readonly zero_pfn?: number;
  readonly highest_memmap_pfn?: number;
  /** What the recording could not watch. */
  readonly missing?: string;
}
/** A text that someone wrote into the trace (trace_marker). */
export interface MarkRecord extends At {
  readonly type: 'mark';
  readonly text: string;
}

export type TraceRecord =
  | SyscallRecord
  | FaultRecord
  | NewTaskRecord
  | ThreadsRecord
  | ExecRecord
  | ExitRecord
  | RssRecord
  | PageAllocRecord
  | CollapseRecord
  | UnmappedAreaRecord
  | VmaStoreRecord
  | SignalRecord
  | MappedRecord
  | DriverCallRecord
  | MachineRecord
  | MarkRecord;

/** A parser of one format: fed line by line, it gives records as they are complete. */
export interface LineParser<R> {
  parse(text: string, line: number, emit: (record: R) => void): void;
  /** The recording ends: what was begun and not finished. */
  end(emit: (record: R) => void): void;
}
