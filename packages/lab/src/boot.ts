// SPDX-License-Identifier: GPL-2.0-or-later
/** Boots a built kernel under QEMU and plays a script on it, in as many boots as it takes. */
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Attendance } from './attendance.js';
import type { BuiltKernel } from './build.js';
import { asLabError } from './cache.js';
import { LabError } from './errors.js';
import { GuestMemory } from './guest-memory.js';
import type { Machine } from './machines.js';
import { type Death, deathRecord, splitRecords } from './records.js';

export interface RunOptions {
  /** Seconds without a record after which a machine counts as hung. */
  readonly stall: number;
  /** Seconds for all of it. */
  readonly timeout: number;
  /** More parameters for the kernel. */
  readonly params?: string;
  /** With KVM, on x86 where there is one. */
  readonly kvm?: boolean;
  readonly attendance: Attendance;
  readonly progress: (text: string) => void;
}

export interface RunResult {
  /** The records, a line each: header, begin and step records, and one of each death. */
  readonly lines: readonly string[];
  readonly deaths: readonly Death[];
  readonly boots: number;
  readonly scenarios: number;
  readonly steps: number;
  /** From the first boot to the end. */
  readonly seconds: number;
}

/** On a busy host QEMU's timers fail a guest's boot time tests now and then. */
const MOST_SILENT_BOOTS = 3;
/** More deaths than this are not a script's, but the kernel's. */
const MOST_DEATHS = 60;
const POLL_MS = 100;
const LAST_LINES = 60;

/** Plays `script`, whose scenarios begin with `S name`. Throws LabError for a machine that does not boot. */
export async function runScript(
  kernel: BuiltKernel,
  machine: Machine,
  script: string,
  options: RunOptions,
): Promise<RunResult> {
  const started = performance.now();
  const work = workFolder(machine);
  options.attendance.own(work);
  const result = { lines: [] as string[], deaths: [] as Death[], boots: 0, scenarios: 0, steps: 0 };
  let silent = 0;
  try {
    for (let start = 0; ; ) {
      const left = options.timeout * 1000 - (performance.now() - started);
      if (left <= 0)
        throw new LabError('lab.boot', `${name(kernel)}: no end after ${options.timeout} s: --timeout gives it more`);
      const boot = await bootOnce(kernel, machine, script, start, left, work, options);
      result.boots++;
      if (boot.records === undefined) {
        if (++silent <= MOST_SILENT_BOOTS && !boot.refused) continue;
        throw new LabError(
          'lab.boot',
          `${name(kernel)} does not boot${boot.hung ? `, or takes more than ${options.stall} s (--stall gives it more)` : ''}: ${boot.last.join('; ') || 'it printed nothing'}`,
        );
      }
      const { kept, current, ended, scenarios, steps } = splitRecords(boot.records, result.lines.length > 0);
      for (const line of kept) result.lines.push(line);
      result.scenarios += scenarios;
      result.steps += steps;
      if (ended) break;
      if (current === undefined)
        throw new LabError('lab.boot', `${name(kernel)} plays nothing: ${boot.last.join('; ')}`);
      const words = boot.console
        .split('\n')
        .filter((line) => line !== '')
        .slice(-LAST_LINES);
      const death: Death = { scenario: current.name, seq: current.seq + 1, words, hung: boot.hung };
      result.deaths.push(death);
      result.lines.push(deathRecord(death));
      if (result.deaths.length > MOST_DEATHS)
        throw new LabError(
          'lab.boot',
          `${name(kernel)} has died ${result.deaths.length} times, last in ${current.name}: ${words.slice(-4).join('; ')}`,
        );
      start = current.index + 1;
    }
  } catch (error) {
    throw asLabError(error, work);
  } finally {
    options.attendance.remove(work);
  }
  return { ...result, seconds: (performance.now() - started) / 1000 };
}

const name = ({ release, machine }: BuiltKernel): string => `Linux ${release} on ${machine}`;

interface Boot {
  /** undefined: the driver never spoke. */
  readonly records: string | undefined;
  readonly console: string;
  readonly hung: boolean;
  /** QEMU itself refused. */
  readonly refused: boolean;
  readonly last: readonly string[];
}

async function bootOnce(
  kernel: BuiltKernel,
  machine: Machine,
  script: string,
  start: number,
  left: number,
  work: string,
  { attendance, stall, params = '', kvm = false, progress }: RunOptions,
): Promise<Boot> {
  const memory = new GuestMemory(join(work, 'ram'), machine, script);
  const serial = join(work, 'serial');
  const child = attendance.spawn(
    machine.qemu,
    qemuArguments(machine, kernel.image, memory.file, serial, start, params, kvm && hasKvm(machine)),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaint = '';
  child.stderr?.on('data', (text: Buffer) => {
    complaint += text.toString('latin1');
  });
  let ended = false;
  const gone = new Promise<void>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      ended = true;
      reject(
        error.code === 'ENOENT'
          ? new LabError('lab.tools', `${machine.qemu} is not installed: apt-get install ${machine.packages.qemu}`)
          : error,
      );
    });
    child.once('close', () => {
      ended = true;
      resolve();
    });
  });
  let hung = false;
  const started = performance.now();
  let [heard, at] = [-1, started];
  const poll = setInterval(() => {
    const now = performance.now();
    const length = memory.recorded() ?? 0;
    if (length !== heard) {
      [heard, at] = [length, now];
      progress(`${name(kernel)}: ${length === 0 ? 'booting' : `${length} bytes of records`}`);
    }
    if (!ended && (now - at > stall * 1000 || now - started > left)) {
      hung = true;
      attendance.kill(child);
    }
  }, POLL_MS);
  try {
    await gone;
    const records = memory.recorded() === undefined ? undefined : memory.records();
    const printed = existsSync(serial) ? readFileSync(serial, 'latin1') : '';
    const last = (complaint.trim() || stripVTControlCharacters(printed))
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-6);
    return { records, console: memory.console(), hung, refused: complaint !== '' && printed === '', last };
  } finally {
    clearInterval(poll);
    memory.close();
  }
}

/** The command line of QEMU. */
export function qemuArguments(
  machine: Machine,
  image: string,
  ram: string,
  serial: string,
  start: number,
  params: string,
  kvm: boolean,
): string[] {
  const size = `${machine.ram / 2 ** 20}M`;
  const hex = (n: number): string => `0x${n.toString(16)}`;
  const append = [
    machine.append,
    'panic=-1 oops=panic norandmaps ignore_loglevel',
    `pfnlab.arch=${machine.name} pfnlab.hid=${hex(machine.hidden)} pfnlab.hsz=${hex(machine.base + machine.ram - machine.hidden)}`,
    ...(machine.hole === undefined ? [] : [`pfnlab.hole=${hex(machine.hole)}`]),
    `labstart=${start}`,
    params,
  ];
  return [
    ...machine.qemuArgs,
    ...(kvm ? ['-accel', 'kvm'] : []),
    ...['-m', size, '-nographic', '-no-reboot', '-nodefaults', '-serial', `file:${serial}`],
    ...[
      '-object',
      `memory-backend-file,id=labram,size=${size},mem-path=${ram},share=on`,
      '-machine',
      'memory-backend=labram',
    ],
    ...['-kernel', image, '-append', append.filter((part) => part !== '').join(' ')],
  ];
}

/** x86 on x86: of others the model of the CPU would have to be the host's. */
function hasKvm(machine: Machine): boolean {
  if (machine.arch !== 'x86' || arch() !== 'x64') return false;
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A folder for the guest's RAM: in memory where there is enough of it. */
function workFolder(machine: Machine): string {
  const prefix = 'specialbit-lab-';
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > machine.ram) return mkdtempSync(join('/dev/shm', prefix));
  } catch {
    // no such place here
  }
  return mkdtempSync(join(tmpdir(), prefix));
}
