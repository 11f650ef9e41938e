// SPDX-License-Identifier: GPL-2.0-or-later
/** The examples of documents that show all that a command prints: what stands there is what they print. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';

const documents = ['docs/time-travel.md', 'docs/kernels.md', 'docs/porting.md', 'docs/proposed.md'];
const BLOCK = /^(`{3,})console\n\$ (specialbit [^\n]+)\n([\s\S]*?)^\1\n/gm;
const blocks = documents.flatMap((document) =>
  [...readFileSync(join(root, document), 'utf8').matchAll(BLOCK)].map(([whole, fence, command, output]) => ({
    file: join(root, document),
    whole,
    fence: fence!,
    command: command!,
    output: output!,
  })),
);

/** `specialbit ARGS`, perhaps through `head -N`, and that through `cut -c 1-N`. */
async function printed(command: string): Promise<string> {
  const [words, ...pipes] = command.split(' | ') as [string, ...string[]];
  const args = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
  const { out, err } = await specialbit(args.slice(1));
  expect(err).toBe('');
  let lines = out.trimEnd().split('\n');
  for (const pipe of pipes) {
    const [, head, cut] = /^(?:head -(\d+)|cut -c 1-(\d+))$/.exec(pipe)!;
    lines = head === undefined ? lines.map((line) => line.slice(0, Number(cut))) : lines.slice(0, Number(head));
  }
  return lines.map((line) => `${line}\n`).join('');
}

test('There are examples', () => {
  for (const document of documents) {
    expect(blocks.filter(({ file }) => file.endsWith(document)).length).toBeGreaterThan(0);
  }
});

test.each(blocks)('$command', async ({ file, whole, fence, command, output }) => {
  const now = await printed(command);
  if (process.env.UPDATE_DOCS === '1') {
    const shown = `${fence}console\n$ ${command}\n${now}${fence}\n`;
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(whole, () => shown),
    );
    return;
  }
  expect(now).toBe(output);
  for (const line of output.split('\n')) expect(line.length).toBeLessThanOrEqual(78);
});
