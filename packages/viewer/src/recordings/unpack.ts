// SPDX-License-Identifier: GPL-2.0-or-later
/** The text of a file: plain, gzip or zstd; what is none is refused before it fills the memory. */
import { InputError } from '@specialbit/view';
import { Decompress } from 'fzstd';

/** Bytes of text that are taken. */
export const MOST = 256 * 2 ** 20;
/** Bytes in which a file shows what it is. */
const HEAD = 4096;

const MAGIC: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 3, 4], 'a zip archive: unpack it, and open what is in it'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz: unpack it with `xz -d`, and open the text'],
  [[0x42, 0x5a, 0x68], 'bzip2: unpack it with `bzip2 -d`, and open the text'],
  [[0x7f, 0x45, 0x4c, 0x46], 'a program: run it under strace'],
  [[0x50, 0x45, 0x52, 0x46, 0x49, 0x4c, 0x45, 0x32], 'a perf.data file: open what `perf script` prints of it'],
  [[0x17, 8, 0x44, 0x74, 0x72, 0x61, 0x63], 'a trace.dat file: open what `trace-cmd report` prints of it'],
];

const begins = (head: Uint8Array, bytes: readonly number[]): boolean => bytes.every((byte, i) => head[i] === byte);
const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

type Unpacking = TransformStream<Uint8Array, Uint8Array>;

/** The bytes in which a file shows what it is. */
export async function headOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
}

/** Throws InputError: what is no text, or more of it than fits. */
export async function textOf(name: string, file: Blob): Promise<string> {
  const head = await headOf(file);
  for (const [bytes, what] of MAGIC)
    if (begins(head, bytes)) throw refused(name, `expected a log or a recording, found ${what}`);
  if (begins(head, GZIP)) {
    const plain = file.stream().pipeThrough(new DecompressionStream('gzip') as unknown as Unpacking);
    return decoded(name, plain, 'gzip');
  }
  if (begins(head, ZSTD)) return decoded(name, file.stream().pipeThrough(zstd()), 'zstd');
  if (isBinary(head)) throw refused(name, 'expected a log or a recording, found a binary file');
  if (file.size > MOST) throw tooMuch(name, 'has');
  return new TextDecoder().decode(await file.arrayBuffer());
}

function refused(name: string, what: string): InputError {
  return new InputError('input.recording', `${name}: ${what}`);
}

function tooMuch(name: string, has: string): InputError {
  return refused(
    name,
    `${has} more than ${MOST / 2 ** 20} MiB of text, which is more than a page should hold; the command \`specialbit\` reads it`,
  );
}

/** More than a few characters that no text has. A NUL byte is one of a console's. */
function isBinary(head: Uint8Array): boolean {
  const odd = head.filter((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27)).length;
  return odd > head.length / 10;
}

/** The text of packed bytes: of those that break off, what there is, as what recorded them was killed. */
async function decoded(name: string, stream: ReadableStream<Uint8Array>, how: string): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  let first = true;
  const reader = stream.getReader();
  for (;;) {
    let chunk: Awaited<ReturnType<typeof reader.read>>;
    try {
      chunk = await reader.read();
    } catch {
      if (size === 0) throw refused(name, `expected ${how}, found what cannot be unpacked`);
      break;
    }
    if (chunk.done) break;
    size += chunk.value.length;
    if (size > MOST) {
      await reader.cancel().catch(() => {});
      throw tooMuch(name, 'unfolds to');
    }
    if (first && isBinary(chunk.value.subarray(0, HEAD)))
      throw refused(name, `expected a log or a recording, found a binary file packed with ${how}`);
    first = false;
    parts.push(decoder.decode(chunk.value, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

/** fzstd as a stream: what it is given at once unfolds at once, so that it is given little. */
function zstd(): Unpacking {
  let inner: Decompress;
  return new TransformStream({
    start(controller) {
      inner = new Decompress((chunk) => controller.enqueue(chunk));
    },
    transform(chunk) {
      for (let at = 0; at < chunk.length; at += 4096) inner.push(chunk.subarray(at, at + 4096));
    },
    flush() {
      inner.push(new Uint8Array(), true);
    },
  });
}
