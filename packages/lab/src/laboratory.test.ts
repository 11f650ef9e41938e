// SPDX-License-Identifier: GPL-2.0-or-later
/** Building and booting with programs that stand for make, compiler and QEMU. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Attendance } from './attendance.js';
import { type RunOptions, runScript } from './boot.js';
import { type BuildOptions, buildKernel, builtKernels } from './build.js';
import { clearCache } from './cache.js';
import { type FakePlace, fakePlace } from './fake-tools.testkit.js';
import { findMachine } from './machines.js';

const x86 = findMachine('x86_64');
const before = { ...process.env };
let place: FakePlace;
let attendance: Attendance;

beforeEach(() => {
  place = fakePlace();
  attendance = new Attendance();
  process.env.PATH = place.path;
});

afterEach(() => {
  attendance.leave();
  place.remove();
  process.env = { ...before };
});

const options = (heard: string[] = []): BuildOptions => ({
  guest: place.guest,
  cache: place.cache,
  jobs: 1,
  attendance,
  progress: (text) => void heard.push(text),
});

const running = (more: Partial<RunOptions> = {}): RunOptions => ({
  stall: 30,
  timeout: 60,
  kvm: false,
  attendance,
  progress: () => {},
  ...more,
});

test.each(['', 'garbage', 'null', '[]', '{"release":612,"imageHash":"","configHash":""}'])(
  'a record of a kernel that is %j is one error',
  async (text) => {
    const { key } = await buildKernel(place.tree, x86, options());
    const record = join(place.cache, 'kernels', key, 'made.json');
    writeFileSync(record, text);
    const wrong = `${record}: expected release, imageHash and configHash of a kernel, found something else: specialbit lab clean removes all kernels`;
    await expect(buildKernel(place.tree, x86, options())).rejects.toThrow(wrong);
    expect(() => builtKernels(place.cache)).toThrow(wrong);
  },
);

test('a kernel is made once, and again when anything that it is made of changes', async () => {
  const heard: string[] = [];
  const first = await buildKernel(place.tree, x86, options(heard));
  expect(first).toMatchObject({ release: '6.12.7', machine: 'x86_64', cached: false });
  expect(readFileSync(first.image, 'utf8')).toBe('image\n');
  expect(heard).toContain('building: 2 files, vmlinux');
  const again: string[] = [];
  expect(await buildKernel(place.tree, x86, options(again))).toEqual({ ...first, cached: true });
  expect(again).toEqual([]);
  const configured = await buildKernel(place.tree, x86, { ...options(), config: ['CONFIG_KSM=y'] });
  writeFileSync(join(place.tree, 'mm/memory.c'), 'another');
  const edited = await buildKernel(place.tree, x86, options());
  writeFileSync(join(place.guest, 'pfnlab.c'), 'another');
  const driver = await buildKernel(place.tree, x86, options());
  expect(new Set([first, configured, edited, driver].map(({ key }) => key)).size).toBe(4);
  expect([configured, edited, driver].map(({ cached }) => cached)).toEqual([false, false, false]);
  expect(clearCache(place.cache)).toBe(4);
  expect(existsSync(place.cache)).toBe(false);
});

test('the copy has links, the driver and what is patched, and the tree stays as it is', async () => {
  await buildKernel(place.tree, x86, options());
  const [folder] = readdirSync(join(place.cache, 'build'));
  const copy = join(place.cache, 'build', folder!, 'linux');
  expect(readFileSync(join(copy, 'mm/memory.c'), 'utf8')).toBe('if (nr_shown == ~0UL) {\n');
  expect(readFileSync(join(copy, 'mm/Makefile'), 'utf8')).toBe('obj-y := memory.o\nobj-y += pfnlab.o\n');
  expect(readFileSync(join(copy, 'mm/pfnlab.c'), 'utf8')).toBe('/* pfnlab.c */\n');
  expect(readFileSync(join(place.tree, 'mm/memory.c'), 'utf8')).toBe('if (nr_shown == 60) {\n');
  expect(existsSync(join(place.tree, 'mm/pfnlab.c'))).toBe(false);
});

test("a build that fails says the compiler's words and where its log is", async () => {
  process.env.FAKE_BROKEN = '1';
  const failed = await buildKernel(place.tree, x86, options()).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  expect(failed).toMatchObject({ code: 'lab.build' });
  const message = failed?.message ?? '';
  expect(message).toContain("mm/pfnlab.c:7:3: error: implicit declaration of function 'gone_helper'");
  const log = /all of its output: (\S+)$/.exec(message)?.[1] ?? '';
  expect(readFileSync(log, 'utf8')).toContain('make: *** [mm] Error 2');
});

test('a full disk is called that', async () => {
  process.env.FAKE_FULL = '1';
  await expect(buildKernel(place.tree, x86, options())).rejects.toMatchObject({ code: 'lab.disk' });
});

test('a compiler that is not there is named', async () => {
  process.env.PATH = '/nowhere';
  await expect(buildKernel(place.tree, x86, options())).rejects.toMatchObject({
    code: 'lab.tools',
    message: 'x86_64-linux-gnu-gcc is not installed, or does not run: specialbit lab doctor tells what to install',
  });
});

test('a script is played, and what is left behind is nothing', async () => {
  const kernel = await buildKernel(place.tree, x86, options());
  const result = await runScript(kernel, x86, 'S one\nmmap a\nread b\nS two\nmmap c\n', running());
  expect(result).toMatchObject({ boots: 1, scenarios: 2, steps: 3, deaths: [] });
  expect(result.lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
    'header',
    'begin',
    'scenario',
    'scenario',
    'begin',
    'scenario',
  ]);
  expect(readdirSync('/dev/shm').filter((name) => name.startsWith(`specialbit-lab-${process.pid}-`))).toEqual([]);
});

test('a kernel that dies is reported with its last words, and the rest goes on in a new boot', async () => {
  const kernel = await buildKernel(place.tree, x86, options());
  const result = await runScript(kernel, x86, 'S one\nmmap a\ndie\nmmap b\nS two\nmmap c\n', running());
  expect(result.boots).toBe(2);
  expect(result.deaths).toEqual([
    { scenario: 'one', seq: 1, words: ['[ 1.0] kernel BUG at mm/memory.c:7!'], hung: false },
  ]);
  expect(result.lines.filter((line) => line.includes('"header"'))).toHaveLength(1);
  expect(result.lines[3]).toBe('{"scenario":"one","seq":1,"oops":["[ 1.0] kernel BUG at mm/memory.c:7!"]}');
  expect(result.lines.at(-1)).toContain('"scenario":"two"');
});

test('one that hangs is ended', async () => {
  const kernel = await buildKernel(place.tree, x86, options());
  const result = await runScript(kernel, x86, 'S one\nhang\nS two\nmmap c\n', running({ stall: 0.5 }));
  expect(result.deaths).toMatchObject([{ scenario: 'one', seq: 0, hung: true }]);
  expect(result.scenarios).toBe(2);
});

test('a machine that never speaks shows its console', async () => {
  process.env.FAKE_SILENT = '1';
  const kernel = await buildKernel(place.tree, x86, options());
  await expect(runScript(kernel, x86, 'S one\nmmap a\n', running())).rejects.toMatchObject({
    code: 'lab.boot',
    message: 'Linux 6.12.7 on x86_64 does not boot: Booting; VFS: cannot open root',
  });
});
