// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit view`, as it is run. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './browser.testkit.js';

const bin = join(root, 'packages/cli/bin/specialbit.js');

/** A folder that is gone afterwards. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-view-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Serves a file while somebody looks: at its address, and at what the command said on standard error. */
export async function viewed(file: string, look: (url: string, told: () => string) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [bin, 'view', file, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  child.stderr.on('data', (text: Buffer) => {
    told += String(text);
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error(told)));
      child.stdout.once('data', (text: Buffer) => resolve((JSON.parse(String(text)) as { readonly url: string }).url));
    });
    await look(url, () => told);
  } finally {
    child.kill('SIGINT');
  }
}
