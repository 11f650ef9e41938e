// SPDX-License-Identifier: GPL-2.0-or-later
/** Running `specialbit verify` from tests, as it was built. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { known, repository, type Verified } from './verify.testkit.js';

/** Verifies with the built command, on all cores. */
export async function verifyBuilt(folder: string): Promise<Verified> {
  const bin = join(repository, 'packages/cli/dist/bin.js');
  if (!existsSync(bin)) throw new Error('expected the built command: npm run build');
  const options = { cwd: repository, maxBuffer: 2 ** 28 };
  const output = promisify(execFile)(process.execPath, [bin, 'verify', '--json', '--known', known, folder], options);
  // a mismatch is an exit code of 1, and still a report
  const { stdout } = await output.catch((error: { stdout: string }) => error);
  return JSON.parse(stdout) as Verified;
}
