// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A boot with a user space: busybox, the laboratory's player, and what the caller brings. A shell command runs there, and
 * the files that it leaves in /out come back, beside the records of the driver.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attendance } from '../attendance.js';
import { qemuArguments } from '../boot.js';
import type { BuiltKernel } from '../build.js';
import { type ArchivedFile, cpioArchive } from '../cpio-archive.js';
import { LabError } from '../errors.js';
import { GuestMemory } from '../guest-memory.js';
import type { Machine } from '../machines.js';
import { LogFile, runLogged } from '../run-logged.js';

export interface SessionOptions {
  /** The folder with the sources of driver and player. */
  readonly guest: string;
  /** A busybox of the machine, statically linked. */
  readonly busybox: string;
  /** What the player plays, `S name` first. */
  readonly script: string;
  /** What the shell in the guest is told; the player is /bin/player, the working folder /. */
  readonly command: string;
  /** More files of the guest: a path below the root, and a file of this machine, or text for a script. */
  readonly files?: Readonly<Record<string, { readonly file: string } | { readonly text: string }>>;
  /** More parameters of the kernel. */
  readonly params?: string;
  /** Seconds for all of it. */
  readonly timeout: number;
  readonly attendance: Attendance;
}

export interface SessionResult {
  /** The driver's records. */
  readonly records: string;
  /** All that was printed. */
  readonly console: string;
  /** Files of /out by their names. */
  readonly out: ReadonlyMap<string, Buffer>;
}

const BEGIN = 'specialbit-session-begin';
const END = 'specialbit-session-end';
const FOLDERS = ['bin', 'dev', 'etc', 'lib', 'lib64', 'out', 'proc', 'sbin', 'sys', 'tmp', 'usr', 'usr/bin', 'usr/lib'];

/** Resolves when the guest has ended. Throws LabError for one that does not boot or does not end. */
export async function runSession(
  kernel: BuiltKernel,
  machine: Machine,
  options: SessionOptions,
): Promise<SessionResult> {
  const { attendance, timeout } = options;
  const work = mkdtempSync(join(tmpdir(), 'specialbit-session-'));
  attendance.own(work);
  const memory = new GuestMemory(join(work, 'ram'), machine, options.script);
  try {
    const player = join(work, 'player');
    const log = new LogFile(join(work, 'player.log'));
    const source = join(options.guest, 'player.c');
    await runLogged(
      machine.cc,
      ['-O2', '-w', '-static', ...machine.cflags, '-o', player, source],
      log,
      attendance,
      () => {},
    );
    log.close();
    const initrd = join(work, 'initrd');
    writeFileSync(initrd, cpioArchive(guestFiles(player, options)));
    const serial = join(work, 'serial');
    const params = `rdinit=/session ${options.params ?? ''}`;
    const args = qemuArguments(machine, kernel.image, memory.file, serial, 0, params, false);
    await ended(machine, [...args, '-initrd', initrd], timeout, attendance);
    const console = existsSync(serial) ? readFileSync(serial, 'latin1') : '';
    return { records: memory.recorded() === undefined ? '' : memory.records(), console, out: unpack(console, work) };
  } finally {
    memory.close();
    attendance.remove(work);
  }
}

function ended(machine: Machine, args: readonly string[], timeout: number, attendance: Attendance): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = attendance.spawn(machine.qemu, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr?.on('data', (text: Buffer) => {
      complaint += text.toString('latin1');
    });
    const timer = setTimeout(() => attendance.kill(child), timeout * 1000);
    child.once('error', () =>
      reject(new LabError('lab.tools', `${machine.qemu} is not installed: apt-get install ${machine.packages.qemu}`)),
    );
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code !== 0 && complaint !== '') reject(new LabError('lab.boot', complaint.trim()));
      else resolve();
    });
  });
}

/** The guest's own files, then the caller's. */
function guestFiles(player: string, { busybox, command, files = {} }: SessionOptions): ArchivedFile[] {
  const program = (path: string, file: string): ArchivedFile => ({ path, mode: 0o100755, content: readFileSync(file) });
  const script = (path: string, text: string): ArchivedFile => ({ path, mode: 0o100755, content: Buffer.from(text) });
  const made = new Set(FOLDERS);
  const folders: string[] = [...FOLDERS];
  for (const path of Object.keys(files)) {
    const parts = path.split('/');
    for (let i = 1; i < parts.length; i++) {
      const folder = parts.slice(0, i).join('/');
      if (!made.has(folder)) folders.push(folder);
      made.add(folder);
    }
  }
  return [
    ...folders.map((path) => ({ path, mode: 0o40755, content: Buffer.alloc(0) })),
    program('bin/busybox', busybox),
    program('bin/player', player),
    script('session', SESSION),
    script('command', `${command}\n`),
    ...Object.entries(files).map(([path, from]) =>
      'file' in from ? program(path, from.file) : script(path, from.text),
    ),
  ];
}

/** The first process. The output goes out as text, for which every machine's console is good enough. */
const SESSION = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/ TERM=dumb
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs tmp /tmp
mount -t debugfs nodev /sys/kernel/debug 2>/dev/null
cd /
sh /command > /out/console 2>&1
echo $? > /out/status
[ ! -e /sys/module/printk/parameters/ignore_loglevel ] || echo 0 > /sys/module/printk/parameters/ignore_loglevel
dmesg -n 1
echo ${BEGIN}
tar -C /out -cf - . | gzip | base64
echo ${END}
sync
reboot -f
`;

/** What the guest had in /out. */
function unpack(console: string, work: string): Map<string, Buffer> {
  const out = new Map<string, Buffer>();
  const from = console.indexOf(`${BEGIN}\r\n`);
  const to = console.indexOf(END, from);
  if (from < 0 || to < 0) return out;
  const folder = join(work, 'out');
  mkdirSync(folder);
  const packed = Buffer.from(console.slice(from + BEGIN.length, to).replace(/\s/g, ''), 'base64');
  execFileSync('tar', ['-xzf', '-', '-C', folder], { input: packed });
  const visit = (below: string): void => {
    for (const name of readdirSync(join(folder, below))) {
      const path = below === '' ? name : `${below}/${name}`;
      if (statSync(join(folder, path)).isDirectory()) visit(path);
      else out.set(path, readFileSync(join(folder, path)));
    }
  };
  visit('');
  return out;
}
