// SPDX-License-Identifier: GPL-2.0-or-later
/** Tools of the system that a test can do without, where they are not. */
import { spawnSync } from 'node:child_process';

/** What Debian's package is called, where that is not the tool's name. */
const PACKAGE_OF: Readonly<Record<string, string>> = { 'dpkg-deb': 'dpkg' };

export const has = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

/** For the title of a test. */
export const needs = (tool: string): string =>
  has(tool) ? '' : ` (skipped: needs ${tool}: apt-get install ${PACKAGE_OF[tool] ?? tool})`;

/** What a tool printed on both streams; its exit code has to be 0. */
export function output(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { stdout, stderr, status, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26,
  });
  if (error !== undefined) throw error;
  return `${stdout}${stderr}${status === 0 ? '' : `exit code ${status}\n`}`;
}
