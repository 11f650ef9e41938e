// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The trace file of tracefs, and `trace-cmd report`:
 *
 *     comm-PID [(tgid)] [cpu] [flags] seconds.micros: event: fields
 *
 * A syscall is `sys_mmap(addr: ..)` and `sys_mmap -> 0x..` in the one, `sys_enter_mmap: addr: ..` and
 * `sys_exit_mmap: 0x..` in the other.
 */
import type { Problems } from '../problems.js';
import type { LineParser, TraceRecord } from '../records.js';
import { TraceEvents } from './events.js';

/** comm, pid, cpu, time, event, fields. */
export const FTRACE_LINE =
  /^\s*(.{1,16}?)-(\d+)\s+(?:\(\s*[\d-]+\)\s+)?\[(\d+)\]\s+(?:[^\s:]{4,7}\s+)?(\d+\.\d+):\s+(\w+)(?::\s*|(?=\()|(?=\s*->))\s*(.*)$/;

export class FtraceParser implements LineParser<TraceRecord> {
  private readonly events: TraceEvents;

  constructor(private readonly problems: Problems) {
    this.events = new TraceEvents(problems);
  }

  parse(text: string, line: number, emit: (record: TraceRecord) => void): void {
    if (text.startsWith('#') || text === '' || /^(cpus=|version = |CPU \d+ is empty)/.test(text)) return;
    const match = FTRACE_LINE.exec(text);
    if (match === null) {
      if (/^CPU:\d+ \[LOST \d+ EVENTS\]/.test(text)) {
        this.problems.add(line, 'the tracer lost events', text);
        return;
      }
      this.problems.add(line, 'no trace event', text);
      return;
    }
    const at = { line, time: Number(match[4]), pid: Number(match[2]) };
    this.events.event(at, match[5]!, match[6]!, emit);
  }

  end(emit: (record: TraceRecord) => void): void {
    this.events.end(emit);
  }
}
