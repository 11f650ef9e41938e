// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Names for what a trace shows by number only: the file behind a descriptor, the program of an execve.
 * They are in other lines (sched_process_exec, PERF_RECORD_MMAP2) or in a later snapshot.
 */

import type { SnapshotMark } from '../recording.js';
import type { Call, TraceRecord } from '../records.js';

/** Fills in names in place. */
export function nameMappings(records: readonly TraceRecord[], marks: readonly SnapshotMark[]): void {
  const execs = new Map<number, string[]>();
  const mapped = new Map<string, string>();
  for (const record of records) {
    if (record.type === 'exec') push(execs, record.pid, record.path);
    if (record.type === 'mapped' && record.path.startsWith('/'))
      mapped.set(`${record.pid} ${record.addr}`, record.path);
  }
  for (const record of records) {
    if (record.type !== 'syscall' || record.ret === null || record.ret === -1) continue;
    const { call } = record;
    if (call.name === 'execve') {
      const path = execs.get(record.pid)?.shift();
      if (call.path === undefined && path !== undefined) call.path = path;
    }
    if (call.name !== 'mmap' || call.fd === null || call.fd.path !== undefined) continue;
    const path = mapped.get(`${record.pid} ${record.ret}`) ?? shown(marks, record.pid, record.ret, call.off);
    if (path !== undefined) (call as Extract<Call, { name: 'mmap' }>).fd = { ...call.fd, path };
  }
}

function push(lists: Map<number, string[]>, key: number, path: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [path]);
  else list.push(path);
}

/** The file that a snapshot of the process shows at `addr`, if byte `off` of it is there. */
function shown(marks: readonly SnapshotMark[], pid: number, addr: number, off: number): string | undefined {
  for (const mark of marks) {
    const image = mark.images.find((found) => found.pid === pid);
    const entry = image?.snapshot.maps.find((vma) => vma.start <= addr && addr < vma.end);
    if (entry === undefined || !entry.name.startsWith('/')) continue;
    if (entry.offset + (addr - entry.start) === off) return entry.name.replace(/ \(deleted\)$/, '');
  }
  return undefined;
}
