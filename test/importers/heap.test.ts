// SPDX-License-Identifier: GPL-2.0-or-later
/** The data segment of a recorded program: what the kernel answered to brk(), and images that are not one moment. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectures } from '@specialbit/arch-x86';
import { type Imported, replayChecked } from '@specialbit/importers';
import { importRecording, openRecording } from '@specialbit/importers/node';
import { expect, it } from 'vitest';

const x86_64 = architectures.find(({ name }) => name === 'x86_64')!;

interface Files {
  readonly strace: string;
  readonly ftrace?: string;
  /** Of pid 7, as the snapshot shows it; the heap begins at 0x555555559000. */
  readonly heapEnd: number;
}

const maps = (heapEnd: number): string => `555555554000-555555558000 r-xp 00000000 fe:00 9 /bin/x
555555559000-${heapEnd.toString(16)} rw-p 00000000 00:00 0 [heap]
`;

/** A recording of one process with one snapshot, after the last line of strace. */
async function record({ strace, ftrace, heapEnd }: Files): Promise<Imported> {
  const dir = mkdtempSync(join(tmpdir(), 'specialbit-'));
  const put = (name: string, text: string): void => writeFileSync(join(dir, name), text);
  put('strace.txt', strace);
  if (ftrace !== undefined) put('ftrace.txt', ftrace);
  const strace_line = strace.trimEnd().split('\n').length;
  const procs = [{ pid: 7, state: 'S', dir: 'snapshots.jsonl' }];
  put(
    'meta.json',
    JSON.stringify({ kernel: '6.18.44', snaps: [{ n: 0, label: 'mid', trigger_pid: 7, strace_line, procs }] }),
  );
  put('snapshots.jsonl', `${JSON.stringify({ snap: 0, label: 'mid', pid: 7, maps: maps(heapEnd) })}\n`);
  return importRecording(await openRecording(dir));
}

/** What of the images' VMAs the model has, [compared, equal] for each image. */
function checked(imported: Imported): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  replayChecked(imported, x86_64, ({ maps }) => found.push([maps.compared, maps.equal]));
  return found;
}

const START = `7 1.000000 execve("/bin/x", ["x"], 0x1 /* 0 vars */) = 0
7 1.000010 brk(NULL) = 0x555555559000
7 1.000020 brk(0x55555557a000) = 0x55555557a000
`;

it('the segment stays where the kernel refused to move it', async () => {
  const imported = await record({
    strace: `${START}7 1.000030 brk(0x5555555b5000) = 0x55555557a000\n`,
    heapEnd: 0x55555557a000,
  });
  expect(checked(imported)).toEqual([[2, 2]]);
  expect(imported.left.get('brk that the kernel refused')).toBe(1);
});

it('the segment shrinks, also when another call was not recorded', async () => {
  const imported = await record({
    strace: `${START}7 1.000030 brk(0x55555559b000) = 0x55555559b000
7 1.000040 brk(NULL) = 0x5555555b5000
7 1.000050 brk(0x55555558b000) = 0x55555558b000
`,
    heapEnd: 0x55555558b000,
  });
  expect(checked(imported)).toEqual([[2, 2]]);
});

/** The calls of START and one more growth, as a trace has them; the snapshot is taken between 1.5 and 1.7. */
const trace = (inWindow: string): string => `x-7 [000] ..... 1.000001: sys_execve(filename: 1, argv: 2, envp: 3)
x-7 [000] ..... 1.000003: sys_execve -> 0x0
x-7 [000] ..... 1.000011: sys_brk(brk: 0x0)
x-7 [000] ..... 1.000012: sys_brk -> 0x555555559000
x-7 [000] ..... 1.000021: sys_brk(brk: 0x55555557a000)
x-7 [000] ..... 1.000022: sys_brk -> 0x55555557a000
r-1 [000] ..... 1.500000: tracing_mark_write: SNAP_BEGIN 0 mid
${inWindow}r-1 [000] ..... 1.700000: tracing_mark_write: SNAP_END 0 mid
`;

it('a call that was held at its entry has not happened yet', async () => {
  const imported = await record({
    // strace tells when the call was asked for, the trace when it ran
    strace: `${START}7 1.400000 brk(0x5555555b5000) = 0x5555555b5000\n`,
    ftrace: `${trace('')}x-7 [000] ..... 1.800000: sys_brk(brk: 0x5555555b5000)
x-7 [000] ..... 1.800001: sys_brk -> 0x5555555b5000
`,
    heapEnd: 0x55555557a000,
  });
  expect(checked(imported)).toEqual([[2, 2]]);
});

it('an image is left alone when its process ran while it was read', async () => {
  const strace = `${START}7 1.600000 brk(0x5555555b5000) = 0x5555555b5000\n`;
  const ran = `x-7 [000] ..... 1.600001: sys_brk(brk: 0x5555555b5000)
x-7 [000] ..... 1.600002: sys_brk -> 0x5555555b5000
`;
  expect(checked(await record({ strace, ftrace: trace(ran), heapEnd: 0x5555555b5000 }))).toEqual([]);
  expect(checked(await record({ strace: START, ftrace: trace(''), heapEnd: 0x55555557a000 }))).toEqual([[2, 2]]);
});
