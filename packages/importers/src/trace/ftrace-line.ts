// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * One line of a trace in the forms that the kernel and trace-cmd print (kernel/trace/trace_output.c, trace.c):
 *
 *     comm-PID [(tgid)] [cpu] [flags] seconds.micros: event: fields       the trace file, trace_pipe, trace-cmd report
 *     comm-PID [(tgid)] cpu+flags microseconds us[mark]: event: fields    the latency format, ftrace_dump_on_oops
 *     cpu) ... | /* event: fields *\/                                      an event within function_graph
 */
import { stripPrefixes } from '../paste/prefixes.js';

const TASK = String.raw`^\s*(?:\[\S+\]\s+)?(.{1,16}?)-(\d+)\s+(?:\(\s*[\d-]+\)\s+)?`;
const EVENT = String.raw`(<?[\w ]+>?)(?::\s*|(?=\()|(?=\s*->)|$)\s*(.*)$`;
/** Between cpu and time as many letters as the kernel has (4 to 8), or none at all (trace-cmd). */
const PLAIN = new RegExp(String.raw`${TASK}\[(\d+)\]\s+(?:[^\s:]{3,9}\s+)?(\d+(?:\.\d+)?):\s+${EVENT}`);
const LATENCY = new RegExp(String.raw`${TASK}(\d{1,4})([.a-zA-Z#0-9]{3,9})\s+(\d+)us\s?[ +!#*@$]?\s*:\s+${EVENT}`);
const GRAPH = /^\s*(?:(\d+\.\d+)\s+\|\s+)?(\d+)\)\s+(?:(.{1,16}?)-(\d+)\s+\|)?.*\/\*\s*(.*?)\s*\*\/\s*$/;
/** A line of function_graph that shows a function, or a switch of tasks. */
const GRAPH_OTHER = /^\s*(?:\d+\.\d+\s+\|\s+)?\d+\)\s|^\s*-{6,}$/;
const GRAPH_SWITCH = /^\s*(\d+)\)\s+\S.*?\s+=>\s+(.{1,16}?)-(\d+)\s*$/;
const GRAPH_EVENT = new RegExp(`^${EVENT}`);

export interface FtraceLine {
  /** Undefined where the line does not say (function_graph without its column). */
  readonly pid: number | undefined;
  readonly cpu: number;
  /** Seconds; undefined where function_graph prints none. */
  readonly time: number | undefined;
  readonly event: string;
  readonly fields: string;
}

export type FtraceText =
  | ({ readonly kind: 'event' } & FtraceLine)
  /** A CPU goes on with another task. */
  | { readonly kind: 'switch'; readonly cpu: number; readonly pid: number }
  /** Comments, headers, functions, stacks. */
  | { readonly kind: 'other' }
  | { readonly kind: 'lost' };

/** Undefined for a line of something else. */
export function ftraceLine(line: string): FtraceText | undefined {
  const text = /^\s*(?:\[\s*\d+\.\d+\]|>|<\d)|kernel:/.test(line) ? stripPrefixes(line).text : line;
  if (text.startsWith('#') || text.trim() === '') return { kind: 'other' };
  const plain = PLAIN.exec(text);
  if (plain !== null) return event(plain[2]!, plain[3]!, Number(plain[4]), plain[5]!, plain[6]!);
  const latency = LATENCY.exec(text);
  if (latency !== null) return event(latency[2]!, latency[3]!, Number(latency[5]) / 1e6, latency[6]!, latency[7]!);
  if (/\[LOST \d+ EVENTS\]|\[\d+ EVENTS DROPPED\]/.test(text)) return { kind: 'lost' };
  if (
    /^\s*(?:=> |<(?:user )?stack trace>)|^(?:cpus=|version = |CPU \d+ is empty|trace\.dat|Dumping ftrace buffer|\(ftrace buffer empty\)|-{5,})/.test(
      text,
    )
  )
    return { kind: 'other' };
  return graphLine(text);
}

function event(pid: string, cpu: string, time: number, name: string, fields: string): FtraceText {
  return /^</.test(name)
    ? { kind: 'other' }
    : { kind: 'event', pid: Number(pid), cpu: Number(cpu), time, event: name.trim(), fields };
}

function graphLine(text: string): FtraceText | undefined {
  const comment = GRAPH.exec(text);
  if (comment !== null) {
    const inner = GRAPH_EVENT.exec(comment[5]!);
    if (inner === null || /^</.test(inner[1]!)) return { kind: 'other' };
    const time = comment[1] === undefined ? undefined : Number(comment[1]);
    const pid = comment[4] === undefined ? undefined : Number(comment[4]);
    return { kind: 'event', pid, cpu: Number(comment[2]), time, event: inner[1]!.trim(), fields: inner[2]! };
  }
  const other = GRAPH_SWITCH.exec(text);
  if (other !== null) return { kind: 'switch', cpu: Number(other[1]), pid: Number(other[3]) };
  return GRAPH_OTHER.test(text) ? { kind: 'other' } : undefined;
}

/** The line is one of a trace, for the detection of the format. */
export function isFtraceLine(text: string): boolean {
  const line = ftraceLine(text);
  return line !== undefined && (line.kind === 'event' || line.kind === 'switch');
}
