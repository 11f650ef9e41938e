// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The trace file of tracefs and its relatives (ftrace-line.ts has the forms). A syscall is `sys_mmap(addr: ..)` and
 * `sys_mmap -> 0x..` in the kernel's own words, `sys_enter_mmap: addr: ..` and `sys_exit_mmap: 0x..` in trace-cmd's.
 */
import type { Problems } from '../problems.js';
import type { LineParser, TraceRecord } from '../records.js';
import { TraceEvents } from './events.js';
import { ftraceLine } from './ftrace-line.js';

const IOMEM = /^ *[0-9a-f]+-[0-9a-f]+ : /;

export class FtraceParser implements LineParser<TraceRecord> {
  private readonly events: TraceEvents;
  /** Which task a CPU runs, where only function_graph's switches tell. */
  private readonly running = new Map<number, number>();

  /** Within what bpftrace printed of /proc/iomem. */
  private iomem = false;

  constructor(private readonly problems: Problems) {
    this.events = new TraceEvents(problems);
  }

  parse(text: string, line: number, emit: (record: TraceRecord) => void): void {
    const ours = text.startsWith('# specialbit: ');
    if (ours) this.iomem = text === '# specialbit: iomem';
    if (ours || (this.iomem && IOMEM.test(text))) {
      this.problems.read++;
      const comment = ours ? text : `# specialbit: ram ${text}`;
      if (ours || text.endsWith(': System RAM')) this.events.comment({ line, time: undefined, pid: 0 }, comment, emit);
      return;
    }
    const found = ftraceLine(text);
    if (found === undefined) {
      this.problems.add(line, 'no trace event', text);
      return;
    }
    switch (found.kind) {
      case 'other':
        this.problems.skipped++;
        return;
      case 'lost':
        this.problems.add(line, 'the tracer lost events', text);
        return;
      case 'switch':
        this.running.set(found.cpu, found.pid);
        this.problems.skipped++;
        return;
      case 'event': {
        const pid = found.pid ?? this.running.get(found.cpu);
        if (pid === undefined) {
          this.problems.add(line, 'an event of function_graph without its task: option funcgraph-proc shows it', text);
          return;
        }
        this.events.event({ line, time: found.time, pid }, found.event, found.fields, emit);
      }
    }
  }

  end(emit: (record: TraceRecord) => void): void {
    this.events.end(emit);
  }
}
