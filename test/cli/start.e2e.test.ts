// SPDX-License-Identifier: GPL-2.0-or-later
/** What the command loads before it does what it was asked for; time on a busy machine says nothing, files do. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { root, temporary } from './specialbit.testkit.js';

const bin = join(root, 'packages/cli/bin/specialbit.js');

/** The files that a command line loads, by name. */
function loadedBy(...args: readonly string[]): string[] {
  const list = temporary('loaded', '');
  const hooks = `import { appendFileSync } from 'node:fs';
    export async function load(url, context, next) { appendFileSync(${JSON.stringify(list)}, url + '\\n'); return next(url, context); }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
  const preload = `data:text/javascript,${encodeURIComponent(register)}`;
  execFileSync(process.execPath, ['--import', preload, bin, ...args], { cwd: root, stdio: 'ignore' });
  const urls = readFileSync(list, 'utf8').split('\n');
  return urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
}

const kilobytes = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + statSync(file).size, 0) / 1024;

describe('the built command starts', () => {
  it.each([['--version'], ['--help']])('for %s with nothing but the command line itself', (option) => {
    const files = loadedBy(option);
    expect(files.length).toBeGreaterThan(1);
    expect(files.length).toBeLessThan(5);
    expect(kilobytes(files)).toBeLessThan(150);
  });

  it('for a command out of few files, without the other commands', () => {
    const log = 'examples/s10-binder.jsonl';
    const replay = loadedBy('replay', log);
    expect(replay.length).toBeLessThan(18);
    expect(kilobytes(replay)).toBeLessThan(1260);
    // nothing of what recognises recordings, since the log is one of ours
    const compare = loadedBy('compare', log, '--lane', 'x86_64,arm', '--exit-zero');
    for (const files of [replay, compare]) {
      const texts = files.map((file) => readFileSync(file, 'utf8'));
      expect(texts.filter((text) => text.includes('Bad page map in process')).length).toBe(0);
    }
    const explain = loadedBy('explain', log, 'binder');
    expect(replay.filter((file) => !explain.includes(file)).length).toBeGreaterThan(0);
    expect(explain.filter((file) => !replay.includes(file)).length).toBeGreaterThan(0);
  });

  it('for advice without what asks at a terminal', () => {
    const files = loadedBy('advise', '--memory', 'device', '--lane', 'x86_64');
    const texts = files.map((file) => readFileSync(file, 'utf8'));
    expect(texts.filter((text) => text.includes('User force closed the prompt')).length).toBe(0);
    // the bundle has it, for who is asked
    const bundle = readdirSync(join(root, 'packages/cli/bundle')).filter((name) => name.endsWith('.js'));
    const asks = bundle.filter((name) =>
      readFileSync(join(root, 'packages/cli/bundle', name), 'utf8').includes('User force closed the prompt'),
    );
    expect(asks.length).toBeGreaterThan(0);
    expect(files.length).toBeLessThan(20);
    expect(kilobytes(files)).toBeLessThan(1384);
  });

  it('only out of the bundle', () => {
    for (const file of loadedBy('replay', 'examples/s10-binder.jsonl')) {
      expect(file).toMatch(/packages\/cli\/(bundle|bin)\//);
    }
  });
});
