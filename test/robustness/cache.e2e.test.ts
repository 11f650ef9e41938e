// SPDX-License-Identifier: GPL-2.0-or-later
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogCached } from '@specialbit/events/node';
import { expect, it, onTestFinished } from 'vitest';

it('a pipe under the name of a cache keeps nobody waiting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'log.jsonl');
  writeFileSync(path, '{"specialbit":1}\n');
  const cache = join(folder, 'cache');
  const { cachePath } = await openLogCached(path, { cache });
  rmSync(cachePath!);
  execFileSync('mkfifo', [cachePath!]);
  expect(await openLogCached(path, { cache })).toMatchObject({ cached: false });
});
