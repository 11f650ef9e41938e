// SPDX-License-Identifier: GPL-2.0-or-later
/** Where nothing can be written: one line and exit code 2; a cache that cannot be is done without. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-full-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LOG = 'examples/s10-binder.jsonl';
const WRITERS: readonly (readonly string[])[] = [
  ['export', LOG, '--format', 'svg', '-o', '/dev/full'],
  ['transcribe', 'test/cli/transcripts/arm.jsonl.gz', '-o', '/dev/full'],
  ['import', 'test/pasted/strace/b06-strace-k.txt', '-o', '/dev/full'],
];
const MORE: readonly (readonly string[])[] = [
  ['export', LOG, '--format', 'chrome-trace', '-o', '/dev/full'],
  ['view', LOG, '-o', '/dev/full'],
  ['search', '--lane', 'x86_64,arm', '--depth', '2', '-o', '/dev/full'],
  ['shrink', 'examples/s13-cow-linear-rule.jsonl', '--lane', 'x86_64,arm', '-o', '/dev/full'],
  ['merge', 'test/fuzz/small.sweep', '--workers', '1', '-o', '/dev/full'],
  ['sweep', '--lane', 'x86_64,arm', '--runs', '20', '--workers', '1', '--shard', '1/1', '-o', '/dev/full'],
];

it.skipIf(!existsSync('/dev/full')).each(process.env.SPECIALBIT_KILLS === undefined ? WRITERS : [...WRITERS, ...MORE])(
  '%s to a full disk (%j)',
  async (...args) => {
    const { code, err } = await specialbit(args);
    expect(code).toBe(2);
    expect(err).toMatch(/^specialbit: \/dev\/full: .*(?:cannot be written|that can be written).*ENOSPC\n$/m);
  },
);

it.each([
  ['no home', { HOME: '', XDG_CACHE_HOME: '' }],
  ['a home that is not there', { HOME: '/nowhere/at/all', XDG_CACHE_HOME: '' }],
  ['a cache that is a file', { XDG_CACHE_HOME: join(folder, 'file') }],
  ['a home to which nothing can be written', { HOME: '/proc', XDG_CACHE_HOME: '' }],
])('%s is no reason not to replay', async (_, env) => {
  writeFileSync(join(folder, 'file'), '');
  const { code, out, err } = await specialbit(['replay', LOG, '--no-events'], { env });
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('mm 0');
  expect((await specialbit(['explain', join(root, LOG), '--event', '1'], { env })).code).toBe(0);
});
