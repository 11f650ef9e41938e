// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * One order out of two recordings of the same run: strace knows names, a trace knows faults and when
 * things really happened. Both clocks must be the same (`-ttt`, and `tai` or `realtime` in the trace).
 */
import type { SyscallRecord, TraceRecord } from '../records.js';

/** Calls that take effect when they begin: what follows belongs to the new program, the new size. */
const AT_ENTRY = new Set(['execve', 'exit', 'exit_group']);

interface Placed {
  readonly time: number;
  readonly order: number;
  readonly record: TraceRecord;
}

function byTime(a: Placed, b: Placed): number {
  return a.time - b.time || a.order - b.order;
}

/** Records of one recording in the order of their effects. Without times, that of the lines. */
export function inOrder(records: readonly TraceRecord[]): TraceRecord[] {
  if (records.every((record) => record.time === undefined)) return [...records].sort((a, b) => a.line - b.line);
  let last = 0;
  const placed = records.map((record, order): Placed => {
    last = record.time ?? last;
    return { time: effect(record) ?? last, order, record };
  });
  return placed.sort(byTime).map(({ record }) => record);
}

/**
 * When a record takes effect. A call that is seen to return acts before it does, and what the thread faulted in and
 * allocated on its behalf lies before that; a child runs, and a program ends, while the call still lasts.
 */
function effect(record: TraceRecord): number | undefined {
  if (record.type !== 'syscall' || record.call.name === 'clone' || AT_ENTRY.has(record.call.name)) return record.time;
  return record.end ?? record.time;
}

/** Trace calls by thread and name, in order. */
function queues(trace: readonly TraceRecord[]): Map<string, SyscallRecord[]> {
  const found = new Map<string, SyscallRecord[]>();
  for (const record of trace) {
    if (record.type !== 'syscall') continue;
    const key = `${record.pid} ${record.call.name}`;
    const queue = found.get(key);
    if (queue === undefined) found.set(key, [record]);
    else queue.push(record);
  }
  return found;
}

/** Strace's calls at the times of the trace, with the trace's faults, allocations and tasks between them. */
export function mergeRecords(strace: readonly TraceRecord[], trace: readonly TraceRecord[]): TraceRecord[] {
  const waiting = queues(trace);
  const children = new Set<number>();
  const exits = new Set<number>();
  for (const record of trace) {
    if (record.type === 'newtask') children.add(record.child);
    if (record.type === 'exit') exits.add(record.pid);
  }
  const placed: Placed[] = [];
  let order = 0;
  const shift = clockShift(strace, trace);
  for (const record of trace) {
    if (record.type === 'syscall') continue;
    placed.push({ time: record.time ?? 0, order: order++, record });
  }
  const next = nextOfThread(strace).map((time) => time + shift);
  for (const [i, record] of strace.entries()) {
    const time = (record.time ?? 0) + shift;
    if (record.type === 'exit' && exits.has(record.pid)) continue;
    if (record.type !== 'syscall') {
      placed.push({ time, order: order++, record });
      continue;
    }
    if (record.call.name === 'clone' && record.ret !== null && children.has(record.ret)) continue;
    const queue = waiting.get(`${record.pid} ${record.call.name}`);
    let match: SyscallRecord | undefined;
    while (queue !== undefined && queue.length > 0) {
      const first = queue[0]!;
      if ((first.time ?? 0) < time) {
        queue.shift(); // before strace attached, or a call that strace did not show
        continue;
      }
      if ((first.time ?? 0) < next[i]!) match = queue.shift();
      break;
    }
    if (match === undefined) {
      placed.push({ time, order: order++, record });
      continue;
    }
    const end = match.end ?? match.time;
    const { call } = record;
    // a fifth argument that strace does not print when it thinks the call has four
    if (call.name === 'mremap' && match.call.name === 'mremap') call.new_addr = match.call.new_addr;
    const at = AT_ENTRY.has(record.call.name) ? match.time : end;
    const traced = match.traced === undefined ? {} : { traced: match.traced };
    placed.push({
      time: at ?? time,
      order: order++,
      record: { ...record, ...(end === undefined ? {} : { end }), ...traced },
    });
  }
  return placed.sort(byTime).map(({ record }) => record);
}

/**
 * Seconds to add to strace's times: the tai clock is ahead of it by the leap seconds, where the machine
 * knows them. Both logs tell by an address that one mmap call of each returned to the same thread.
 */
function clockShift(strace: readonly TraceRecord[], trace: readonly TraceRecord[]): number {
  const key = (record: TraceRecord): string | undefined =>
    record.type === 'syscall' && record.call.name === 'mmap' && record.ret !== null && record.ret > 0
      ? `${record.pid} ${record.ret} ${record.call.len}`
      : undefined;
  const times = new Map<string, number>();
  for (const record of trace) {
    const name = key(record);
    if (name !== undefined && !times.has(name) && record.time !== undefined) times.set(name, record.time);
  }
  for (const record of strace) {
    const name = key(record);
    const time = name === undefined ? undefined : times.get(name);
    if (time !== undefined && record.time !== undefined) return Math.round(time - record.time);
  }
  return 0;
}

/** For each record, when the next system call of its thread begins. */
function nextOfThread(records: readonly TraceRecord[]): number[] {
  const last = new Map<number, number>();
  const next = new Array<number>(records.length).fill(Number.POSITIVE_INFINITY);
  const order = [...records.keys()].sort((a, b) => (records[a]!.time ?? 0) - (records[b]!.time ?? 0));
  for (const i of order.reverse()) {
    const record = records[i]!;
    if (record.type !== 'syscall') continue;
    next[i] = last.get(record.pid) ?? Number.POSITIVE_INFINITY;
    last.set(record.pid, record.time ?? 0);
  }
  return next;
}
