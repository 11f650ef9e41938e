// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit reproduce` as users call it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { specialbit, temporary } from './specialbit.testkit.js';

const LOG = 'examples/s01-same-driver.jsonl';
const FILES = ['Makefile', 'README.md', 'log.jsonl', 'play.c', 'repro.c', 'repro.h'];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'specialbit-reproduce-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe('reproduce', () => {
  it('writes a folder, whose log is the one that was given', async () => {
    const to = join(folder(), 'deep/s01');
    const { code, out } = await specialbit(['reproduce', LOG, '-o', to]);
    expect(code).toBe(0);
    expect(readdirSync(to).sort()).toEqual(FILES);
    expect(
      Math.max(
        ...out
          .split('\n')
          .slice(0, -2)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(78);
    const again = await specialbit(['replay', join(to, 'log.jsonl'), '--lane', 'arm@6.12', '--no-events']);
    expect(again.code).toBe(0);
  });

  it('writes over a folder with --force alone, and leaves what else is in it', async () => {
    const to = folder();
    writeFileSync(join(to, 'note'), 'mine');
    const { code, err } = await specialbit(['reproduce', LOG, '-o', to]);
    expect([code, err]).toEqual([2, `specialbit: ${to}: exists and is not empty: --force writes into it\n`]);
    expect(readdirSync(to)).toEqual(['note']);
    expect((await specialbit(['reproduce', LOG, '-o', to, '--force'])).code).toBe(0);
    expect(readdirSync(to).sort()).toEqual([...FILES, 'note'].sort());
    expect(readFileSync(join(to, 'note'), 'utf8')).toBe('mine');
  });

  it('leaves nothing behind where it cannot write', async () => {
    const to = folder();
    writeFileSync(join(to, 'file'), '');
    const { code, err } = await specialbit(['reproduce', LOG, '-o', join(to, 'file/below')]);
    expect(code).toBe(2);
    expect(err).toMatch(/cannot be written: E[A-Z]+\n$/);
    expect(readdirSync(to)).toEqual(['file']);
  });

  it('names what it leaves out, and a log of which nothing is left', async () => {
    const some = await specialbit(['reproduce', 'examples/s13-cow-linear-rule.jsonl', '--json']);
    const { made, left } = JSON.parse(some.out);
    expect(made).toHaveLength(4);
    expect(left).toEqual([
      { number: 3, type: 'set_vm_pgoff', why: 'set_vm_pgoff of a mapping that is in the tree of its file' },
    ]);
    const log = temporary('log.jsonl', '{"specialbit":1}\n{"type":"brk","brk":"0x1000"}\n');
    const none = await specialbit(['reproduce', log]);
    expect([none.code, none.err]).toEqual([
      2,
      `specialbit: ${log}: nothing to reproduce: brk: no call that a program can make\n`,
    ]);
  });

  it.each([
    [['examples/s01-same-driver.jsonl', '--run'], '--run needs --headers and --image of one kernel'],
    [[LOG, LOG], 'expected one log; --table and --run take several'],
    [[LOG, '--table', '-o', 'x'], '--table writes and runs nothing'],
    [[LOG, '--kernel', '9.9'], '9.9'],
    [[LOG, '--lane', 'vax'], 'vax'],
    [
      [LOG, '--run', '--headers', 'docs', '--image', 'README.md'],
      'docs: no headers of a kernel: there is no .config in it',
    ],
  ])('%j is one message', async (args, message) => {
    const { code, err } = await specialbit(['reproduce', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync('x')).toBe(false);
  });

  it('says what headers and kernels it cannot take', async () => {
    const headers = folder();
    mkdirSync(join(headers, 'include'));
    writeFileSync(join(headers, '.config'), 'CONFIG_SPARC64=y\n');
    const image = join(headers, '.config');
    const other = await specialbit(['reproduce', LOG, '--run', '--headers', headers, '--image', image]);
    expect(other.err).toContain(`${headers}: neither of x86_64, arm64 nor arm with LPAE`);
    writeFileSync(join(headers, '.config'), 'CONFIG_X86_64=y\n');
    const none = await specialbit([
      'reproduce',
      LOG,
      '--run',
      '--headers',
      headers,
      '--image',
      join(headers, 'vmlinuz'),
    ]);
    expect(none.err).toContain(`${headers}/vmlinuz: there is no kernel`);
  });
});
