// SPDX-License-Identifier: GPL-2.0-or-later
/** Every reader of something that comes from outside, by name. */
import { gzipSync } from 'node:zlib';
import { CACHED } from './cached.js';
import { play } from './command.js';
import { logCommand } from './commands-of.js';
import * as corpus from './corpus.js';
import { HEX, NUMBERS } from './hostile.js';
import { IMPORTED } from './imported.js';
import { LAYOUTS } from './layouts.js';
import { MODEL } from './model.js';
import { mutateBytes, zstdOf } from './mutate-bytes.js';
import { mutateJson, mutateJsonLines } from './mutate-json.js';
import { mutateText } from './mutate-text.js';
import type { Random } from './random.js';
import { FILE, type Input, OUT, type Reader } from './reader.js';
import { RECORDING } from './recording.js';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** An input of a text, and the command line that one of several is. */
function ofText(
  name: string,
  file: string,
  texts: () => readonly string[],
  mutate: (text: string, random: Random) => string,
  ...args: readonly (readonly string[])[]
): Reader {
  const make = (random: Random): Input => ({
    name: file,
    bytes: bytesOf(mutate(random.pick(texts()), random)),
    args: random.pick(args),
  });
  return { name, make, run: play };
}

const log = (random: Random): Uint8Array => bytesOf(mutateJsonLines(random.pick(corpus.LOGS()), random));

const LOG: Reader = {
  name: 'log',
  weight: 6,
  make: (random) => ({ name: 'log.jsonl', bytes: log(random), args: logCommand(random) }),
  run: play,
};

const compressed = (name: string, file: string, pack: (bytes: Uint8Array, random: Random) => Uint8Array): Reader => ({
  name,
  make: (random) => {
    const text = random.once(4) ? log(random) : bytesOf(random.pick(corpus.LOGS()));
    return {
      name: file,
      bytes: mutateBytes(pack(text, random), random),
      args: random.pick([
        ['replay', FILE, '--no-events'],
        ['compare', FILE, '--lane', 'x86_64,arm'],
        ['verify', FILE],
        ['import', FILE, '--json'],
      ]),
    };
  },
  run: play,
});

/** Words of a command line that are read as values, names, flags. */
const WORDS: Reader = {
  name: 'words',
  make: (random) => {
    const word = random.once(2)
      ? random.pick(HEX)
      : random.once(2)
        ? random.pick(NUMBERS)
        : mutateText('8000000008000227', random);
    const arch = random.pick(['x86_64', 'arm', 'arm64', 'm68k', 's390x', 'x86_64@6.1', 'x86_64,arm']);
    const args = random.pick([
      ['arch', 'decode', arch, word],
      ['arch', 'encode', arch, word],
      ['decode', '--arch', arch, word],
      ['decode', '--arch', arch, '--level', 'pmd', word],
      ['decode', '--highest-memmap-pfn', word, '--arch', arch, '8000000008000227'],
      ['link', '--decode', word, '--lane', arch],
      ['open', word],
      ['errors', word],
      ['arch', 'show', word],
      ['kernel', 'show', word],
      ['kernel', 'facts', word],
      ['gallery', 'show', word],
      ['search', '--goal', word, '--depth', '1'],
    ]);
    return { name: 'word.txt', bytes: new Uint8Array(0), args: args.map((arg) => arg.slice(0, 4000)) };
  },
  run: play,
};

const escaped = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

const LINK: Reader = {
  name: 'link',
  make: (random) => {
    const pack = (text: string): string => {
      const packed = mutateBytes(gzipSync(text).subarray(10, -8), random);
      return Buffer.from(packed).toString('base64url');
    };
    const members = [`v=${random.once(9) ? random.pick(NUMBERS) : 1}`];
    if (random.once(3)) members.push(`at=${random.pick(NUMBERS)}`);
    if (random.once(3)) members.push(`lanes=${escaped(mutateText('x86_64,arm', random).slice(0, 500))}`);
    if (random.once(3)) members.push(`select=${escaped(mutateText('bo[0]', random).slice(0, 500))}`);
    if (random.once(5)) members.push(`file=${escaped(mutateText('a.jsonl', random).slice(0, 500))}`);
    if (random.once(6)) members.push(`paste=${pack(mutateText(random.pick(corpus.SPLATS()), random))}`);
    else members.push(`log=${pack(random.once(2) ? random.pick(corpus.LOGS()) : Buffer.from(log(random)).toString())}`);
    return { name: 'link.txt', bytes: bytesOf(members.join('&')), args: ['open', random.pick(['', '--json'])] };
  },
  run: (input, file, folder) => {
    const link = `#${Buffer.from(input.bytes).toString()}`;
    return play({ ...input, args: input.args.flatMap((arg) => (arg === '' ? [] : [arg])).concat(link) }, file, folder);
  },
};

export const READERS: readonly Reader[] = [
  LOG,
  compressed('log.gz', 'log.jsonl.gz', (bytes) => gzipSync(bytes)),
  compressed('log.zst', 'log.jsonl.zst', (bytes, random) => zstdOf(bytes, random)),
  ofText(
    'threads',
    'log.jsonl',
    corpus.THREADED,
    (text, random) => mutateJsonLines(text, random),
    ['interleave', FILE, '--limit', '40'],
    ['interleave', FILE, '--limit', '40', '--json'],
    ['interleave', FILE, '--limit', '20', '--goal', 'crash', '-o', OUT],
  ),
  ...IMPORTED,
  RECORDING,
  ofText(
    'kernel-log',
    'dmesg.txt',
    corpus.SPLATS,
    mutateText,
    ['decode', FILE],
    ['decode', FILE, '--json'],
    ['import', FILE, '--json'],
    ['link', '--decode', FILE],
  ),
  ofText(
    'listed',
    'entries.txt',
    () => corpus.LISTED,
    mutateText,
    ['decode', FILE, '--arch', 'x86_64'],
    ['decode', FILE, '--json', '--elsewhere'],
  ),
  ofText(
    'transcript',
    'transcript.jsonl',
    corpus.TRANSCRIPTS,
    (text, random) => mutateJsonLines(text, random),
    ['verify', FILE, '--jobs', '1'],
    ['verify', FILE, '--jobs', '1', '--json'],
    ['transcribe', FILE],
    ['transcribe', FILE, '--json'],
  ),
  ofText(
    'proof',
    'proof.jsonl',
    corpus.PROOFS,
    (text, random) => mutateJsonLines(text, random),
    ['prove', '--from', FILE],
    ['prove', '--from', FILE, '--json'],
    ['prove', '--from', FILE, '--markdown'],
  ),
  ofText('known', 'known.json', corpus.KNOWN_DIVERGENCES, mutateJson, [
    'verify',
    corpus.at('test/cli/transcripts/arm.jsonl.gz'),
    '--jobs',
    '1',
    '--known',
    FILE,
  ]),
  LINK,
  WORDS,
  ofText(
    'driver',
    'driver.c',
    corpus.DRIVERS,
    mutateText,
    ['scan', FILE],
    ['scan', FILE, '--json', '--mappings'],
    ['scan', FILE, '--markdown'],
    ['scan', FILE, '--sarif'],
  ),
  ofText('sweep', 'part.sweep', corpus.SWEPT, (text, random) => mutateJsonLines(text, random), [
    'merge',
    FILE,
    '--workers',
    '1',
    '--json',
    '-o',
    OUT,
  ]),
  CACHED,
  LAYOUTS,
  MODEL,
];
