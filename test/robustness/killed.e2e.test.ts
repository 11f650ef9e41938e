// SPDX-License-Identifier: GPL-2.0-or-later
/** Killed while it writes, at any moment: where it wrote there is what was there before, or all of what was to be there. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';

/** `SPECIALBIT_KILLS=200`: so many in all. */
const KILLS = Number(process.env.SPECIALBIT_KILLS ?? 12);

const folder = mkdtempSync(join(tmpdir(), 'specialbit-killed-'));
afterAll(() => rmSync(folder, { recursive: true }));
const bin = join(root, 'packages/cli/bin/specialbit.js');

const LOG = join(root, 'examples/s10-binder.jsonl');
const LONG = join(folder, 'long.jsonl');
const LINK = join(folder, 'link');
beforeAll(async () => {
  writeFileSync(
    LONG,
    `{"specialbit":1}\n{"type":"mmap","label":"a","pages":64,"prot":"rw"}\n${'{"type":"write","at":"a[7]","value":1}\n'.repeat(20_000)}`,
  );
  const { out } = await specialbit(['link', LOG]);
  writeFileSync(LINK, out);
});

/** The ways to write a file, each once; OUT is where. */
const QUICK: readonly (readonly string[])[] = [
  ['export', LOG, '--format', 'svg', '-o', 'OUT'],
  ['transcribe', join(root, 'test/cli/transcripts/arm.jsonl.gz'), '-o', 'OUT'],
  ['import', join(root, 'test/traces/recordings/true/strace.txt.gz'), '-o', 'OUT.gz'],
  // writes its cache
  ['replay', LONG, '--no-events'],
];
/** Every other command that writes. */
const MORE: readonly (readonly string[])[] = [
  ['export', LONG, '--format', 'chrome-trace', '--lane', 'x86_64', '-o', 'OUT'],
  ['view', LONG, '-o', 'OUT'],
  ['import', join(root, 'test/traces/recordings/true/strace.txt.gz'), '-o', 'OUT'],
  ['search', '--lane', 'x86_64,arm', '--depth', '2', '-o', 'OUT'],
  ['shrink', join(root, 'examples/s13-cow-linear-rule.jsonl'), '--lane', 'x86_64,arm', '-o', 'OUT'],
  ['sweep', '--lane', 'x86_64,arm', '--runs', '20', '--length', '4', '--workers', '1', '-o', 'OUT'],
  ['merge', join(root, 'test/fuzz/small.sweep'), '--workers', '1', '-o', 'OUT'],
  ['atlas', 'vm_insert_page', '--format', 'rst', '-o', 'OUT'],
];
const WRITERS = process.env.SPECIALBIT_KILLS === undefined ? QUICK : [...QUICK, ...MORE];

const BEFORE = 'what was there before\n';

/** Runs it, and kills it after so many milliseconds; undefined: lets it end. Resolves to whether it was killed. */
function run(args: readonly string[], home: string, after?: number): Promise<boolean> {
  const env = { ...process.env, XDG_CACHE_HOME: join(home, 'cache'), NO_COLOR: '1' };
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, env, stdio: 'ignore' });
  const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

/** What lies there, under names that are no temporary ones. */
function there(folderOf: string): Record<string, string> {
  if (!existsSync(folderOf)) return {};
  const files = readdirSync(folderOf, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((file) => file.isFile() && !file.name.endsWith('.tmp'))
      .map((file) => {
        const bytes = readFileSync(join(file.parentPath, file.name));
        const text = file.name.endsWith('.gz') && bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
        return [join(file.parentPath, file.name).slice(folderOf.length), text.toString('latin1')];
      }),
  );
}

it.each(WRITERS.map((args, i) => [args[0]!, args, i] as const))('by %s (%j)', async (name, args, index) => {
  const home = join(folder, `${index}`);
  const out = join(home, 'written');
  const fresh = (): void => {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    for (const file of ['out', 'out.gz'])
      if (args.some((arg) => arg === file.replace('out', 'OUT'))) writeFileSync(join(out, file), BEFORE);
  };
  const here = args.map((arg) => arg.replace('OUT', join(out, 'out')));
  fresh();
  const started = performance.now();
  await run(here, home);
  const took = performance.now() - started;
  const whole = { ...there(out), ...there(join(home, 'cache')) };
  expect(Object.keys(whole).length).toBeGreaterThan(name === 'replay' ? -1 : 0);
  const times = Math.max(1, Math.round(KILLS / WRITERS.length));
  for (let i = 0; i < times; i++) {
    fresh();
    // most of the writing is at the end
    await run(here, home, took * (times === 1 ? 0.9 : 0.5 + (0.55 * i) / times));
    const left = { ...there(out), ...there(join(home, 'cache')) };
    for (const [file, text] of Object.entries(left)) expect([BEFORE, whole[file]]).toContain(text);
  }
});
