// SPDX-License-Identifier: GPL-2.0-or-later
/** The text of a log that is open: nobody reads it while one travels, and so a long one is packed. */
import { InternalError } from '@specialbit/events';

/** Bytes of a text that is packed, and bytes that are packed at once, between two requests. */
const LONG = 4 * 2 ** 20;
const PIECE = 1 << 18;

export class LogText {
  private whole: Uint8Array | null;
  private packed: Blob | null = null;
  private packing: {
    readonly writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
    readonly all: Promise<Blob>;
  } | null = null;
  private at = 0;

  constructor(
    bytes: Uint8Array,
    private readonly long = LONG,
  ) {
    this.whole = bytes;
  }

  /** Packs a little more of it; false when there is nothing left to do. */
  async pack(): Promise<boolean> {
    const { whole } = this;
    if (whole === null || whole.length < this.long) return false;
    if (this.packing === null) {
      const { readable, writable } = new CompressionStream('deflate-raw');
      const writer = writable.getWriter() as WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
      this.packing = { writer, all: new Response(readable).blob() };
    }
    const { writer, all } = this.packing;
    if (this.at < whole.length) {
      const piece = whole.subarray(this.at, this.at + PIECE);
      this.at += piece.length;
      await writer.write(piece as Uint8Array<ArrayBuffer>);
      return true;
    }
    await writer.close();
    this.packed = await all;
    this.whole = null;
    this.packing = null;
    return false;
  }

  async bytes(): Promise<Uint8Array> {
    if (this.whole !== null) return this.whole;
    if (this.packed === null) throw new InternalError('a text that is nowhere');
    const stream = this.packed.stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  async text(): Promise<string> {
    return textOf(await this.bytes());
  }
}

/** A byte order mark is part of it. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
