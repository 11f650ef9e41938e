// SPDX-License-Identifier: GPL-2.0-or-later
/** Which file of the laboratory stands for each file of a log: the driver's, or one of its two of tmpfs. */
import type { FileSpec, LogEvent, LogHeader } from '@specialbit/events';

/** Pages of tmp0 and tmp1. */
export const TMP_PAGES = 8;

export interface LabFile {
  /** `dev`, `tmp0`, `tmp1`. */
  readonly name: string;
  readonly spec: FileSpec;
}

/** Names of the log's files; a text says why one has none. */
export function labFilesOf(header: LogHeader, events: readonly LogEvent[]): ReadonlyMap<string, LabFile | string> {
  const files = new Map<string, LabFile | string>();
  const specs = Object.entries(header.files ?? {});
  const devices = specs.filter(([, { kind }]) => kind === 'device');
  const revoked = events.some(({ type }) => type === 'unmap_mapping_range');
  const free = ['tmp1', 'tmp0'];
  for (const [name, spec] of specs) {
    if (spec.kind === 'device') {
      const other = devices.length > 1 && revoked;
      files.set(
        name,
        other ? 'two devices and unmap_mapping_range: the laboratory has one device' : { name: 'dev', spec },
      );
    } else if (spec.kind === 'file') files.set(name, 'a file of a file system: the laboratory has tmpfs alone');
    else {
      const lab = free.shift();
      files.set(name, lab === undefined ? 'a third file of tmpfs: the laboratory has two' : { name: lab, spec });
    }
  }
  return files;
}
