// SPDX-License-Identifier: GPL-2.0-or-later
/** Traces in the binary formats of trace-cmd and perf: the tools that wrote them make text of them, where they are installed. */
import { spawn } from 'node:child_process';
import { closeSync, createWriteStream, existsSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../failure.js';

interface Binary {
  readonly what: string;
  /** The file's first bytes. */
  readonly magic: readonly Buffer[];
  readonly tool: string;
  readonly args: (path: string) => readonly string[];
}

const BINARIES: readonly Binary[] = [
  {
    what: 'a trace.dat file of trace-cmd',
    magic: [Buffer.from([0x17, 0x08, 0x44, 0x74, 0x72, 0x61, 0x63, 0x69, 0x6e, 0x67])],
    tool: 'trace-cmd',
    args: (path) => ['report', '-i', path],
  },
  {
    what: 'a perf.data file',
    magic: [Buffer.from('PERFILE2'), Buffer.from('2ELIFREP')],
    tool: 'perf',
    args: (path) => [
      'script',
      '--show-mmap-events',
      '--show-task-events',
      '-F',
      'comm,pid,tid,cpu,time,event,trace',
      '-i',
      path,
    ],
  },
];

/** The path of a text: of the file itself, or of what its tool printed. Throws InputError. */
export async function asText(path: string): Promise<string> {
  const binary = binaryOf(path);
  if (binary === undefined) return path;
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const text = join(folder, `${binary.tool}.txt`);
  await print(binary, path, text);
  return text;
}

function binaryOf(path: string): Binary | undefined {
  if (!existsSync(path) || !statSync(path).isFile()) return undefined;
  const head = Buffer.alloc(16);
  const file = openSync(path, 'r');
  const count = readSync(file, head, 0, head.length, 0);
  closeSync(file);
  return BINARIES.find(({ magic }) =>
    magic.some((bytes) => count >= bytes.length && head.subarray(0, bytes.length).equals(bytes)),
  );
}

function print({ what, tool, args }: Binary, path: string, into: string): Promise<void> {
  const command = [tool, ...args(path)].join(' ');
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(
        new InputError(
          'input.recording',
          `${path}: ${what}; \`${command}\` makes text of it, and ${why}. Give its output instead`,
        ),
      );
    const child = spawn(tool, [...args(path)], { stdio: ['ignore', 'pipe', 'pipe'] });
    const out = createWriteStream(into);
    let said = '';
    child.on('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'ENOENT' ? `${tool} is not installed here` : `it cannot be run: ${error.code ?? error.message}`,
      ),
    );
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 1000) said += chunk.toString();
    });
    child.stdout.pipe(out);
    child.on('close', (code) => {
      if (code !== 0) fail(`it failed: ${said.trim().split('\n')[0] || `exit code ${code}`}`);
      else if (out.writableFinished) resolve();
      else out.on('finish', () => resolve());
    });
  });
}
