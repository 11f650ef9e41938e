// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs the command as users do: the built one, in a process of its own. */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { withoutCodes } from './codes.testkit.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = join(root, 'packages/cli/bin/specialbit.js');

export interface Result {
  readonly code: number;
  readonly out: string;
  /** Of errors what is said of them, without their codes, which all of them have. */
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  /** Leaves the codes in what is shown of errors. */
  readonly codes?: boolean;
}

/** Runs `specialbit ARGS`, from the repository's root when nothing else is said. */
export function specialbit(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  if (!existsSync(join(root, 'packages/cli/dist/bin.js'))) throw new Error('not built: run `npm run build` first');
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [bin, ...args],
      { cwd: options.cwd ?? root, env: { ...inherited, ...options.env }, maxBuffer: 1 << 28 },
      (error, out, err) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else
          resolve({
            code: error === null ? 0 : Number(error.code),
            out,
            err: options.codes === true ? err : withoutCodes(err),
          });
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
}

/** A file that is gone after the test. */
export function temporary(name: string, content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The lines of a transcript of this folder. */
export function transcript(arch: string): string[] {
  const file = join(root, `test/cli/transcripts/${arch}.jsonl.gz`);
  return gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
}

export const transcriptPath = (arch: string): string => `test/cli/transcripts/${arch}.jsonl.gz`;

/** Runs the command, and closes its standard output after the first piece. */
export function headOf(args: readonly string[]): Promise<Result> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.once('data', () => child.stdout.destroy());
  return ended(child);
}

/** Runs the command; does something when the first pattern has been printed, interrupts it after the second. */
export function following(args: readonly string[], first: RegExp, then: () => void, last: RegExp): Promise<Result> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let state = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (state === 0 && first.test(out)) {
      state = 1;
      then();
    }
    if (state === 1 && last.test(out)) {
      state = 2;
      child.kill('SIGINT');
    }
  });
  return ended(child);
}

/** Runs the command, and interrupts it when it has said this on its standard error. */
export function interrupted(args: readonly string[], when: RegExp): Promise<Result> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    const before = when.test(said);
    said += chunk.toString();
    if (!before && when.test(said)) child.kill('SIGINT');
  });
  return ended(child);
}

/** Starts the command, to be ended by the caller; what it says of itself goes to `hear`. */
export function started(
  args: readonly string[],
  hear: (text: string) => void,
): ChildProcessByStdio<null, null, Readable> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (chunk: Buffer) => hear(chunk.toString()));
  return child;
}

function ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Result> {
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, out, err: withoutCodes(err) }));
  });
}
