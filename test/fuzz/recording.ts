// SPDX-License-Identifier: GPL-2.0-or-later
/** A recording's folder with a meta.json that somebody wrote. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { play } from './command.js';
import * as corpus from './corpus.js';
import { mutateJson } from './mutate-json.js';
import { FILE, type Reader } from './reader.js';

const STRACE = `100 1700000000.000001 execve("/bin/true", ["x"], 0x7ffc0 /* 1 var */) = 0
100 1700000000.000002 brk(NULL) = 0x5555000
100 1700000000.000003 +++ exited with 0 +++
`;
const SNAPS = JSON.stringify({
  snaps: [
    { n: 0, label: 'exit', trigger_pid: 100, strace_line: 2, procs: [{ pid: 100, state: 'T', dir: 'snap' }] },
    { n: 1, label: 'end', trigger_pid: 100, strace_line: 3, procs: [{ pid: 100, state: 'T', dir: 'link' }] },
  ],
  kernel: '6.12.0',
});

export const RECORDING: Reader = {
  name: 'recording',
  make: (random) => ({
    name: 'meta.json',
    bytes: Buffer.from(mutateJson(random.once(2) ? SNAPS : random.pick(corpus.META()), random), 'utf8'),
    args: [random.pick(['import', 'verify', 'replay']), FILE],
  }),
  run: (input, _file, folder) => {
    const into = `${folder}/recording`;
    rmSync(into, { recursive: true, force: true });
    mkdirSync(`${into}/snap`, { recursive: true });
    writeFileSync(`${into}/strace.txt`, STRACE);
    writeFileSync(`${into}/snap/maps`, corpus.MAPS[0]!);
    symlinkSync('/proc/self', `${into}/link`);
    writeFileSync(`${into}/meta.json`, input.bytes);
    return play(input, into, folder);
  },
};
