// SPDX-License-Identifier: GPL-2.0-or-later
/** Every skeleton compiles, without a warning of W=1, against prepared trees of kernels that LINUX_BUILD names (`make modules_prepare`). */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProfile, PROVEN_PROFILES } from '@specialbit/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { skeletonUnit } from './skeleton-unit.testkit.js';

const builds = (process.env.LINUX_BUILD ?? '')
  .split(':')
  .filter((path) => existsSync(join(path, 'include/config/auto.conf')));

/** `6.12`. */
const kernelOf = (build: string): string =>
  /UTS_RELEASE "(\d+\.\d+)/.exec(readFileSync(join(build, 'include/generated/utsrelease.h'), 'utf8'))![1]!;

describe.skipIf(builds.length === 0)('with prepared trees (LINUX_BUILD=TREE:TREE names them)', () => {
  it.each(builds)('%s', { timeout: 600_000 }, (build) => {
    const folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { text, count } = skeletonUnit(findProfile(kernelOf(build))!);
    expect(count).toBeGreaterThan(100);
    writeFileSync(join(folder, 'foo.c'), text);
    writeFileSync(join(folder, 'Makefile'), 'obj-m := foo.o\n');
    const { status, stderr } = spawnSync('make', ['-s', '-C', build, `M=${folder}`, 'W=1', 'foo.o'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});

it('there is one for each way on each proven kernel', () => {
  for (const profile of PROVEN_PROFILES) {
    const { text } = skeletonUnit(profile);
    expect(text.match(/^static const struct (file_operations|dma_buf_ops) /gm)!.length).toBeGreaterThan(100);
    // every line of code stands in a function
    expect(text).not.toMatch(/^\}\n+\t/m);
  }
});
