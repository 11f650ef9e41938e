// SPDX-License-Identifier: GPL-2.0-or-later
/** A kernel tree of a few files, and programs that stand for make, compiler and QEMU: what the laboratory does with them costs no time. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DRIVER_FILES } from './shadow-tree.js';

export interface FakePlace {
  readonly root: string;
  readonly tree: string;
  readonly guest: string;
  readonly cache: string;
  /** PATH with the programs in front. */
  readonly path: string;
  readonly remove: () => void;
}

const MAKE = `#!/bin/sh
for a; do case "$a" in O=*) out="\${a#O=}";; esac; target="$a"; done
case "$target" in
tinyconfig) echo "CONFIG_TINY=y" > "$out/.config";;
olddefconfig) ;;
*)
  if [ -n "$FAKE_FULL" ]; then echo "ld: final link failed: No space left on device" >&2; exit 1; fi
  if [ -n "$FAKE_BROKEN" ]; then echo "mm/pfnlab.c:7:3: error: implicit declaration of function 'gone_helper'" >&2; echo "make: *** [mm] Error 2" >&2; exit 2; fi
  echo "  CC      mm/memory.o"; echo "  LD      vmlinux"
  mkdir -p "$out/arch/x86/boot"; echo image > "$out/arch/x86/boot/bzImage";;
esac
`;

const CC = `#!/bin/sh
if [ "$1" = -dumpfullversion ]; then echo 1.2.3; exit 0; fi
while [ $# -gt 0 ]; do [ "$1" = -o ] && echo init > "$2"; shift; done
`;

/** Answers each line of the script with a record; dies at one that says \`die\`, and hangs at \`hang\`. */
const QEMU = `#!/usr/bin/env node
const fs = require('node:fs');
const text = process.argv.join(' ');
const ram = /mem-path=([^,]+)/.exec(text)[1];
const hidden = 0x20000000;
const start = Number(/labstart=(\\d+)/.exec(text)[1]);
if (process.env.FAKE_SILENT) { fs.writeFileSync(/file:(\\S+)/.exec(text)[1], 'Booting\\nVFS: cannot open root\\n'); process.exit(0); }
const fd = fs.openSync(ram, 'r+');
const head = Buffer.alloc(29);
fs.readSync(fd, head, 0, 29, hidden + 0x100000);
const script = Buffer.alloc(Number(head.toString().slice(8, 28)));
fs.readSync(fd, script, 0, script.length, hidden + 0x101000);
let log = '{"header":1,"arch":"x86_64"}\\n';
const flush = () => {
  fs.writeSync(fd, log, hidden + 0x1101000);
  fs.writeSync(fd, 'PFNLAB1\\n' + String(Buffer.byteLength(log)).padStart(20, '0') + '\\n', hidden + 0x1100000);
};
let [index, name, seq] = [-1, '', 0];
for (const line of script.toString().split('\\n')) {
  if (line.startsWith('S ')) {
    index++;
    name = line.slice(2);
    seq = 0;
    if (index >= start) log += JSON.stringify({ begin: name, index }) + '\\n';
  } else if (line !== '' && index >= start) {
    flush();
    if (line === 'die') {
      fs.writeSync(fd, '[ 1.0] kernel BUG at mm/memory.c:7!\\n\\0', hidden + 0x10000);
      process.exit(0);
    }
    if (line === 'hang') setInterval(() => {}, 1000);
    if (line === 'hang') return;
    log += JSON.stringify({ scenario: name, seq: seq++, mm: 0, op: { name: line }, ret: 0 }) + '\\n';
  }
}
log += '{"end":1}\\n';
flush();
`;

export function fakePlace(): FakePlace {
  const root = mkdtempSync(join(tmpdir(), 'specialbit-fake-'));
  const [tree, guest, cache, bin] = ['linux', 'guest', 'cache', 'bin'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  const put = (file: string, text: string): void => {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  };
  put(join(tree, 'Makefile'), 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 7\n');
  put(join(tree, 'mm/memory.c'), 'if (nr_shown == 60) {\n');
  put(join(tree, 'mm/Makefile'), 'obj-y := memory.o\n');
  for (const file of [...DRIVER_FILES, 'init.c']) put(join(guest, file), `/* ${file} */\n`);
  for (const name of ['common', 'x86_64'])
    put(join(guest, 'configs', `${name}.config`), `CONFIG_${name.toUpperCase()}=y\n`);
  for (const [name, text] of [
    ['make', MAKE],
    ['x86_64-linux-gnu-gcc', CC],
    ['qemu-system-x86_64', QEMU],
  ] as const) {
    put(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  return {
    root,
    tree,
    guest,
    cache,
    path: `${bin}:${process.env.PATH}`,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
