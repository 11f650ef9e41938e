// SPDX-License-Identifier: GPL-2.0-or-later
/** A whole recording: strace and trace logs, and snapshots of processes on the way. */
import type { Problems } from './problems.js';
import type { Snapshot } from './proc/snapshot.js';

/** One process at one moment. */
export interface ProcessImage {
  readonly pid: number;
  /** Running, waiting, stopped … as in /proc/PID/stat; images of running processes are not exact. */
  readonly state: string;
  readonly snapshot: Snapshot;
}

export interface SnapshotMark {
  readonly n: number;
  readonly label: string;
  readonly trigger_pid: number;
  /** The last line of the strace log that had happened; with `entry` the call on it had only begun. */
  readonly strace_line: number;
  readonly entry: boolean;
  readonly images: readonly ProcessImage[];
}

export interface Recording {
  readonly dir: string;
  readonly strace: string | undefined;
  readonly trace: string | undefined;
  readonly perf: string | undefined;
  readonly kernel: string;
  readonly snapshots: readonly SnapshotMark[];
  readonly problems: readonly Problems[];
}
