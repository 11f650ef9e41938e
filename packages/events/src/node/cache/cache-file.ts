// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The file of a packed log. Little endian:
 *
 *   8 bytes    "SBCACHE" and the version of this layout
 *   32 bytes   SHA-256 of the log's file, as it is (compressed, where it is compressed)
 *   32 bytes   SHA-256 of everything behind
 *   3 x 4      lengths of the three parts, in bytes
 *   parts      tables (JSON), offsets (32-bit numbers), events
 */
import { FORMAT_VERSION } from '../../codecs/header.js';
import type { PackedTables } from '../../packed/pack.js';
import { PackedLog } from '../../packed/packed-log.js';
import { crypto } from '../crypto.js';

/** Raised whenever the layout changes, or what decoding a line yields. */
const LAYOUT = 1;
const MAGIC = Buffer.from(`SBCACHE${String.fromCharCode(LAYOUT * 16 + FORMAT_VERSION)}`, 'latin1');
const HASH = 32;
const LENGTHS = MAGIC.length + 2 * HASH;
const PARTS = LENGTHS + 12;

/** Why a cache was not used: there is none, it is of another version or log, or it is broken. */
export type CacheRefusal = 'absent' | 'other version' | 'other log' | 'damaged';

export function formatCache(hash: Uint8Array, tables: PackedTables, offsets: Uint32Array, bytes: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(tables));
  const index = Buffer.alloc(4 * offsets.length);
  offsets.forEach((offset, i) => {
    index.writeUInt32LE(offset, 4 * i);
  });
  const lengths = Buffer.alloc(12);
  [json, index, bytes].forEach((part, i) => {
    lengths.writeUInt32LE(part.length, 4 * i);
  });
  const body = [lengths, json, index, bytes];
  return Buffer.concat([MAGIC, hash, digest(body), ...body]);
}

/** The packed log that a cache's file holds, if it is that of the log with this hash and whole. */
export function parseCache(file: Buffer, hash: Uint8Array): PackedLog | CacheRefusal {
  if (file.length < PARTS) return 'damaged';
  if (!file.subarray(0, MAGIC.length - 1).equals(MAGIC.subarray(0, -1))) return 'damaged';
  if (file[MAGIC.length - 1] !== MAGIC[MAGIC.length - 1]) return 'other version';
  if (!file.subarray(MAGIC.length, MAGIC.length + HASH).equals(hash)) return 'other log';
  if (!digest([file.subarray(LENGTHS)]).equals(file.subarray(MAGIC.length + HASH, LENGTHS))) return 'damaged';
  const [json, index, bytes] = [0, 4, 8].map((at) => file.readUInt32LE(LENGTHS + at)) as [number, number, number];
  if (PARTS + json + index + bytes !== file.length) return 'damaged';
  const tables = JSON.parse(file.toString('utf8', PARTS, PARTS + json)) as PackedTables;
  const offsets = new Uint32Array(index / 4);
  for (let i = 0; i < offsets.length; i++) offsets[i] = file.readUInt32LE(PARTS + json + 4 * i);
  return new PackedLog(tables, offsets, file.subarray(PARTS + json + index));
}

function digest(parts: readonly Uint8Array[]): Buffer {
  const hash = crypto().createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
