// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs a program whose output goes to a file; when it fails, what it said last is in the error. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Attendance } from './attendance.js';
import { asLabError } from './cache.js';
import { LabError } from './errors.js';

/** Lines that are remembered. */
const MOST = 400;
/** Lines of an error that are shown. */
const SHOWN = 6;

export class LogFile {
  readonly lines: string[] = [];
  private readonly descriptor: number;

  constructor(readonly file: string) {
    this.descriptor = openSync(file, 'w');
  }

  add(line: string): void {
    writeSync(this.descriptor, `${line}\n`);
    this.lines.push(line);
    if (this.lines.length > MOST) this.lines.shift();
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** Resolves when the program has ended well. Rejects with LabError. */
export function runLogged(
  command: string,
  args: readonly string[],
  log: LogFile,
  attendance: Attendance,
  heard: (line: string) => void,
): Promise<void> {
  log.add(`$ ${command} ${args.join(' ')}`);
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      LC_ALL: 'C',
      KBUILD_BUILD_TIMESTAMP: '1970-01-01',
      KBUILD_BUILD_USER: 'lab',
      KBUILD_BUILD_HOST: 'lab',
    };
    const child = attendance.spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const take = (line: string): void => {
      try {
        log.add(line);
        heard(line);
      } catch (error) {
        attendance.kill(child);
        reject(asLabError(error, log.file));
      }
    };
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', take);
    if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', take);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new LabError('lab.tools', `${command} is not installed: specialbit lab doctor tells what to install`)
          : error,
      ),
    );
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(failed(command, log, code === null ? `ended by ${signal}` : `exit code ${code}`));
    });
  });
}

function failed(command: string, log: LogFile, how: string): LabError {
  const last = lastErrors(log.lines).join('; ');
  if (log.lines.some((line) => line.includes('No space left on device')))
    return new LabError('lab.disk', `${command}: no space left on the disk; all of its output: ${log.file}`);
  return new LabError('lab.build', `${command} failed (${how}): ${last}; all of its output: ${log.file}`);
}

/** The compiler's words: lines that say `error`, the first ones; else the last lines. */
export function lastErrors(lines: readonly string[]): string[] {
  const errors = lines.filter((line) => /\b(?:fatal )?error\b[:!]|undefined reference|\*\*\* (?!\[)/i.test(line));
  return (errors.length > 0 ? errors.slice(0, SHOWN) : lines.slice(-SHOWN)).map((line) => line.trim());
}
