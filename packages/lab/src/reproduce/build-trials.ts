// SPDX-License-Identifier: GPL-2.0-or-later
/** Modules and programs of reproducers, all modules in one build of the kernel's. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attendance } from '../attendance.js';
import type { Machine } from '../machines.js';
import { type LogFile, runLogged } from '../run-logged.js';
import { INIT_TEXT } from './init-text.js';
import { usableHeaders } from './kernel-headers.js';
import type { Reproducer } from './reproduce.js';

export interface BuildTrials {
  readonly headers: string;
  /** The compiler of the modules; the machine's when absent. */
  readonly cc?: string;
  readonly log: LogFile;
  readonly attendance: Attendance;
  readonly progress: (text: string) => void;
}

/** Makes `init`, and `1/repro.ko` and `1/play` of the first of `trials` and so on, in `work`. Throws LabError. */
export async function buildTrials(
  trials: readonly Reproducer[],
  machine: Machine,
  work: string,
  { headers, cc: given, log, attendance, progress }: BuildTrials,
): Promise<void> {
  const { cross, cc, cflags } = machine;
  const compile = (args: readonly string[]): Promise<void> =>
    runLogged(cc, ['-O2', '-Wall', '-static', '-s', ...cflags, ...args], log, attendance, () => {});
  const numbers = trials.map((_, i) => i + 1);
  for (const [i, { files }] of trials.entries()) {
    mkdirSync(join(work, `${i + 1}`));
    for (const [name, text] of files) writeFileSync(join(work, `${i + 1}`, name), text);
  }
  // each a module of another name: a kernel's build takes no two of one
  const modules = numbers.flatMap((n) => [`obj-m += r${n}.o`, `r${n}-y := ${n}/repro.o`]);
  writeFileSync(join(work, 'Makefile'), `${modules.join('\n')}\n`);
  progress(trials.length === 1 ? 'building the module and the program' : `building ${trials.length} modules`);
  // the compiler that is here: the headers may name the one that built the kernel; and BTF of a module needs that one's pahole
  const make = [
    ...['-C', usableHeaders(headers, work), `M=${work}`, 'modules', '-j2'],
    ...[`CROSS_COMPILE=${cross}`, `CC=${given ?? `${cross}gcc`}`, 'CONFIG_DEBUG_INFO_BTF_MODULES='],
  ];
  await runLogged('make', make, log, attendance, () => {});
  for (const n of numbers) {
    if (trials.length > 1) progress(`building program ${n} of ${trials.length}`);
    copyFileSync(join(work, `r${n}.ko`), join(work, `${n}`, 'repro.ko'));
    await compile(['-Wextra', '-Werror', '-o', join(work, `${n}`, 'play'), join(work, `${n}`, 'play.c')]);
  }
  writeFileSync(join(work, 'init.c'), INIT_TEXT);
  await compile(['-o', join(work, 'init'), join(work, 'init.c')]);
}
