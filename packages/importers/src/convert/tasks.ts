// SPDX-License-Identifier: GPL-2.0-or-later
/** Tasks of a recording: which thread runs in which address space, with which descriptors. */
import { CLONE_FLAGS } from '../names.js';
import { FdTable } from './files.js';

export interface AddressSpaceUse {
  /** Number of the mm in the log. */
  readonly id: number;
  readonly users: Set<number>;
  /** Something is known about what it contains. */
  known: boolean;
}

export interface Task {
  readonly pid: number;
  mm: AddressSpaceUse;
  fds: FdTable;
  /** While an execve runs: until when, and the address space it leaves. */
  exec?: { until: number; from: AddressSpaceUse | undefined };
}

export class Tasks {
  /** Threads of a process that have not been seen yet. */
  private waiting: { readonly of: Task; threads: number } | undefined;
  private readonly byPid = new Map<number, Task>();
  /** Numbers of mms that are taken. */
  private readonly ids = new Set<number>();

  get(pid: number): Task | undefined {
    return this.byPid.get(pid);
  }

  values(): Iterable<Task> {
    return this.byPid.values();
  }

  /** The task, made up on its first appearance: `fresh` is true then. */
  meet(pid: number): { task: Task; fresh: boolean } {
    const known = this.byPid.get(pid);
    if (known !== undefined) return { task: known, fresh: false };
    const { waiting } = this;
    if (waiting !== undefined && waiting.threads > 0) {
      waiting.threads--;
      const { mm, fds } = waiting.of;
      mm.users.add(pid);
      const task: Task = { pid, mm, fds };
      this.byPid.set(pid, task);
      return { task, fresh: false };
    }
    const task: Task = { pid, mm: this.newMm(pid, false), fds: new FdTable() };
    this.byPid.set(pid, task);
    return { task, fresh: true };
  }

  /** strace attached to all threads of a process: tasks that come without a clone() are its threads. */
  attached(pid: number, threads: number): void {
    if (threads > 1) this.waiting = { of: this.meet(pid).task, threads: threads - 1 };
  }

  newMm(pid: number, known: boolean): AddressSpaceUse {
    let id = pid;
    while (this.ids.has(id)) id += 1_000_000;
    this.ids.add(id);
    return { id, users: new Set([pid]), known };
  }

  /** A child of clone(); `forked` is true where it gets an address space of its own. */
  born(parent: Task, child: number, flags: number): { task: Task; forked: boolean } {
    const forked = (flags & CLONE_FLAGS.CLONE_VM) === 0;
    const mm = forked ? this.newMm(child, parent.mm.known) : parent.mm;
    mm.users.add(child);
    const fds = (flags & CLONE_FLAGS.CLONE_FILES) === 0 ? parent.fds.copy() : parent.fds;
    const task: Task = { pid: child, mm, fds };
    this.byPid.set(child, task);
    return { task, forked };
  }

  /** The task ends; true when it was the last of its address space. */
  ended(task: Task): boolean {
    this.byPid.delete(task.pid);
    return this.leave(task);
  }

  leave(task: Task): boolean {
    task.mm.users.delete(task.pid);
    const last = task.mm.users.size === 0;
    if (last) this.ids.delete(task.mm.id);
    return last;
  }
}
