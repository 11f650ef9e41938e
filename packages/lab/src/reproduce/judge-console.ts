// SPDX-License-Identifier: GPL-2.0-or-later
/** What a machine with a reproducer printed: the program's checks, and the last words of a kernel that died. */
import { LabError } from '../errors.js';

export interface TriedBoot {
  /** `./play on 6.12.95+deb12-amd64`. */
  readonly title: string;
  readonly seconds: number;
  /** What the program printed, and of a kernel that died its last words. */
  readonly lines: readonly string[];
  readonly failed: boolean;
}

const DEATH =
  /BUG:|Oops|kernel BUG|Kernel panic|Unable to handle|Internal error|RIP: 0010|pc : |invalid opcode|WARNING:/;

/** What of the console is told, and whether it is as it should be. */
export function judged(
  printed: string,
  complaint: string,
  {
    release,
    fatal,
    late,
    seconds,
    timeout,
  }: {
    readonly release: string;
    readonly fatal: boolean;
    readonly late: boolean;
    readonly seconds: number;
    readonly timeout: number;
  },
): TriedBoot {
  const all = printed.split(/\r?\n/);
  const begin = all.findIndex((line) => line.includes('REPRO BEGIN'));
  if (begin < 0) {
    const last = (complaint.trim() || printed)
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-6);
    throw new LabError(
      'lab.boot',
      `${release} ${late ? `says nothing within ${timeout} s (--timeout gives it more)` : 'does not get to the reproducer'}: ${last.join('; ') || 'it printed nothing'}`,
    );
  }
  const end = all.findIndex((line, i) => i > begin && line.includes('REPRO END'));
  const between = all.slice(begin + 1, end < 0 ? undefined : end);
  const tap = between.filter((line) => /^(?:not )?ok |^1\.\.|^TAP |^Bail out!|^# /.test(line));
  const died = end < 0 ? between.filter((line) => DEATH.test(line) && !line.startsWith('# ')).slice(0, 8) : [];
  const bad = tap.some((line) => line.startsWith('not ok') || line.startsWith('Bail out!'));
  const expected = fatal && tap.some((line) => line.includes('is to kill the kernel'));
  const how =
    end >= 0 ? [] : late ? [`# no end after ${timeout} s`] : [`# the kernel died${expected ? ', as it is to' : ''}`];
  return {
    title: `./play${fatal ? ' --fatal' : ''} on ${release}`,
    seconds,
    lines: [...tap, ...how, ...died.map((line) => line.trim())],
    failed: bad || (end < 0 && !(expected && died.length > 0)),
  };
}
