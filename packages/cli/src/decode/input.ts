// SPDX-License-Identifier: GPL-2.0-or-later
/** What is to be decoded: standard input, files, or the words of the command line themselves. */
import { existsSync, statSync } from 'node:fs';
import type { Input } from '@specialbit/decode';
import { readLineBatches } from '@specialbit/importers/node';

/** All of standard input. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString();
}

/** More of a file than this is not looked at. */
const MOST = 64 * 2 ** 20;

/** A file, plain or compressed. Throws InputError. */
export async function readText(path: string): Promise<string> {
  const parts: string[] = [];
  let size = 0;
  for await (const batch of readLineBatches(path)) {
    for (const { text } of batch) {
      parts.push(text);
      size += text.length + 1;
    }
    if (size > MOST) break;
  }
  return `${parts.join('\n')}\n`;
}

/** `-` or nothing: standard input; names of files; else the words are the text. */
export async function inputsOf(words: readonly string[]): Promise<Input[]> {
  if (words.length === 0 || (words.length === 1 && words[0] === '-'))
    return [{ name: 'standard input', text: await readStdin() }];
  if (words.every((word) => word.length < 4096 && existsSync(word) && statSync(word).isFile())) {
    const inputs: Input[] = [];
    for (const word of words) inputs.push({ name: word, text: await readText(word) });
    return inputs;
  }
  return [{ name: 'the command line', text: words.join(words.some((word) => word.includes('\n')) ? '\n' : ' ') }];
}
