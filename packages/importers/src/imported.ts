// SPDX-License-Identifier: GPL-2.0-or-later
/** What an import starts from, and what comes of it. */
import type { Architecture } from '@specialbit/core/arch';
import type { LogEvent, LogHeader } from '@specialbit/events';
import type { Program } from './convert/exec-image.js';
import type { Followed } from './convert/follow.js';
import type { Origin } from './convert/log-builder.js';
import type { Problems } from './problems.js';
import type { Snapshot } from './proc/snapshot.js';
import type { SnapshotMark } from './recording.js';

/** The files that a recording names. */
export interface LocalFiles {
  /** A program's headers; undefined for what is none. */
  readonly program: (path: string) => Program | undefined;
  /** Bytes of a file; undefined where there is none. */
  readonly sizeOf: (path: string) => number | undefined;
}

export interface ImportOptions {
  /** What the processes have when the log begins: a snapshot for each pid, or one for whichever comes first. */
  readonly base?: ReadonlyMap<number, Snapshot> | Snapshot;
  /** Programs and files of the machine that was recorded, for their headers and sizes; absent: nothing is looked at. */
  readonly local?: LocalFiles;
  readonly title?: string;
  /** Kernel profile of the log, `linux-6.18`; the default profile when absent. */
  readonly profile?: string;
  /** Kconfig symbols; those that distributions set when absent. */
  readonly config?: readonly string[];
  /** The architecture that was recorded; found out where it is absent. */
  readonly arch?: Architecture;
  /** Finds an architecture by its name; without it the recorded results are not held against the model. */
  readonly architecture?: (name: string) => Architecture | undefined;
}

/** A moment of the log that a snapshot shows. */
export interface Checkpoint {
  readonly mark: SnapshotMark;
  /** The snapshot shows the state after so many events. */
  readonly events: number;
  /** Address spaces of the processes in the snapshot. */
  readonly mms: ReadonlyMap<number, number>;
  /** Address spaces that were used while the snapshot was taken: their images show no single moment. */
  readonly moving: ReadonlySet<number>;
}

export interface Imported {
  readonly header: LogHeader;
  readonly events: readonly LogEvent[];
  readonly origins: readonly Origin[];
  readonly problems: readonly Problems[];
  /** Calls that were left out, by reason. */
  readonly left: ReadonlyMap<string, number>;
  /** How many programs started with mappings from where: `elf`, `snapshot`, `unknown`. */
  readonly images: ReadonlyMap<string, number>;
  readonly checkpoints: readonly Checkpoint[];
  /** Records that were used, all sources together. */
  readonly records: number;
  /** Recorded results that the model does not reach, by what they are: the log follows them. */
  readonly followed: ReadonlyMap<string, Followed>;
  /** What the recorded kernel itself says of entries, by address: its own answers and counts. */
  readonly seen?: ReadonlyMap<number, readonly string[]>;
}
