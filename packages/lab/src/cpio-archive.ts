// SPDX-License-Identifier: GPL-2.0-or-later
/** A cpio archive in the "newc" form, which kernels unpack as their first file system (usr/gen_init_cpio.c). */

export interface ArchivedFile {
  /** Below the root, without a slash in front. */
  readonly path: string;
  /** Octal mode with the kind of file: 0o100755 a program, 0o40755 a folder, 0o120777 a link. */
  readonly mode: number;
  readonly content: Buffer;
}

const TRAILER = 'TRAILER!!!';
const ALIGNMENT = 4;

/** Folders come before what lies in them. */
export function cpioArchive(files: readonly ArchivedFile[]): Buffer {
  const parts: Buffer[] = [];
  const pad = (length: number): Buffer => Buffer.alloc((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);
  for (const [i, { path, mode, content }] of [
    ...files,
    { path: TRAILER, mode: 0, content: Buffer.alloc(0) },
  ].entries()) {
    const name = Buffer.from(`${path}\0`);
    // inode, mode, owner, group, links, time, size, four device numbers, length of the name, checksum
    const fields = [i + 1, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
    const head = Buffer.from(`070701${fields.map((n) => n.toString(16).padStart(8, '0')).join('')}`);
    parts.push(head, name, pad(head.length + name.length), content, pad(content.length));
  }
  return Buffer.concat(parts);
}
