// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The guest's RAM is a file of the host. Its hidden part, which Linux was told not to use, is how the two talk: the host puts the
 * script there before the boot, the driver writes its records and what the kernel printed. Offsets as in guest/pfnlab.c.
 */
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { LabError } from './errors.js';
import type { Machine } from './machines.js';

const CONSOLE = 0x10000;
const CONSOLE_SIZE = 0xf0000;
const SCRIPT = 0x100000;
const SCRIPT_SIZE = 0x1000000;
const LOG = SCRIPT + SCRIPT_SIZE;
/** The pages before script and records. */
const HEAD = 4096;
const DIGITS = 20;

export class GuestMemory {
  private readonly descriptor: number;
  private readonly hidden: number;

  /** Makes the file: empty RAM with the script in it. */
  constructor(
    readonly file: string,
    machine: Machine,
    script: string,
  ) {
    const bytes = Buffer.from(script, 'utf8');
    if (bytes.length > SCRIPT_SIZE - HEAD)
      throw new LabError('lab.script', `a script of ${bytes.length} bytes: the laboratory takes ${SCRIPT_SIZE - HEAD}`);
    this.hidden = machine.hidden - machine.base;
    this.descriptor = openSync(file, 'w+');
    ftruncateSync(this.descriptor, machine.ram);
    const head = Buffer.from(`PFNRUN1\n${String(bytes.length).padStart(DIGITS, '0')}\n`);
    writeSync(this.descriptor, head, 0, head.length, this.hidden + SCRIPT);
    writeSync(this.descriptor, bytes, 0, bytes.length, this.hidden + SCRIPT + HEAD);
  }

  /** Bytes of records so far; undefined: the driver has not begun. */
  recorded(): number | undefined {
    const head = this.read(this.hidden + LOG, 8 + DIGITS).toString('latin1');
    return head.startsWith('PFNLAB1\n') ? Number(head.slice(8)) : undefined;
  }

  /** The records, from byte `from` on. */
  records(from = 0): string {
    const length = this.recorded() ?? 0;
    return this.read(this.hidden + LOG + HEAD + from, Math.max(0, length - from)).toString('utf8');
  }

  /** What the kernel has printed since the scenario began. */
  console(): string {
    const text = this.read(this.hidden + CONSOLE, CONSOLE_SIZE).toString('latin1');
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private read(from: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    const got = readSync(this.descriptor, bytes, 0, length, from);
    return bytes.subarray(0, got);
  }
}
