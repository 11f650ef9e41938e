// SPDX-License-Identifier: GPL-2.0-or-later
/** Boots a distribution's kernel with reproducers that were built, and gives back what each printed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Attendance } from '../attendance.js';
import { type ArchivedFile, cpioArchive } from '../cpio-archive.js';
import { LabError } from '../errors.js';
import type { Machine } from '../machines.js';
import type { Reproducer } from './reproduce.js';

export interface BootOptions {
  readonly image: string;
  /** What kills the kernel is made too. */
  readonly fatal: boolean;
  /** Seconds for the boot, and for each of the reproducers. */
  readonly timeout: number;
  readonly attendance: Attendance;
  /** How many have been played. */
  readonly progress: (played: number) => void;
}

export interface BootedTrials {
  /** What the console had of each: the first ones, the last perhaps not to its end. */
  readonly parts: readonly string[];
  /** All of the console, and QEMU's own complaint. */
  readonly printed: string;
  readonly complaint: string;
  /** It was ended for its time. */
  readonly late: boolean;
  readonly seconds: number;
}

/** Bytes of RAM, and of those that Linux uses: memory without struct page lies behind. */
const RAM = '1024M';
const USED = '768M';
const POLL_MS = 200;

/** `folders`: of each reproducer, where it was built. */
export async function bootTrials(
  trials: readonly { readonly made: Reproducer; readonly folder: string }[],
  machine: Machine,
  work: string,
  { image, fatal, timeout, attendance, progress }: BootOptions,
): Promise<BootedTrials> {
  const x86 = machine.arch === 'x86';
  const initrd = join(work, 'initrd');
  writeFileSync(initrd, gzipSync(cpioArchive(initramfs(trials, machine, work, fatal)), { level: 1 }));
  const serial = join(work, 'serial');
  writeFileSync(serial, '');
  const console = x86 ? 'ttyS0' : 'ttyAMA0';
  const holes = x86 && trials.some(({ made }) => made.hole) ? ' memmap=128M$256M' : '';
  const append = `console=${console} panic=-1 oops=panic mem=${USED}${holes} loglevel=5`;
  const started = performance.now();
  const args = [
    ...machine.qemuArgs,
    ...['-m', RAM, '-nographic', '-no-reboot', '-nodefaults', '-serial', `file:${serial}`],
    ...['-kernel', resolve(image), '-initrd', initrd, '-append', append],
  ];
  const child = attendance.spawn(machine.qemu, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr?.on('data', (text: Buffer) => {
    complaint += text.toString('latin1');
  });
  let [late, played, since] = [false, 0, started];
  const poll = setInterval(() => {
    const ends = readFileSync(serial, 'latin1').split('REPRO END').length - 1;
    if (ends !== played) {
      [played, since] = [ends, performance.now()];
      progress(played);
    }
    if (performance.now() - since <= timeout * 1000) return;
    late = true;
    attendance.kill(child);
  }, POLL_MS);
  try {
    await new Promise<void>((done, fail) => {
      child.once('close', () => done());
      child.once('error', (error: NodeJS.ErrnoException) =>
        fail(
          error.code === 'ENOENT'
            ? new LabError('lab.tools', `${machine.qemu} is not installed: apt-get install ${machine.packages.qemu}`)
            : error,
        ),
      );
    });
  } finally {
    clearInterval(poll);
  }
  const printed = existsSync(serial) ? readFileSync(serial, 'latin1') : '';
  const begins = [...printed.matchAll(/REPRO BEGIN/g)].map(({ index }) => index);
  const parts = begins.map((from, i) => printed.slice(from, begins[i + 1]));
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  return { parts, printed, complaint, late, seconds };
}

function initramfs(
  trials: readonly { readonly made: Reproducer; readonly folder: string }[],
  machine: Machine,
  work: string,
  fatal: boolean,
): ArchivedFile[] {
  const folder = (path: string): ArchivedFile => ({ path, mode: 0o40755, content: Buffer.alloc(0) });
  const file = (path: string, content: Buffer): ArchivedFile => ({ path, mode: 0o100755, content });
  const bare = `bare=0x${(machine.base + 0x30000000).toString(16)}`;
  const hole = `hole=0x${(machine.hole ?? 0).toString(16)}`;
  return [
    ...['dev', 'proc', 'sys', 'tmp'].map(folder),
    file('init', readFileSync(join(work, 'init'))),
    ...trials.flatMap(({ made, folder: built }, i) => [
      folder(`${i + 1}`),
      ...['play', 'repro.ko'].map((name) => file(`${i + 1}/${name}`, readFileSync(join(built, name)))),
      file(`${i + 1}/params`, Buffer.from([...(made.bare ? [bare] : []), ...(made.hole ? [hole] : [])].join(' '))),
      ...(fatal ? [file(`${i + 1}/fatal`, Buffer.alloc(0))] : []),
    ]),
  ];
}
