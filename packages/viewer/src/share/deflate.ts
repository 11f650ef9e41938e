// SPDX-License-Identifier: GPL-2.0-or-later
/** deflate-raw by the streams that browsers and Node have themselves. */

/** The largest log that a link may unfold to: a link is no place for more, and a small one must not fill the memory. */
const MOST = 16 * 1024 * 1024;

async function through(
  bytes: Uint8Array,
  stream: { readonly readable: unknown; readonly writable: unknown },
): Promise<Uint8Array | undefined> {
  const writer = (stream.writable as WritableStream<Uint8Array>).getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  // what is wrong with the input is told by the reader as well
  written.catch(() => {});
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = (stream.readable as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  return (await through(bytes, new CompressionStream('deflate-raw')))!;
}

/** Undefined for what is damaged, or unfolds to more than a link should. */
export async function inflate(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    return await through(bytes, new DecompressionStream('deflate-raw'));
  } catch {
    return undefined;
  }
}
