// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a text is that no reader takes, or takes only after something: so that a refusal can say what was seen and what
 * to do. Formats that are read are in detect.ts.
 */
import { stripPrefixes } from './paste/prefixes.js';

export interface Recognised {
  /** `the output of perf trace`. */
  readonly what: string;
  /** What to do, as the end of a sentence. */
  readonly advice: string;
}

interface Sign extends Recognised {
  readonly like: RegExp;
  /** Only the first line that is not empty. */
  readonly first?: true;
  /** So many of the lines must be like it; 1 where nothing is said. */
  readonly lines?: number;
}

const SIGNS: readonly Sign[] = [
  {
    like: /^\s*(?:\d+\.\d+ )?\(?\s*(?:\d+\.\d+ ms)?\s*\)?:?\s*\S+\/\d+ (?:\w+:\w+\(|\w+\()/,
    what: 'the output of perf trace',
    advice: 'it leaves out what a replay needs; give the output of `perf script` of the same perf.data',
  },
  {
    like: /^\s*\S+(?:\s\S+)*\s*\(\d+\), \d+ events|^\s*syscall\s+calls\s+errors\s+total/,
    what: 'the summary of perf trace -s',
    advice: 'it has no calls, only their counts; give the output of `perf script`',
  },
  {
    like: /^% time\s+seconds\s+usecs\/call\s+calls/,
    what: 'the summary of strace -c',
    advice: 'it has no calls, only their counts; run strace without -c',
  },
  {
    like: /^PERFILE2/,
    what: 'a perf.data file',
    advice: 'give what `perf script --show-mmap-events --show-task-events -i FILE` prints',
  },
  {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the magic of the file
    like: /^\u0017\bDtracing|^.{0,3}tracing[0-9]/,
    what: 'a trace.dat file of trace-cmd',
    advice: 'give what `trace-cmd report FILE` prints',
  },
  {
    like: /^[0-9a-f]+-[0-9a-f]+ ---p 0+ 00:00 0\s+\[rollup\]/,
    what: 'smaps_rollup',
    advice: 'it sums all mappings up and has none of them; give /proc/PID/smaps',
  },
  {
    like: /^\s*total\s+(?:kB\s+)?\d+K?|^Address\s+Kbytes\s+RSS|^[0-9a-f]{8,16}\s+\d+K\s/,
    what: 'the output of pmap',
    advice: 'without -X it has no offsets; give /proc/PID/maps or smaps, or `pmap -XX PID`',
  },
  {
    like: /^\s*virtual\s+(?:shared|size)|^\s*size\s+RSS\s+PSS\s+clean\s+dirty/,
    what: 'the output of showmap',
    advice: 'it sums up mappings of the same file and has no addresses; give /proc/PID/maps or smaps',
  },
  {
    like: /^\s*(?:#\s*)?bpftrace|^Attaching \d+ probes?\.\.\.$/,
    what: 'the output of bpftrace',
    advice: 'give what `specialbit record --print --with bpftrace` makes it print',
  },
  {
    first: true,
    like: /^\s*[\w.]+@[\w.-]+\S*\s*[#$] |^(?:\$|>>>) \S/,
    what: 'a terminal session',
    advice: 'give the output alone',
  },
  {
    like: /^(?:From|Subject|Message-ID): |^diff --git |^@@ -\d/,
    what: 'a mail or a patch',
    advice: 'give the report or the trace out of it',
  },
  { like: /^<!DOCTYPE|^<html/i, what: 'a web page', advice: 'give its text' },
  { like: /^\u007fELF/, what: 'a program', advice: 'run it under strace' },
];

/** What is seen in lines that no reader takes; undefined where nothing is. */
export function recogniseLines(lines: readonly string[]): Recognised | undefined {
  const head = lines.filter((text) => text.trim() !== '').slice(0, 1);
  for (const { like, first, lines: least = 1, what, advice } of SIGNS) {
    let seen = 0;
    for (const text of first === true ? head : lines)
      if (like.test(text) || like.test(stripPrefixes(text).text)) seen++;
    if (seen >= least) return { what, advice };
  }
  return undefined;
}
