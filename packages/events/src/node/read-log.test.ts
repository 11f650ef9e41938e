// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logEvent } from '../codecs/arbitrary.testkit.js';
import type { LogError } from '../errors/log-error.js';
import { formatLog } from '../format.js';
import type { LogItem, ReadOptions } from '../read/item.js';
import { parseLog } from '../read/parse-log.js';
import { loadLog, readLogBatches } from './read-log.js';
import type { LogSource } from './source.js';

const HEADER = '{"specialbit":1}\n';
const EXIT = '{"type":"exit"}\n';
/** The two lines above, as the zstd command compresses them. */
const ZSTD = Buffer.from('KLUv/QRYCQEAeyJzcGVjaWFsYml0IjoxfQp7InR5cGUiOiJleGl0In0KzncoyQ==', 'base64');

const exit = { type: 'exit', mm: 0 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'specialbit-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function* readLog(source: LogSource, options: ReadOptions = {}): AsyncGenerator<LogItem, void, void> {
  for await (const batch of readLogBatches(source, options)) yield* batch;
}

interface Outcome {
  readonly lines: readonly string[];
  readonly error?: LogError;
}

/** What reading yields, a word for each item, and what it throws in the end. */
async function read(source: LogSource, options: ReadOptions = {}): Promise<Outcome> {
  const lines: string[] = [];
  try {
    for await (const item of readLog(source, { file: 'a.jsonl', ...options })) lines.push(word(item));
  } catch (error) {
    return { lines, error: error as LogError };
  }
  return { lines };
}

function word(item: LogItem): string {
  if (item.kind === 'diagnostic') return item.diagnostic.message;
  return `${item.line} ${item.kind === 'header' ? 'header' : item.event.type}`;
}

async function message(source: LogSource, options: ReadOptions = {}): Promise<string | undefined> {
  return (await read(source, options)).error?.message;
}

describe('a log', () => {
  it('may have comments, blank lines, carriage returns, a byte order mark, and no last newline', async () => {
    const text = `\uFEFF# first\n\n${HEADER}  // second\n \t\r\n{"type":"exit"}\r\n  {"type":"fork","child":1}`;
    expect((await read([text])).lines).toEqual(['3 header', '6 exit', '7 fork']);
  });

  it('is the same however it is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(logEvent, { maxLength: 8 }), fc.infiniteStream(fc.nat(40)), async (events, sizes) => {
        const bytes = Buffer.from([...formatLog({ specialbit: 1, title: 'ü…' }, events)].join(''));
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        const log = await loadLog(chunks);
        expect(log.events).toEqual(events);
        expect(log.lines).toEqual(events.map((_, index) => index + 2));
      }),
    );
  });

  it('is found at its path', async () => {
    const path = join(folder, 'plain.jsonl');
    await writeFile(path, HEADER + EXIT);
    expect((await loadLog(path)).events).toEqual([exit]);
  });

  it('may be compressed, whatever its name is', async () => {
    const gzip = gzipSync(HEADER + EXIT);
    const gzips = Buffer.concat([gzipSync(HEADER), gzipSync(EXIT), gzipSync(EXIT)]);
    expect((await loadLog([gzip])).events).toEqual([exit]);
    expect((await loadLog([gzip.subarray(0, 1), gzip.subarray(1, 3), gzip.subarray(3)])).events).toEqual([exit]);
    expect((await loadLog([gzips])).events).toEqual([exit, exit]);
    expect((await loadLog([ZSTD])).events).toEqual([exit]);
    expect((await loadLog([...ZSTD].map((byte) => Uint8Array.of(byte)))).events).toEqual([exit]);
  });

  it('can be read from text at once', () => {
    const log = parseLog(HEADER + EXIT);
    expect(log).toEqual({ header: { specialbit: 1 }, events: [exit], lines: [2], diagnostics: [] });
    expect(parseLog(new TextEncoder().encode(HEADER + EXIT))).toEqual(log);
    expect(() => parseLog('')).toThrow('<log>:1: expected a header line such as {"specialbit":1}, found an empty file');
  });
});

describe('a log that breaks off', () => {
  it('in a line is used up to there', async () => {
    const { lines, error } = await read([`${HEADER}${EXIT}{"type":"fo`]);
    expect(error).toBeUndefined();
    expect(lines).toEqual([
      '1 header',
      '2 exit',
      'a.jsonl:3: expected a whole line, found the end of the file in the middle of it',
    ]);
  });

  it.each(['{', '{"type"', '{"type":', '{"a":tr', '{"a":-', '{"a":[1,', '{"a":"\\u00', '{"a":1'])(
    'in %s',
    async (part) => {
      expect((await loadLog([HEADER + part])).diagnostics.map((error) => error.code)).toEqual(['log-truncated']);
    },
  );

  it('in a character', async () => {
    const text = Buffer.from(`${HEADER}{"type":"mmap","label":"ü`).subarray(0, -1);
    expect((await loadLog([text])).diagnostics.map((error) => error.code)).toEqual(['log-truncated']);
  });

  it('in its compressed data is used up to there', async () => {
    const events = Array.from({ length: 20_000 }, (_, i) => `{"type":"fork","child":${(i * 7919) % 100_003}}\n`);
    const gzip = gzipSync(HEADER + events.join(''));
    const log = await loadLog([gzip.subarray(0, -2000)], { file: 'a.jsonl' });
    expect(log.events.length).toBeGreaterThan(10_000);
    expect(log.diagnostics.map((error) => error.message)).toEqual([
      `a.jsonl:${log.events.length + 2}: expected the end of the gzip data, found the end of the file in the middle of it`,
    ]);
    expect((await loadLog([gzip.subarray(0, -1)])).events).toHaveLength(20_000);
    expect((await read([ZSTD.subarray(0, -6)])).error?.code).toBe('log-truncated');
    expect((await read([ZSTD.subarray(0, -2)])).lines).toEqual([
      '1 header',
      '2 exit',
      'a.jsonl:2: expected the end of the zstd data, found the end of the file in the middle of it',
    ]);
  });

  it('has at least a header', async () => {
    expect(await message(['{"specialbit":1'])).toBe(
      'a.jsonl:1: expected a header line such as {"specialbit":1}, found a line that ends too early',
    );
    expect(await message([gzipSync(HEADER).subarray(0, 15)])).toBe(
      'a.jsonl:1: expected the end of the gzip data, found the end of the file in the middle of it',
    );
  });
});

describe('a log that is none', () => {
  const text = 'JSON Lines in UTF-8, plain or compressed with gzip or zstd';
  const header = 'a header line such as {"specialbit":1}';

  // biome-ignore format: one row for each error
  it.each<[string, string | Uint8Array, string]>([
    ['empty', '', `a.jsonl:1: expected ${header}, found an empty file`],
    ['comments only', '# one\n# two\n', `a.jsonl:2: expected ${header}, found the end of the file`],
    ['header without newline and content', '{}', `a.jsonl:1: expected ${header}, found an object without "specialbit"`],
    ['event first', EXIT, `a.jsonl:1: expected ${header}, found an event of type "exit"`],
    ['text', 'hello world\n', `a.jsonl:1: expected ${header}, found "hello world"`],
    ['array', '[1]\n', `a.jsonl:1: expected ${header}, found an array`],
    ['newer', '{"specialbit":2}\n', 'a.jsonl:1: specialbit: expected a format version up to 1 (update specialbit to read newer logs), found 2'],
    ['NUL first', 'ab\0cd', `a.jsonl:1: expected ${text}, found a NUL byte`],
    ['NUL later', `${HEADER}${EXIT}\0\n`, `a.jsonl:3: expected ${text}, found a NUL byte`],
    ['Latin-1 header', Buffer.from('{"specialbit":1,"title":"\u00fc"}\n', 'latin1'), `a.jsonl:1: expected ${text}, found bytes that are not UTF-8`],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0), `a.jsonl: expected ${text}, found xz data`],
    ['bzip2', 'BZh91AY', `a.jsonl: expected ${text}, found bzip2 data`],
    ['damaged gzip', Buffer.from('1f8b0800000000000003ffffffffffffffffffff', 'hex'), 'a.jsonl:1: expected gzip data, found damaged data'],
    ['damaged zstd', Buffer.concat([ZSTD.subarray(0, 6), Buffer.from([7]), Buffer.alloc(40)]), 'a.jsonl:1: expected zstd data, found damaged data'],
  ])('%s', async (_, source, expected) => {
    expect(await message([source])).toBe(expected);
    expect(await message([source], { badLines: 'collect' })).toBe(expected);
  });

  it('because it cannot be read', async () => {
    const path = join(folder, 'absent.jsonl');
    const options = { file: path };
    expect(await message(path, options)).toBe(`${path}: expected a file that can be read, found no such file`);
    expect(await message(folder, { file: folder })).toBe(
      `${folder}: expected a file that can be read, found a directory`,
    );
  });

  it('passes on what is no error of the file system', async () => {
    const source = (async function* () {
      yield HEADER;
      throw new TypeError('broken source');
    })();
    expect(await message(source)).toBe('broken source');
  });
});

describe('a bad line', () => {
  // biome-ignore format: one row for each error
  it.each<[string, string | Uint8Array, string]>([
    ['json', '{"type":exit}', 'expected a JSON object, found "exit}" at column 9'],
    ['trailing comma', '{"type":"exit",}', 'expected a JSON object, found "}" at column 16'],
    ['two objects', '{"type":"exit"} {"type":"exit"}', 'expected a JSON object, found "{\\"type\\":\\"exi" at column 17'],
    ['single quotes', "{'type':'exit'}", `expected a JSON object, found "'type':'exit" at column 2`],
    ['no value', '{"type":}', 'expected a JSON object, found "}" at column 9'],
    ['short', '{"type":"exit"', 'expected a JSON object, found a line that ends too early'],
    ['deep', '['.repeat(100_000), `expected a JSON object, found "${'['.repeat(12)}" at column 1`],
    ['no JSON', 'exit', 'expected a JSON object, found "exit"'],
    ['array', '["exit"]', 'expected an event, a JSON object, found an array'],
    ['number', '12', 'expected an event, a JSON object, found 12'],
    ['header', '{"specialbit":1}', 'expected an event (a log has one header, on its first line), found a header'],
    ['unknown', '{"type":"exti"}', 'type: expected the type of an event (did you mean "exit"?), found "exti"'],
    ['Latin-1', Buffer.from('{"type":"exit\u00fc"}', 'latin1'), 'expected JSON Lines in UTF-8, plain or compressed with gzip or zstd, found bytes that are not UTF-8'],
  ])('%s', async (_, line, expected) => {
    const source = [HEADER, EXIT, line, '\n', EXIT];
    const stopped = await read(source);
    expect(stopped.lines).toEqual(['1 header', '2 exit']);
    expect(stopped.error?.message).toBe(`a.jsonl:3: ${expected}`);
    const collected = await read(source, { badLines: 'collect' });
    expect(collected).toEqual({ lines: ['1 header', '2 exit', `a.jsonl:3: ${expected}`, '4 exit'] });
  });

  it('is one that is too long', async () => {
    const long = `{"type":"exit","mm":${'0'.repeat(100)}}`;
    const source = [HEADER, EXIT, long, long, '\n', EXIT];
    const expected = 'a.jsonl:3: expected a line of at most 64 bytes, found a longer one';
    expect(await message(source, { maxLineBytes: 64 })).toBe(expected);
    const { lines } = await read(source, { maxLineBytes: 64, badLines: 'collect' });
    expect(lines).toEqual(['1 header', '2 exit', expected, '4 exit']);
    const atEnd = await read([HEADER, long], { maxLineBytes: 64, badLines: 'collect' });
    expect(atEnd.lines).toHaveLength(2);
  });

  it('in damaged compressed data ends the log, not what stands well before it', async () => {
    const events = Array.from({ length: 20_000 }, (_, i) => `{"type":"fork","child":${(i * 7919) % 100_003}}\n`);
    const gzip = gzipSync(HEADER + events.join(''));
    gzip[gzip.length - 6]! ^= 0xff;
    expect(() => gunzipSync(gzip)).toThrow();
    const stopped = await read([gzip]);
    expect(stopped.error?.message).toMatch(/^a\.jsonl:\d+: expected gzip data, found damaged data$/);
    expect(stopped.lines.length).toBeGreaterThan(10_000);
    const collected = await read([gzip], { badLines: 'collect' });
    expect(collected.error).toBeUndefined();
    expect(collected.lines.at(-1)).toBe(stopped.error?.message);
  });
});

it('holds no more than a chunk of a long log', async () => {
  const lines = 100_000;
  let taken = 0;
  let ahead = 0;
  const line = '{"type":"access","op":"write","at":"ring[2]","value":7}\n';
  const source = (function* () {
    yield HEADER;
    for (let i = 0; i < lines; i += 100) {
      ahead = Math.max(ahead, i - taken);
      yield line.repeat(100);
    }
  })();
  for await (const item of readLog(source)) if (item.kind === 'event') taken++;
  expect(taken).toBe(lines);
  expect(ahead).toBeLessThanOrEqual(100);
});
