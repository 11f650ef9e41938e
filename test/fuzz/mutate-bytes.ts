// SPDX-License-Identifier: GPL-2.0-or-later
/** Bytes that were damaged on their way, cut off, or put together by somebody. */
import { gzipSync } from 'node:zlib';
import type { Random } from './random.js';

export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let out: Uint8Array = Uint8Array.from(bytes);
  for (let n = random.below(4); n > 0; n--) {
    const at = random.below(out.length);
    switch (random.below(7)) {
      case 0:
      case 1:
        if (out.length > 0) out[at] = random.below(256);
        break;
      case 2:
        out = out.subarray(0, at);
        break;
      case 3:
        out = Buffer.concat([out, Buffer.alloc(random.below(5000), random.below(2) * 255)]);
        break;
      case 4:
        out = Buffer.concat([out, bytes]);
        break;
      case 5:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + random.below(20))]);
        break;
      default:
        out = Buffer.concat([out, gzipSync(bytes.subarray(0, random.below(bytes.length)))]);
    }
  }
  return out;
}

/** Raw blocks hold as much. */
const BLOCK = 128 * 1024;

/** zstd without compression (RFC 8878, 3.1.1): a frame of raw blocks; skippable frames in front and behind, sometimes. */
export function zstdOf(content: Uint8Array, random?: Random): Uint8Array {
  const parts: Uint8Array[] = [];
  const skippable = (): Uint8Array => {
    const data = Buffer.alloc(random!.below(40));
    const head = Buffer.alloc(8);
    head.writeUInt32LE(0x184d2a50 + random!.below(16));
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data]);
  };
  if (random?.once(4) === true) parts.push(skippable());
  // no content size, no checksum; a window of 128 kB
  parts.push(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]));
  for (let from = 0; from === 0 || from < content.length; from += BLOCK) {
    const block = Uint8Array.from(content.subarray(from, from + BLOCK));
    parts.push(blockHead(block.length, 0, from + BLOCK >= content.length), block);
  }
  if (random?.once(4) === true) parts.push(skippable());
  return Buffer.concat(parts);
}

/** `size` bytes of `byte`, in four bytes for each 128 kB. */
export function zstdBomb(size: number, byte: number): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])];
  for (let left = size; left > 0; left -= BLOCK) {
    parts.push(blockHead(Math.min(left, BLOCK), 1, left <= BLOCK), Buffer.from([byte]));
  }
  return Buffer.concat(parts);
}

function blockHead(size: number, type: 0 | 1, last: boolean): Uint8Array {
  const head = Buffer.alloc(3);
  head.writeUIntLE((size << 3) | (type << 1) | Number(last), 0, 3);
  return head;
}
