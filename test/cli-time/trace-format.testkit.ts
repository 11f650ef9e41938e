// SPDX-License-Identifier: GPL-2.0-or-later
/** What the Trace Event Format demands of the kinds of events that we write, and what a viewer needs. */
import { expect } from 'vitest';

export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly s?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface Trace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: string;
}

export function checkTrace(trace: Trace): void {
  expect(['ms', 'ns']).toContain(trace.displayTimeUnit);
  const tracks = new Map<string, { start: number; end: number; name: string }[]>();
  const named = { process_name: new Set<number>(), thread_name: new Set<string>() };
  const open = new Map<string, { name: string; ts: number }[]>();
  for (const event of trace.traceEvents) {
    const { name, ph, ts, pid, tid, dur, s, args } = event;
    const track = `${pid}/${tid}`;
    expect(typeof name).toBe('string');
    expect(name).not.toBe('');
    for (const n of [ts, pid, tid]) expect(Number.isFinite(n) && n >= 0).toBe(true);
    for (const n of [pid, tid]) expect(Number.isInteger(n)).toBe(true);
    const slices = tracks.get(track) ?? [];
    tracks.set(track, slices);
    switch (ph) {
      case 'M':
        if (name === 'process_name') named.process_name.add(pid);
        if (name === 'thread_name') named.thread_name.add(track);
        expect(args).toBeDefined();
        break;
      case 'X':
        expect(dur).toBe(1);
        slices.push({ start: ts, end: ts + dur!, name });
        break;
      case 'B':
        open.set(track, [...(open.get(track) ?? []), { name, ts }]);
        break;
      case 'E': {
        const begun = open.get(track)?.pop();
        expect(begun, `an E without B on ${track}`).toBeDefined();
        slices.push({ start: begun!.ts, end: ts, name: begun!.name });
        break;
      }
      case 'C':
        for (const value of Object.values(args ?? {})) expect(typeof value).toBe('number');
        break;
      case 'i':
        expect(['g', 'p', 't']).toContain(s);
        break;
      default:
        expect.fail(`phase ${ph}`);
    }
  }
  for (const [track, left] of open) expect(left, `not ended on ${track}`).toEqual([]);
  for (const [track, slices] of tracks) checkNesting(track, slices);
  for (const { pid, tid, ph } of trace.traceEvents) {
    expect(named.process_name.has(pid)).toBe(true);
    if (ph !== 'M') expect(named.thread_name.has(`${pid}/${tid}`), `no name for ${pid}/${tid}`).toBe(true);
  }
}

/** Slices of a track lie inside each other or apart. */
function checkNesting(track: string, slices: readonly { start: number; end: number; name: string }[]): void {
  const sorted = [...slices].sort((a, b) => a.start - b.start || b.end - a.end);
  const stack: { end: number; name: string }[] = [];
  for (const { start, end, name } of sorted) {
    while (stack.length > 0 && stack.at(-1)!.end <= start) stack.pop();
    const around = stack.at(-1);
    if (around !== undefined)
      expect(end, `${name} reaches out of ${around.name} on ${track}`).toBeLessThanOrEqual(around.end);
    stack.push({ end, name });
  }
}
