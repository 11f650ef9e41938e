// SPDX-License-Identifier: GPL-2.0-or-later
/** Builds a reproducer against a kernel's headers, and runs it on that kernel with an initramfs of nothing else. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Attendance } from '../attendance.js';
import { asLabError, cacheFolder, openCache } from '../cache.js';
import { cpioArchive } from '../cpio-archive.js';
import { LabError } from '../errors.js';
import { findMachine, type Machine } from '../machines.js';
import { LogFile, runLogged } from '../run-logged.js';
import { INIT_TEXT } from './init-text.js';
import type { Reproducer } from './reproduce.js';

export interface TryOptions {
  /** The kernel's headers, and the kernel: of one build. */
  readonly headers: string;
  readonly image: string;
  /** The compiler of the module; the machine's when absent. */
  readonly cc?: string;
  /** A second boot, in which what kills the kernel is made too. */
  readonly fatal: boolean;
  /** Seconds for one boot. */
  readonly timeout: number;
  readonly attendance: Attendance;
  readonly progress: (text: string) => void;
}

export interface TriedBoot {
  /** `./play on 6.12.95+deb12-amd64`. */
  readonly title: string;
  readonly seconds: number;
  /** What the program printed, and of a kernel that died its last words. */
  readonly lines: readonly string[];
  readonly failed: boolean;
}

/** Bytes of RAM, and of those that Linux uses: memory without struct page lies behind. */
const RAM = '1024M';
const USED = '768M';
const DEATH =
  /BUG:|Oops|kernel BUG|Kernel panic|Unable to handle|Internal error|RIP: 0010|pc : |invalid opcode|WARNING:/;

/** Throws LabError. */
export async function tryReproducer(made: Reproducer, options: TryOptions): Promise<TriedBoot[]> {
  const work = mkdtempSync(join(tmpdir(), 'specialbit-reproduce-'));
  const { attendance, headers, image, fatal, progress } = options;
  attendance.own(work);
  // it outlives the work: what fails names it
  const log = new LogFile(join(openCache(cacheFolder()), 'reproduce.log'));
  try {
    const config = readConfig(headers);
    const machine = machineOf(config, headers);
    if (!existsSync(image)) throw new LabError('lab.source', `${image}: there is no kernel`);
    progress('building the module and the program');
    const folder = join(work, 'reproducer');
    mkdirSync(folder);
    for (const [name, text] of made.files) writeFileSync(join(folder, name), text);
    await build(folder, machine, headers, work, log, options);
    const release = releaseOf(headers);
    const boots: TriedBoot[] = [];
    for (const deadly of fatal ? [false, true] : [false]) {
      progress(`booting ${release}`);
      boots.push(await boot(made, folder, machine, release, deadly, work, options));
    }
    return boots;
  } catch (error) {
    throw asLabError(error, work);
  } finally {
    log.close();
    attendance.remove(work);
  }
}

function readConfig(headers: string): string {
  try {
    return readFileSync(join(headers, '.config'), 'utf8');
  } catch {
    throw new LabError('lab.source', `${headers}: no headers of a kernel: there is no .config in it`);
  }
}

function machineOf(config: string, headers: string): Machine {
  const set = (name: string): boolean => new RegExp(`^${name}=y`, 'm').test(config);
  const known: readonly (readonly [string, string])[] = [
    ['CONFIG_X86_64', 'x86_64'],
    ['CONFIG_ARM64', 'arm64'],
    ['CONFIG_ARM_LPAE', 'arm-lpae'],
  ];
  const found = known.find(([name]) => set(name));
  if (found === undefined) throw new LabError('lab.machine', `${headers}: neither of x86_64, arm64 nor arm with LPAE`);
  return findMachine(found[1]);
}

function releaseOf(headers: string): string {
  const file = join(headers, 'include/config/kernel.release');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const generated = join(headers, 'include/generated/utsrelease.h');
  const found = existsSync(generated) ? /UTS_RELEASE "([^"]+)"/.exec(readFileSync(generated, 'utf8'))?.[1] : undefined;
  return found ?? basename(resolve(headers));
}

async function build(
  folder: string,
  machine: Machine,
  headers: string,
  work: string,
  log: LogFile,
  { attendance, cc: given }: TryOptions,
): Promise<void> {
  const { cross, cc, cflags } = machine;
  // the compiler that is here: the headers may name the one that built the kernel; and BTF of the module needs that one's pahole
  const make = [
    '-C',
    folder,
    'modules',
    `KDIR=${usable(headers, work)}`,
    `CROSS_COMPILE=${cross}`,
    `CC=${given ?? `${cross}gcc`}`,
    'CONFIG_DEBUG_INFO_BTF_MODULES=',
  ];
  await runLogged('make', make, log, attendance, () => {});
  await runLogged(
    cc,
    ['-O2', '-Wall', '-Wextra', '-Werror', '-static', ...cflags, '-o', join(folder, 'play'), join(folder, 'play.c')],
    log,
    attendance,
    () => {},
  );
  writeFileSync(join(folder, 'init.c'), INIT_TEXT);
  await runLogged(
    cc,
    ['-O2', '-Wall', '-static', ...cflags, '-o', join(folder, 'init'), join(folder, 'init.c')],
    log,
    attendance,
    () => {},
  );
}

/** Headers that were unpacked and not installed name each other by paths that are not there: the same with paths that are. */
function usable(headers: string, work: string): string {
  const from = realpathSync(headers);
  const shadow = join(work, 'headers');
  const makefile = readFileSync(join(from, 'Makefile'), 'utf8');
  const moved = makefile.replaceAll(/\/usr\/(?:src|lib)\/[^\s/]+/g, (path) => {
    const near = join(dirname(from), basename(path));
    if (existsSync(path) || !existsSync(near)) return path;
    return near === from ? shadow : near;
  });
  if (moved === makefile) return from;
  mkdirSync(shadow);
  for (const name of readdirSync(from)) if (name !== 'Makefile') symlinkSync(join(from, name), join(shadow, name));
  writeFileSync(join(shadow, 'Makefile'), moved);
  return shadow;
}

async function boot(
  made: Reproducer,
  folder: string,
  machine: Machine,
  release: string,
  fatal: boolean,
  work: string,
  { image, timeout, attendance }: TryOptions,
): Promise<TriedBoot> {
  const x86 = machine.arch === 'x86';
  const end = machine.base + 0x30000000;
  const params = [
    ...(made.bare ? [`bare=0x${end.toString(16)}`] : []),
    ...(made.hole ? [`hole=0x${(machine.hole ?? 0).toString(16)}`] : []),
  ].join(' ');
  const initrd = join(work, 'initrd');
  writeFileSync(
    initrd,
    gzipSync(
      cpioArchive([
        ...['dev', 'proc', 'sys', 'tmp'].map((path) => ({ path, mode: 0o40755, content: Buffer.alloc(0) })),
        { path: 'init', mode: 0o100755, content: readFileSync(join(folder, 'init')) },
        { path: 'play', mode: 0o100755, content: readFileSync(join(folder, 'play')) },
        { path: 'repro.ko', mode: 0o100644, content: readFileSync(join(folder, 'repro.ko')) },
        { path: 'params', mode: 0o100644, content: Buffer.from(params) },
        ...(fatal ? [{ path: 'fatal', mode: 0o100644, content: Buffer.alloc(0) }] : []),
      ]),
      { level: 1 },
    ),
  );
  const serial = join(work, fatal ? 'fatal.serial' : 'serial');
  const console = x86 ? 'ttyS0' : 'ttyAMA0';
  const append = `console=${console} panic=-1 oops=panic mem=${USED}${x86 && made.hole ? ' memmap=128M$256M' : ''} loglevel=5`;
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
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    attendance.kill(child);
  }, timeout * 1000);
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
    clearTimeout(timer);
  }
  const printed = existsSync(serial) ? readFileSync(serial, 'latin1') : '';
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  return judged(printed, complaint, { release, fatal, late, seconds, timeout });
}

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
