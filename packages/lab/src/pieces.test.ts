// SPDX-License-Identifier: GPL-2.0-or-later
/** What needs no process: trees, configurations, doctor, records. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from './cache.js';
import { mergeFragments } from './configuration.js';
import { diagnose } from './doctor.js';
import { fakePlace } from './fake-tools.testkit.js';
import { findSource, hashTree, readTree, treeFiles } from './kernel-tree.js';
import { findMachine, MACHINES } from './machines.js';
import { PATCHES } from './patches.js';
import { splitRecords } from './records.js';
import { lastErrors } from './run-logged.js';

test('a folder that is no tree, or too old a one, is refused', () => {
  const place = fakePlace();
  expect(() => readTree(place.guest)).toThrow(`${place.guest}: no tree of a kernel: it has no Makefile`);
  writeFileSync(join(place.guest, 'Makefile'), 'all:\n');
  expect(() => readTree(place.guest)).toThrow('names no VERSION and PATCHLEVEL');
  expect(readTree(place.tree)).toEqual({ folder: place.tree, release: '6.12.7' });
  writeFileSync(join(place.tree, 'Makefile'), 'VERSION = 5\nPATCHLEVEL = 15\nSUBLEVEL = 0\n');
  expect(() => readTree(place.tree)).toThrow("Linux 5.15: the laboratory's driver begins with 6.1");
  place.remove();
});

test('a release is found in LINUX_SOURCE, as an archive of Debian, or the package is named', () => {
  const place = fakePlace();
  const debian = join(place.root, 'src');
  mkdirSync(debian);
  expect(findSource('6.12', { LINUX_SOURCE: `/nowhere:${place.tree}` }, debian)).toMatchObject({ kind: 'tree' });
  expect(() => findSource('6.1', { LINUX_SOURCE: place.tree }, debian)).toThrow(/apt-get install linux-source-6\.1$/);
  writeFileSync(join(debian, 'linux-source-6.1.tar.xz'), '');
  expect(findSource('6.1', {}, debian)).toEqual({ kind: 'archive', file: join(debian, 'linux-source-6.1.tar.xz') });
  place.remove();
});

test('a tree that was built in is refused, unless git tells what was there', async () => {
  const place = fakePlace();
  const tree = readTree(place.tree);
  const clean = await treeFiles(tree);
  expect(clean).toEqual(['Makefile', 'mm/Makefile', 'mm/memory.c']);
  writeFileSync(join(place.tree, '.config'), '');
  writeFileSync(join(place.tree, 'mm/memory.o'), '');
  await expect(treeFiles(tree)).rejects.toMatchObject({ code: 'lab.tree' });
  writeFileSync(join(place.tree, '.gitignore'), '.*\n*.o\n');
  execFileSync('git', ['init', '-q'], { cwd: place.tree });
  const files = await treeFiles(tree);
  expect(files).toEqual(clean);
  const hash = hashTree(tree, files);
  expect(hashTree(tree, files)).toBe(hash);
  writeFileSync(join(place.tree, 'mm/memory.c'), 'edited');
  expect(hashTree(tree, files)).not.toBe(hash);
  place.remove();
});

test('of a symbol that several fragments name the last one counts', () => {
  expect(mergeFragments(['CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="x"\n', 'CONFIG_B=y\n', 'CONFIG_A=n'])).toBe(
    'CONFIG_C="x"\nCONFIG_B=y\n# CONFIG_A is not set\n',
  );
});

test('patches change what they are about and leave the rest alone', () => {
  const change = (file: string, text: string): string => PATCHES.find((patch) => patch.file === file)!.change(text);
  expect(change('mm/Kconfig', 'config FIND_NORMAL_PAGE\n\tdef_bool n\n\nconfig X\n\tdef_bool n\n')).toBe(
    'config FIND_NORMAL_PAGE\n\tdef_bool y\n\nconfig X\n\tdef_bool n\n',
  );
  expect(change('mm/Kconfig', 'config X\n')).toBe('config X\n');
  const meminfo =
    'case BI_MEMCHUNK:\n\tm[n].addr =\n\t\tbe32_to_cpu(m->addr);\n\tm[n].size =\n\t\tbe32_to_cpu(m->size);\n';
  expect(change('arch/m68k/kernel/setup_mm.c', meminfo)).toContain('min_t(u32, 128U << 20, be32_to_cpu(m->size));');
});

test('the doctor names what is missing, and one line that installs it', () => {
  const place = fakePlace();
  const bin = place.path.split(':')[0]!;
  const all = diagnose([findMachine('x86_64')], { path: bin, exists: () => false, cache: place.cache });
  expect(all.findings.filter(({ found }) => found).map(({ what }) => what)).toEqual([
    'make',
    'x86_64-linux-gnu-gcc',
    'qemu-system-x86_64',
  ]);
  expect(all.install).toBe('apt-get install --no-install-recommends bc bison flex gcc libelf-dev tar xz-utils');
  const arm = diagnose([findMachine('arm')], { path: '/nowhere', exists: () => true, cache: place.cache });
  expect(arm.install).toContain('gcc-arm-linux-gnueabihf libc6-dev-armhf-cross make qemu-system-arm');
  place.remove();
});

test('every machine has its fragments, and hidden memory within its RAM', () => {
  for (const { name, configs, hidden, base, ram } of MACHINES) {
    expect(configs.at(-1), name).toBe(name);
    expect(hidden, name).toBeGreaterThan(base);
    expect(hidden, name).toBeLessThan(base + ram);
  }
  expect(() => findMachine('vax')).toThrow('no machine for vax: the laboratory boots x86_64, i386');
});

test('the cache is where the XDG base directories have it', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/big/cache' })).toBe('/big/cache/specialbit/lab');
  expect(cacheFolder({ XDG_CACHE_HOME: 'not/absolute' })).toMatch(/\.cache\/specialbit\/lab$/);
});

test('a record that the death of the kernel cut off is dropped', () => {
  const text = '{"header":1}\n{"begin":"a","index":4}\n{"scenario":"a","seq":0}\n{"scenario":"a","se';
  expect(splitRecords(text, true)).toEqual({
    kept: ['{"begin":"a","index":4}', '{"scenario":"a","seq":0}'],
    current: { name: 'a', index: 4, seq: 0 },
    ended: false,
    scenarios: 1,
    steps: 1,
  });
});

test("of a failed build the compiler's errors are shown, else its last lines", () => {
  expect(lastErrors(['  CC a.o', 'a.c:1:2: error: no', '  CC b.o'])).toEqual(['a.c:1:2: error: no']);
  expect(lastErrors(['one', 'two'])).toEqual(['one', 'two']);
});
