// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What strace prints before a call (strace.c: printleader): pid, time, time since the last call, instruction pointer,
 * number of the call; each as its option has it, in this order. Quoting of mails may stand before all of it.
 */

/** `[pid 123] `, `[pid 123<comm>] `, and with -o `123 `, `123<comm> `. */
const PID = String.raw`(?:\[pid\s+(\d+)(?:<[^>]*>)?\]\s+|(\d+)(?:<[^>]*>)?\s+(?=\S))?`;
/** -t, -tt; -ttt; the short form of -t without seconds does not exist. */
const TIME = String.raw`(?:(\d{1,2}:\d\d:\d\d(?:[.,]\d+)?)\s+|(\d+\.\d+)\s+)?`;
/** -r together with -t: `(+     0.000123) `. */
const RELATIVE = String.raw`(?:\(\+?\s*[\d.]+\)\s+)?`;
/** -i: `[00007f4560e2f8a6] `, `[????????????????] `. */
const POINTER = String.raw`(?:\[(?:[0-9a-f]{8,16}|\?{8,16})\]\s+)?`;
/** -n: `[   9] `. */
const NUMBER = String.raw`(?:\[\s*\d{1,5}\]\s+)?`;
const LEADER = new RegExp(`^\\s*${PID}\\s*${TIME}${RELATIVE}${POINTER}${NUMBER}${POINTER}`);
/** Mail quoting; the frames of -k begin with a blank and `>`. */
const QUOTE = /^(?:>\s?)+/;

/** A call, a signal, an end, or the rest of a call, behind the leader. */
const START =
  /^(?:[a-z_][a-z0-9_]*\(|<\.\.\. (?:[a-z_][a-z0-9_]* )?resumed|--- (?:SIG\w+|stopped)|\+\+\+ (?:exited|killed|superseded)|syscall_0x[0-9a-f]+\()/;

export interface Leader {
  /** Undefined where the line names none. */
  readonly pid: number | undefined;
  /** `HH:MM:SS` or seconds, as printed. */
  readonly clock: string | undefined;
  readonly seconds: string | undefined;
  readonly rest: string;
}

/** Takes a line apart; a line without a leader is all rest. */
export function leaderOf(text: string): Leader {
  const line = unquoted(text);
  const match = LEADER.exec(line)!;
  const rest = line.slice(match[0].length);
  const pid = match[1] ?? match[2];
  return { pid: pid === undefined ? undefined : Number(pid), clock: match[3], seconds: match[4], rest };
}

export const unquoted = (text: string): string => (text.startsWith('>') ? text.replace(QUOTE, '') : text);

/** The line begins something of strace's; otherwise it may go on what the line before began. */
export const begins = (rest: string): boolean => START.test(rest);

/** The line looks like one of strace's, for the detection of the format. */
export function isStraceLine(text: string): boolean {
  const { rest } = leaderOf(text);
  if (!begins(rest)) return false;
  if (/^(?:<\.\.\.|---|\+\+\+)/.test(rest)) return true;
  return /\)\s+= (?:\?|-?\d|0x)|<unfinished \.\.\.>\s*$|^[a-z_0-9]+\(.*(?:, ?$|\|$)|^(?:execve|mmap2?|brk|openat|access)\(/.test(
    rest,
  );
}

/** A frame of -k: ` > /lib/x.so(fn+0x26) [0x228a6]`, ` > [heap] ..`, ` > unexpected_backtracing_error [0x..]`. */
export function isStackLine(text: string): boolean {
  return /^(?:>\s?)*\s+>\s+\S.*(?:\[0x[0-9a-f]+\]|\(\S*\))\s*$/.test(text);
}

/** Lines of a terminal around a trace: a prompt with the command, messages of strace itself. */
export function isTalk(rest: string): boolean {
  return /^strace: |^\S*[$#%>]\s+\S*strace\b|^(?:\[[^\]]*\]\s*)?\S+@\S+.*[$#]\s|^[$#%]\s|^Process \d+ (?:attached|detached|suspended|resumed)|^\[ Process PID=/.test(
    rest,
  );
}
