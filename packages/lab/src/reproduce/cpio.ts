// SPDX-License-Identifier: GPL-2.0-or-later
/** An archive as an initramfs wants it (Documentation/driver-api/early-userspace/buffer-format.rst: newc). */

export interface CpioEntry {
  readonly path: string;
  /** Absent: a folder. */
  readonly data?: Uint8Array;
  readonly mode?: number;
}

const FILE = 0o100000;
const FOLDER = 0o040000;

export function cpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const [i, { path, data, mode = 0o755 }] of entries.entries())
    parts.push(member(i + 1, path, (data === undefined ? FOLDER : FILE) | mode, data ?? new Uint8Array()));
  parts.push(member(0, 'TRAILER!!!', 0, new Uint8Array()));
  return Buffer.concat(parts);
}

function member(inode: number, path: string, mode: number, data: Uint8Array): Buffer {
  const name = Buffer.from(`${path}\0`);
  // inode, mode, uid, gid, links, time, size, device, its minor, of the node, its minor, length of the name, check
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0];
  const head = Buffer.from(`070701${fields.map((n) => n.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([padded(Buffer.concat([head, name])), padded(Buffer.from(data))]);
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
