// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The output of strace: `[pid] [time] call(args) = result [<seconds>]`, calls that others interrupt
 * (`<unfinished ...>`, `<... call resumed>`), signals and ends of processes. With -f, -o, -t to -ttt,
 * -r, -T, -y, -yy, -X of any kind.
 */

import { parseNumber } from '../names.js';
import type { Problems } from '../problems.js';
import type { LineParser, SignalRecord, TraceRecord } from '../records.js';
import { ArgumentError, READERS } from './calls.js';
import { closingParenthesis, splitArgs, withoutComments } from './split-args.js';

const PREFIX = /^(?:\[pid\s+(\d+)\]\s+|(\d+)\s+)?(?:(\d+:\d+:\d+(?:\.\d+)?)\s+|(\d+\.\d+)\s+)?(?:\(\+?\s*[\d.]+\)\s+)?/;
const RESUMED = /^<\.\.\. (\w+) resumed>\s?(.*)$/s;
const RESULT = /^\s*=\s+(\?|-?0x[0-9a-f]+|-?\d+)(.*)$/s;

/** Text of a line that looks like strace's, for the detection of the format. */
export const STRACE_LINE =
  /^(?:\[pid\s+\d+\]\s+|\d+\s+)?(?:[\d:.]+\s+)?(?:\w+\(.*(?:\)\s+= |<unfinished \.\.\.>)|<\.\.\. \w+ resumed>|--- SIG\w+ \{|\+\+\+ (?:exited|killed))/;

interface Begun {
  readonly line: number;
  readonly time: number | undefined;
  readonly text: string;
}

export class StraceParser implements LineParser<TraceRecord> {
  private readonly unfinished = new Map<number, Begun>();

  /** `mainPid`: the process of lines that name none (strace without -f). */
  constructor(
    private readonly problems: Problems,
    private readonly mainPid = 1,
  ) {}

  parse(text: string, line: number, emit: (record: TraceRecord) => void): void {
    const prefix = PREFIX.exec(text)!;
    const pid = Number(prefix[1] ?? prefix[2] ?? this.mainPid);
    const time = prefix[3] !== undefined ? clock(prefix[3]) : prefix[4] !== undefined ? Number(prefix[4]) : undefined;
    const rest = text.slice(prefix[0].length);
    if (rest === '' || rest.startsWith('strace: ')) {
      this.problems.skipped++;
      return;
    }
    if (rest.startsWith('--- ')) {
      this.signal(rest, { line, time, pid }, emit);
      return;
    }
    if (rest.startsWith('+++ ')) {
      this.ended(rest, { line, time, pid }, emit);
      return;
    }
    const resumed = RESUMED.exec(rest);
    if (resumed !== null) {
      const begun = this.unfinished.get(pid);
      if (begun === undefined) {
        this.problems.add(line, 'a call is resumed that never began', text);
        return;
      }
      this.unfinished.delete(pid);
      this.call(begun.text + resumed[2], { line: begun.line, time: begun.time, pid }, time, emit);
      return;
    }
    const cut = rest.lastIndexOf('<unfinished ...>');
    if (cut >= 0 && rest.slice(cut + 16).trim() === '') {
      this.unfinished.set(pid, { line, time, text: rest.slice(0, cut).trimEnd() });
      return;
    }
    this.call(rest, { line, time, pid }, time, emit);
  }

  /** Calls that never returned, `exit_group` among them. */
  end(emit: (record: TraceRecord) => void): void {
    for (const [pid, begun] of this.unfinished) {
      this.call(`${begun.text}) = ?`, { line: begun.line, time: begun.time, pid }, undefined, emit);
    }
    this.unfinished.clear();
  }

  private call(
    text: string,
    at: { line: number; time: number | undefined; pid: number },
    end: number | undefined,
    emit: (record: TraceRecord) => void,
  ): void {
    const open = text.indexOf('(');
    const name = open < 0 ? '' : text.slice(0, open);
    if (!/^\w+$/.test(name)) {
      this.problems.add(at.line, 'no system call', text);
      return;
    }
    const read = READERS.get(name);
    if (read === undefined) {
      this.problems.skipped++;
      return;
    }
    const close = closingParenthesis(text, open);
    if (close < 0) {
      this.problems.add(at.line, 'the arguments do not end', text);
      return;
    }
    const result = RESULT.exec(text.slice(close + 1));
    if (result === null) {
      this.problems.add(at.line, 'no result', text);
      return;
    }
    const ret = result[1] === '?' ? null : parseNumber(result[1]!)!;
    // an fd that -y annotates: the whole of `3</path>`
    const tail = withoutComments(`${result[1]}${result[2]}`.replace(/\s*<\d+\.\d+>$/, '')).trim();
    const errno = ret === -1 ? /^-1\s+(E[A-Z0-9]+)/.exec(tail)?.[1] : undefined;
    try {
      const call = read(splitArgs(text.slice(open + 1, close)), tail);
      this.problems.read++;
      emit({
        type: 'syscall',
        ...at,
        call,
        ret,
        ...(errno === undefined ? {} : { errno }),
        ...(end === undefined || end === at.time ? {} : { end }),
      });
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      // a call that failed may well have arguments that make no sense
      if (ret === -1) this.problems.skipped++;
      else this.problems.add(at.line, `${name}: ${error.message}`, text);
    }
  }

  private signal(
    text: string,
    at: { line: number; time: number | undefined; pid: number },
    emit: (record: SignalRecord) => void,
  ): void {
    const signal = /^--- (SIG\w+) /.exec(text)?.[1];
    const code = /si_code=(\w+)/.exec(text)?.[1];
    if (signal === undefined || code === undefined) {
      this.problems.skipped++;
      return;
    }
    const addr = /si_addr=(0x[0-9a-f]+|NULL)/.exec(text)?.[1];
    this.problems.read++;
    emit({ type: 'signal', ...at, signal, code, addr: addr === undefined ? undefined : parseNumber(addr) });
  }

  private ended(
    text: string,
    at: { line: number; time: number | undefined; pid: number },
    emit: (record: TraceRecord) => void,
  ): void {
    if (!/^\+\+\+ (?:exited with|killed by)/.test(text)) {
      this.problems.skipped++;
      return;
    }
    this.problems.read++;
    this.unfinished.delete(at.pid);
    emit({ type: 'exit', ...at });
  }
}

/** Seconds since midnight. */
function clock(text: string): number {
  const [hours, minutes, seconds] = text.split(':').map(Number);
  return hours! * 3600 + minutes! * 60 + seconds!;
}
