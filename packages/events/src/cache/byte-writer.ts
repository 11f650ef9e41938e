/** Bytes that grow as they are written; numbers with seven bits a byte, the low ones first (LEB128). */
export class ByteWriter {
  private bytes = new Uint8Array(64 * 1024);
  /** Bytes written. */
  length = 0;

  /** A whole number from 0 to 2^53 - 1. */
  uint(value: number): void {
    if (this.length + 8 > this.bytes.length) this.grow();
    let rest = value;
    // bit operators only where they see all of the number
    while (rest >= 0x8000_0000) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  private grow(): void {
    const bytes = new Uint8Array(2 * this.bytes.length);
    bytes.set(this.bytes);
    this.bytes = bytes;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}
