// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `perf script`: `comm pid/tid [cpu] seconds.micros: [period] subsystem:event: fields`, and with
 * --show-mmap-events and --show-task-events `PERF_RECORD_MMAP2 pid/tid: [addr(len) @ off ..]: perms path`,
 * `PERF_RECORD_FORK(pid:tid):(ppid:ptid)`, `PERF_RECORD_COMM exec: name:pid/tid`, `PERF_RECORD_EXIT`.
 */
import type { Problems } from '../problems.js';
import type { LineParser, TraceRecord } from '../records.js';
import { TraceEvents } from './events.js';

/** comm, pid, tid, time, subsystem, event, fields. */
export const PERF_LINE =
  /^\s*(.{1,16}?)\s+(?:(-?\d+)\/)?(-?\d+)\s+(?:\[(\d+)\]\s+)?(\d+\.\d+):\s+(?:\d+\s+)?(?:(PERF_RECORD_\w+)|(\w+):(\w+):)\s*(.*)$/;

const MAPPED = /^-?\d+\/-?\d+: \[0x([0-9a-f]+)\((?:0x)?([0-9a-f]+)\) @ (?:0x)?([0-9a-f]+)[^\]]*\]:\s+(\S+)\s+(.*)$/;

export class PerfScriptParser implements LineParser<TraceRecord> {
  private readonly events: TraceEvents;

  constructor(private readonly problems: Problems) {
    this.events = new TraceEvents(problems);
  }

  parse(text: string, line: number, emit: (record: TraceRecord) => void): void {
    if (text.startsWith('# specialbit: ')) {
      this.problems.read++;
      this.events.comment({ line, time: undefined, pid: 0 }, text, emit);
      return;
    }
    if (text.trim() === '' || text.startsWith('#')) {
      this.problems.skipped++;
      return;
    }
    const match = PERF_LINE.exec(text);
    if (match === null) {
      // lines of a call chain
      if (/^\s+[0-9a-f]+ /.test(text) || /^\s+\S+\s+\(\S+\)$/.test(text)) this.problems.skipped++;
      else this.problems.add(line, 'no line of perf script', text);
      return;
    }
    const at = { line, time: Number(match[5]), pid: Number(match[3]) };
    if (match[6] !== undefined) this.task(at, match[6], match[9]!, emit);
    else this.events.event(at, match[8]!, match[9]!, emit);
  }

  end(emit: (record: TraceRecord) => void): void {
    this.events.end(emit);
  }

  private task(
    at: { line: number; time: number; pid: number },
    kind: string,
    text: string,
    emit: (record: TraceRecord) => void,
  ): void {
    if (kind === 'PERF_RECORD_MMAP2' || kind === 'PERF_RECORD_MMAP') {
      const match = MAPPED.exec(text);
      if (match === null) {
        this.problems.add(at.line, `${kind}: fields that are not understood`, text);
        return;
      }
      const [addr, len, off] = [match[1], match[2], match[3]].map((digits) => Number.parseInt(digits!, 16));
      this.problems.read++;
      emit({ type: 'mapped', ...at, addr: addr!, len: len!, off: off!, perms: match[4]!, path: match[5]! });
      return;
    }
    if (kind.startsWith('PERF_RECORD_EXIT')) {
      this.problems.read++;
      emit({ type: 'exit', ...at });
      return;
    }
    this.problems.skipped++;
  }
}
