// SPDX-License-Identifier: GPL-2.0-or-later
const CHUNK = 64 * 1024;
/** No number is longer. */
const LONGEST = 8;

/** Bytes that grow as they are written; numbers with seven bits a byte, the low ones first (LEB128). */
export class ByteWriter {
  /** The full pieces; copying all that there is whenever there is more would take thrice the memory. */
  private readonly full: Uint8Array[] = [];
  private fullBytes = 0;
  private chunk = new Uint8Array(CHUNK);
  private at = 0;

  /** Bytes written. */
  get length(): number {
    return this.fullBytes + this.at;
  }

  /** A whole number from 0 to 2^53 - 1. */
  uint(value: number): void {
    if (this.at + LONGEST > CHUNK) this.next();
    let rest = value;
    // bit operators only where they see all of the number
    while (rest >= 0x8000_0000) {
      this.chunk[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.chunk[this.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.chunk[this.at++] = rest;
  }

  private next(): void {
    this.full.push(this.chunk.subarray(0, this.at));
    this.fullBytes += this.at;
    this.chunk = new Uint8Array(CHUNK);
    this.at = 0;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const part of [...this.full, this.chunk.subarray(0, this.at)]) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
