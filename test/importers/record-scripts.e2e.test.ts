// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process';
import { pteScript, traceScript } from '@specialbit/importers';
import { expect, it } from 'vitest';

it.each([
  ['tracefs', traceScript('6.12', 'kprobe')],
  ['tracefs with fprobes', traceScript('7.3', 'fprobe')],
  ['trace-cmd', traceScript('7.3', 'kprobe', 'trace-cmd')],
  ['perf', traceScript('6.1', 'kprobe', 'perf')],
  ['page tables', pteScript()],
  ['page tables of a process', pteScript(12)],
])('what record prints is a program of a shell: %s', (_, text) => {
  expect(spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});
