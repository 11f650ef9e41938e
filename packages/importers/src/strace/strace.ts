// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The output of strace: `[pid] [time] call(args) = result [<seconds>]`, calls that others interrupt
 * (`<unfinished ...>`, `<... call resumed>`), signals and ends of processes; with every option that changes how lines
 * look, and as mailers and terminals leave it: quoted, wrapped, interrupted by strace's own messages.
 */
import { CLONE_FLAGS, parseBits, parseNumber } from '../names.js';
import type { Problems } from '../problems.js';
import type { LineParser, SignalRecord, TraceRecord } from '../records.js';
import { ArgumentError, NotAboutMemory, READERS } from './calls.js';
import { Clock } from './clock.js';
import { begins, isStackLine, isTalk, leaderOf, unquoted } from './leader.js';
import { closingParenthesis, splitArgs, withoutComments } from './split-args.js';

const RESUMED = /^<\.\.\. (?:(\w+) )?resumed>?\s?(.*)$/s;
const RESULT = /^\s*=\s+(\?|-?0x[0-9a-f]+|-?\d+)(.*)$/s;
const UNFINISHED = '<unfinished ...>';
/** strace says this where it happens, within a line of another process, too. */
const ATTACHED = /strace: Process (\d+) attached(?: with (\d+) threads)?/;
/** A call that goes on over more lines than these is none. */
const MOST_LINES = 12;

interface At {
  readonly line: number;
  readonly time: number | undefined;
  readonly pid: number;
}

interface Begun extends At {
  text: string;
  /** Lines of the input that it has. */
  lines: number;
}

type Emit = (record: TraceRecord) => void;

export class StraceParser implements LineParser<TraceRecord> {
  /** Calls that others interrupted, by thread. */
  private readonly unfinished = new Map<number, Begun>();
  /** A call whose line broke off: the next lines go on with it. */
  private broken: Begun | undefined;
  private readonly clock = new Clock();
  /** Threads that have been seen, or that a clone() made. */
  private readonly known = new Set<number>();

  /** `mainPid`: the process of lines that name none (strace without -f). */
  constructor(
    private readonly problems: Problems,
    private readonly mainPid = 1,
  ) {}

  parse(text: string, line: number, emit: Emit): void {
    if (text.trim() === '') {
      this.problems.skipped++;
      return;
    }
    if (isStackLine(text)) {
      this.problems.skipped++;
      return;
    }
    const attached = ATTACHED.exec(text);
    if (attached !== null) {
      this.attached(text, line, attached, emit);
      return;
    }
    const { pid: named, clock, seconds, rest } = leaderOf(text);
    if (this.broken !== undefined) {
      if (!begins(rest) && !isTalk(rest)) {
        this.goesOn(unquoted(text), emit);
        return;
      }
      this.giveUp();
    }
    if (rest === '' || isTalk(rest)) {
      this.problems.skipped++;
      return;
    }
    const pid = named ?? this.mainPid;
    const at: At = { line, time: this.clock.read(clock, seconds), pid };
    this.meet(at, emit);
    if (rest.startsWith('--- ')) this.signal(rest, at, emit);
    else if (rest.startsWith('+++ ')) this.ended(rest, at, emit);
    else if (rest.startsWith('<... ')) this.resumed(rest, at, emit);
    else this.begun(rest, at, emit);
  }

  /** Calls that never returned, `exit_group` among them. */
  end(emit: Emit): void {
    this.giveUp();
    for (const begun of this.unfinished.values()) {
      this.call({ ...begun, text: `${begun.text}) = ?` }, undefined, emit);
    }
    this.unfinished.clear();
  }

  /** `strace: Process 31545 attached`, alone or within the line that a clone() has begun. */
  private attached(text: string, line: number, [message, child, threads]: RegExpExecArray, emit: Emit): void {
    const at = text.indexOf(message);
    const before = text.slice(0, at);
    const after = text.slice(at + message.length);
    const leader = leaderOf(before);
    const pid = leader.pid ?? this.mainPid;
    const time = this.clock.read(leader.clock, leader.seconds);
    if (before.trim() === '' || !begins(leader.rest)) {
      this.problems.skipped++;
    } else {
      // the rest of the call stands on the next line
      this.giveUp();
      this.broken = { line, time, pid, text: leader.rest + after, lines: 1 };
    }
    this.child(Number(child), { line, time, pid }, emit);
    if (threads !== undefined) emit({ type: 'threads', line, time, pid: Number(child), count: Number(threads) });
  }

  /** A thread's first line, while a clone() is under way: that one made it. */
  private meet(at: At, emit: Emit): void {
    if (this.known.has(at.pid)) return;
    this.child(at.pid, at, emit);
  }

  private child(pid: number, at: At, emit: Emit): void {
    if (this.known.has(pid)) return;
    this.known.add(pid);
    const open = [...this.unfinished.values(), ...(this.broken === undefined ? [] : [this.broken])];
    const cloning = open.filter(({ text, pid: parent }) => parent !== pid && /^(?:clone3?|v?fork)\b/.test(text));
    const parent = cloning[0];
    if (parent === undefined) return;
    const flags = /^vfork/.test(parent.text) ? CLONE_FLAGS.CLONE_VM | CLONE_FLAGS.CLONE_VFORK : cloneFlags(parent.text);
    emit({ type: 'newtask', line: at.line, time: at.time, pid: parent.pid, child: pid, flags });
  }

  private goesOn(text: string, emit: Emit): void {
    const { broken } = this;
    if (broken === undefined) return;
    const glue = /[\s(,|]$/.test(broken.text) || /^[\s,)|]/.test(text) ? '' : ' ';
    broken.text = `${broken.text}${glue}${text.replace(/^\s+(?=[^\s])/, glue === '' ? '' : ' ')}`;
    broken.lines++;
    if (broken.lines > MOST_LINES) {
      this.giveUp();
      return;
    }
    const end = broken.text.trimEnd();
    if (end.endsWith(UNFINISHED)) {
      this.broken = undefined;
      this.wait({ ...broken, text: end.slice(0, -UNFINISHED.length).trimEnd() });
    } else if (complete(broken.text)) {
      this.broken = undefined;
      this.call(broken, undefined, emit);
    }
  }

  /** What was begun and is followed by something else never ends. */
  private giveUp(): void {
    if (this.broken === undefined) return;
    const { line, text, lines } = this.broken;
    this.broken = undefined;
    for (let i = 0; i < lines; i++) this.problems.add(line + i, 'a line that breaks off', text);
  }

  private begun(rest: string, at: At, emit: Emit): void {
    const end = rest.trimEnd();
    if (end.endsWith(UNFINISHED)) {
      this.wait({ ...at, text: end.slice(0, -UNFINISHED.length).trimEnd(), lines: 1 });
      return;
    }
    const call: Begun = { ...at, text: rest, lines: 1 };
    if (begins(rest) && !complete(rest)) this.broken = call;
    else this.call(call, at.time, emit);
  }

  private wait(begun: Begun): void {
    const before = this.unfinished.get(begun.pid);
    if (before !== undefined) {
      for (let i = 0; i < before.lines; i++)
        this.problems.add(before.line, 'a call that is not seen to end', before.text);
    }
    this.unfinished.set(begun.pid, begun);
  }

  private resumed(rest: string, at: At, emit: Emit): void {
    const match = RESUMED.exec(rest);
    const begun = this.unfinished.get(at.pid);
    if (match === null || begun === undefined) {
      // strace was attached within the call, or its beginning was cut off
      this.problems.add(at.line, 'a call is resumed that never began', rest);
      return;
    }
    this.unfinished.delete(at.pid);
    const text = begun.text + match[2];
    const call: Begun = { ...begun, text, lines: begun.lines + 1 };
    const end = text.trimEnd();
    if (end.endsWith(UNFINISHED))
      this.unfinished.set(at.pid, { ...call, text: end.slice(0, -UNFINISHED.length).trimEnd() });
    else this.call(call, at.time, emit);
  }

  private call(begun: Begun, end: number | undefined, emit: Emit): void {
    const { text, line, time, pid, lines } = begun;
    const bad = (what: string): void => {
      for (let i = 0; i < lines; i++) this.problems.add(line, what, text);
    };
    const open = text.indexOf('(');
    const name = open < 0 ? '' : text.slice(0, open);
    if (!/^\w+$/.test(name)) {
      bad('no system call');
      return;
    }
    const read = READERS.get(name);
    if (read === undefined) {
      this.problems.skipped += lines;
      return;
    }
    const close = closingParenthesis(text, open);
    if (close < 0) {
      bad('the arguments do not end');
      return;
    }
    const result = RESULT.exec(text.slice(close + 1));
    if (result === null) {
      bad('no result');
      return;
    }
    const ret = result[1] === '?' ? null : parseNumber(result[1]!)!;
    // an fd that -y annotates: the whole of `3</path>`
    const tail = withoutComments(`${result[1]}${result[2]}`.replace(/\s*<\d+\.\d+>\s*$/, '')).trim();
    const errno = ret === -1 ? /^-1\s+(E[A-Z0-9]+)/.exec(tail)?.[1] : undefined;
    try {
      const call = read(splitArgs(text.slice(open + 1, close)), tail);
      this.problems.read += lines;
      if (call.name === 'clone' && ret !== null && ret > 0) this.known.add(ret);
      const until = end === undefined || end === time ? {} : { end };
      emit({ type: 'syscall', line, time, pid, call, ret, ...(errno === undefined ? {} : { errno }), ...until });
    } catch (error) {
      if (error instanceof NotAboutMemory) {
        this.problems.skipped += lines;
        return;
      }
      if (!(error instanceof ArgumentError)) throw error;
      // a call that failed may well have arguments that make no sense
      if (ret === -1) this.problems.skipped += lines;
      else bad(`${name}: ${error.message}`);
    }
  }

  private signal(text: string, at: At, emit: (record: SignalRecord) => void): void {
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

  private ended(text: string, at: At, emit: Emit): void {
    if (!/^\+\+\+ (?:exited with|killed by)/.test(text)) {
      this.problems.skipped++;
      return;
    }
    this.problems.read++;
    const begun = this.unfinished.get(at.pid);
    // its last call, exit_group() as a rule, which does not return
    if (begun !== undefined) this.problems.skipped += begun.lines;
    this.unfinished.delete(at.pid);
    emit({ type: 'exit', ...at });
  }
}

/** The parentheses close, and a result stands behind them. */
function complete(text: string): boolean {
  const open = text.indexOf('(');
  const close = open < 0 ? -1 : closingParenthesis(text, open);
  if (close < 0) return false;
  const behind = text.slice(close + 1);
  if (!RESULT.test(behind)) return false;
  // the error's text may be on the next line, in parentheses that do not close here
  const paren = behind.indexOf('(');
  return paren < 0 || behind.indexOf(')', paren) >= 0;
}

function cloneFlags(text: string): number {
  const flags = /flags=([^,}<]*)/.exec(text)?.[1];
  return flags === undefined ? 0 : (parseBits(withoutComments(flags), CLONE_FLAGS, true) ?? 0);
}
