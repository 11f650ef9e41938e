// SPDX-License-Identifier: GPL-2.0-or-later
/** A damaged transcript gives one clear message, or what the harness itself would say; never an internal error. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findArchitecture, Player, TranscriptError } from '@specialbit/transcripts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { architectures } from './architectures.testkit.js';
import { linesOf, stripped } from './strip.testkit.js';
import { selection, specialbit } from './verify.testkit.js';

const curated = linesOf(join(selection, 'x86_64', 'curated.jsonl.gz'));
const header = curated[0]!;
const begin = curated.findIndex((line) => line.includes('"A0"'));
const start = curated.slice(0, begin).findLastIndex((line) => line.startsWith('{"begin"'));
const end = curated.findIndex((line, i) => i > start && line.startsWith('{"begin"'));
/** A header and one scenario with a page that appears. */
const scenario = [header, ...curated.slice(start, end)];

type Json = Record<string, unknown>;
const edited = (at: number, edit: (record: Json) => void): string[] =>
  scenario.map((line, i) => {
    if (i !== at) return line;
    const record = JSON.parse(line) as Json;
    edit(record);
    return JSON.stringify(record);
  });
const firstStep = 2;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What verify and transcribe say of a file with these lines; both must fail, in one line. */
async function complaints(lines: readonly string[]): Promise<string> {
  const file = join(folder, 'file.jsonl');
  writeFileSync(file, lines.join('\n'));
  const said: string[] = [];
  for (const command of ['verify', 'transcribe']) {
    const { code, err } = await specialbit(command, file);
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    said.push(err.replaceAll(folder, '').trim());
  }
  expect(said[1]).toBe(said[0]);
  return said[0]!;
}

const step = (edit: (record: Json) => void): string[] => edited(firstStep, edit);
const op = (arguments_: Json): string[] => step((record) => Object.assign(record.op as Json, arguments_));
const head = (edit: (record: Json) => void): string[] => edited(0, edit);

describe('a damaged transcript', () => {
  test.each<[string, () => readonly string[], string]>([
    ['nothing', () => [], '/file.jsonl:1: expected a header record, found an empty file'],
    ['no header', () => scenario.slice(1), '/file.jsonl:1: a scenario begins before the header record'],
    ['no begin', () => [header, ...scenario.slice(2)], '/file.jsonl:2: a step before the first begin record'],
    [
      'a configuration that the model does not know',
      () => head((r) => Object.assign(r, { config: ['CONFIG_FIND_NORMAL_PAGE', 'CONFIG_XEN'] })),
      '/file.jsonl:1: config[1]: expected CONFIG_FIND_NORMAL_PAGE or CONFIG_KSM or',
    ],
    ['a later harness', () => head((r) => Object.assign(r, { harness: 3 })), '/file.jsonl:1: harness: expected'],
    ['a missing step', () => scenario.filter((_, i) => i !== 3), '/file.jsonl:4: seq: expected step 1, found 2'],
    [
      "another scenario's step",
      () => step((r) => Object.assign(r, { scenario: 'other' })),
      'scenario: expected a step of',
    ],
    [
      'a cut line',
      () => [...scenario.slice(0, 4), scenario[4]!.slice(0, -9)],
      ':5: expected a JSON record, found "{\\"scenario',
    ],
    ['no JSON', () => [header, 'one two three'], ':2: expected a JSON record, found "one two three"'],
    ['another record', () => [header, '{"some":"thing"}'], ':2: expected a header, begin or step record'],
    ['an unknown architecture', () => head((r) => Object.assign(r, { arch: 'pdp11' })), ':1: arch: expected '],
    [
      'a page size that it does not have',
      () => head((r) => Object.assign(r, { page_size: 8192 })),
      'page_size: expected 4096 (x86_64), found 8192',
    ],
    [
      'RAM that ends before it begins',
      () => head((r) => Object.assign(r, { ram: [['9', '1']] })),
      ':1: ram[0]: expected',
    ],
    ['hardly any RAM', () => head((r) => Object.assign(r, { ram: [] })), ':1: ram: expected 4096 pages or more'],
    ['a bad pfn', () => head((r) => Object.assign(r, { zero_pfn: 'xyz' })), ':1: zero_pfn: expected a hexadecimal pfn'],
    [
      'frames of unknown kinds',
      () => head((r) => Object.assign(r, { frames: { Q7: '1' } })),
      ':1: frames.Q7: expected a label',
    ],
    ['no operation', () => step((r) => delete r.op), ':3: op: expected an operation {"name": ...}, found nothing'],
    ['an operation without name', () => step((r) => Object.assign(r, { op: {} })), ':3: op.name: expected the name'],
    ['a deep wrong type', () => op({ v: { a: [1] } }), ':3: op.v: expected a number or a text, found {"a":[1]}'],
    ['a huge slot', () => op({ v: 2 ** 40 }), ':3: op.v: expected a whole number of at most 65536'],
    ['a huge length', () => op({ n: 2 ** 31 }), ':3: op.n: expected a whole number of at most 65536'],
    ['half a page', () => op({ p: 0.5 }), ':3: op.p: expected a whole number of at most 65536, found 0.5'],
    [
      'an address space that is no number',
      () => step((r) => Object.assign(r, { mm: 'one' })),
      ':3: mm: expected a whole number, found "one"',
    ],
  ])('%s', async (_, lines, message) => {
    expect(await complaints(lines())).toContain(message);
  });

  test('in what a stripped one says of pages', async () => {
    const bare = [header, ...stripped(scenario.slice(1))];
    const at = bare.findIndex((line) => line.includes('"alloc"'));
    const withAlloc = (alloc: unknown): string[] =>
      bare.map((line, i) => (i === at ? JSON.stringify({ ...JSON.parse(line), alloc }) : line));
    expect(await complaints(withAlloc({ A0: 'here' }))).toContain(`:${at + 1}: alloc.A0: expected a hexadecimal pfn`);
    expect(await complaints(withAlloc({ A0: 'fffffff' }))).toContain(
      'alloc.A0: expected the pfn of a free page in RAM',
    );
    expect(await complaints(withAlloc({ P0: '1234' }))).toContain('alloc.P0: expected a label A0.. or F0..');
    expect(await complaints(withAlloc([]))).toContain('alloc: expected an object');
  });

  test('in what the kernel answered', async () => {
    const answer = (dump: unknown): string[] => edited(firstStep, (record) => Object.assign(record, { dump }));
    expect(await complaints(answer(5))).toContain(':3: dump: expected an object, found 5');
    expect(await complaints(answer({ mms: [{ rss: [], vmas: 7 }] }))).toContain(
      'dump.mms[0].vmas: expected a list, found 7',
    );
    expect(await complaints(answer({ mms: [], frames: { P0: 1 } }))).toContain('dump.frames.P0: expected a frame');
  });

  test('is the harness to answer where it would', () => {
    const player = new Player('file', architectures, findArchitecture);
    const lines = edited(firstStep, (record) => Object.assign(record, { op: { name: 'frobnicate', v: 1 } }));
    const played = lines.slice(0, 3).map((line, i) => player.play(line, i + 1));
    expect(JSON.parse(played[2]!.model)).toMatchObject({ ret: -1, err: 'EPERM', would: 'unknown-op' });
    const far = new Player('file', architectures, findArchitecture);
    const outside = edited(firstStep, (record) => Object.assign(record, { mm: 9 }));
    const answers = outside.slice(0, 3).map((line, i) => far.play(line, i + 1));
    expect(JSON.parse(answers[2]!.model)).toMatchObject({ ret: -1000, would: 'no-such-mm' });
  });

  test('a compressed file that breaks off', async () => {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'broken.jsonl.gz');
    const { gzipSync } = await import('node:zlib');
    writeFileSync(file, gzipSync(`${scenario.join('\n')}\n`).subarray(0, -200));
    const { code, err } = await specialbit('verify', file);
    expect(code).toBe(2);
    expect(err).toContain('expected the end of the gzip data, found the end of the file in the middle of it');
  });
});

// ------------------------------------------------------------------ mutations

/** Values that do not belong anywhere. */
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.5,
    1e300,
    -0,
    '',
    'zz',
    '-1',
    '0x10',
    'ffffffffffffffff',
    [],
    {},
    [[]],
    'D0',
  ),
  fc.integer({ min: -70000, max: 70000 }),
  fc.string({ maxLength: 8 }),
);

/** Places in a JSON value, as paths. */
function places(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, item]) => places(item, [...at, key]))];
}

function mutate(line: string, pick: number, value: unknown, remove: boolean): string {
  const record = JSON.parse(line) as unknown;
  // what was asked stands at the start, and would drown in the answer
  const all = places(record).filter((path) => path.length > 0);
  const path = all[pick % Math.min(all.length, 24)]!;
  let target = record as Json;
  for (const key of path.slice(0, -1)) target = target[key] as Json;
  if (remove) delete target[path.at(-1)!];
  else target[path.at(-1)!] = value;
  return JSON.stringify(record);
}

const families = [
  ['x86_64', 'random2'],
  ['arm', 'random2'],
  ['mips32r6', 'random'],
  ['x86_64-swap', 'random'],
] as const;

describe.each(families)('mutated records of %s/%s', (machine, family) => {
  const all = linesOf(join(selection, machine, `${family}.jsonl.gz`));
  const begins = all.flatMap((line, i) => (line.startsWith('{"begin"') ? [i] : []));

  test('are played or refused', () => {
    fc.assert(
      fc.property(
        fc.nat(begins.length - 2),
        fc.array(fc.record({ at: fc.nat(), pick: fc.nat(), value: strange, remove: fc.boolean() }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.boolean(),
        fc.option(fc.nat(200), { nil: undefined, freq: 8 }),
        (which, mutations, strip, cut) => {
          let lines = [all[0]!, ...all.slice(begins[which], begins[which + 1])];
          if (strip) lines = stripped(lines);
          for (const { at, pick, value, remove } of mutations) {
            const i = at % lines.length;
            lines[i] = mutate(lines[i]!, pick, value, remove);
          }
          if (cut !== undefined) lines[cut % lines.length] = lines[cut % lines.length]!.slice(0, cut);
          playAll(lines);
        },
      ),
      { numRuns: 400, seed: 20 },
    );
  });
});

// ------------------------------------------------------- operations at random

const count = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 16, 17, 4096, 65536, -65536) },
);
const frame = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constantFrom('P', 'R', 'D', 'H', 'Z'), fc.nat(17)).map(([k, i]) => k + i) },
  { weight: 1, arbitrary: fc.constantFrom('', 'Z', 'Q1', 'A0', 'P-1', 'Pp') },
);
const prot = fc.constantFrom('r', 'rw', 'rx', 'rwx', 'w', 'none', '', 'q', 'rws');
const driverOps =
  'flags setpgoff remap ioremap iomap insert_page insert_pages map_pages map_pages_zero insert_pfn insert_pfn_prot ' +
  'insert_mixed insert_mixed_mkwrite zap setpte clrpte';
const others =
  'munmap mprotect mremap madvise mlock munlock read write fork exit unmap_range get put pin pin_fast gup_fast_only ' +
  'unpin follow peek poke';
const flags = fc.constantFrom('PFNMAP', 'MIXEDMAP', 'IO|DONTEXPAND', 'MAYWRITE', 'DONTCOPY', 'NONE');
const optional = { requiredKeys: ['name'] } as { requiredKeys: ['name'] };
const mapping = fc.record(
  {
    name: fc.constant('mmap'),
    v: fc.integer({ min: 0, max: 3 }),
    p: count,
    n: count,
    prot,
    share: fc.constantFrom('s', 'p'),
    file: fc.constantFrom('dev', 'dev', 'anon', 'tmp0', 'tmp1'),
    pgoff: count,
    fault: fc
      .tuple(fc.constantFrom('page', 'pfn', 'mixed', 'mixedw', 'sigbus', 'odd'), frame)
      .map(([k, f]) => `${k}:${f}`),
    mkw: fc.constantFrom('none', 'pfn', 'page', 'both'),
    fsp: frame,
    pre: fc
      .tuple(fc.constantFrom(...driverOps.split(' ')), frame, count)
      .map(([o, f, n]) => `${o};frame=${f};n=${n};p=0`),
  },
  optional,
);
const operation = fc.record(
  {
    name: fc.constantFrom(...driverOps.split(' '), ...others.split(' ')),
    v: fc.integer({ min: 0, max: 3 }),
    p: count,
    n: count,
    frame,
    prot,
    pgoff: count,
    self: fc.nat(1),
    set: flags,
    clear: flags,
    special: fc.nat(1),
    w: fc.nat(1),
    t: fc.nat(3),
    val: fc.nat(255),
    newn: count,
    to: fc.integer({ min: -1, max: 5 }),
    top: count,
    du: fc.nat(1),
    child: fc.integer({ min: 0, max: 4 }),
    adv: fc.constantFrom('dontneed', 'free', 'cold', 'pageout', 'populate_write', 'dontfork', 'wipeonfork', 'odd'),
    even: fc.nat(1),
    hold: fc.nat(1),
    longterm: fc.nat(1),
  },
  optional,
);

describe.each(families)('operations at random on %s (%s)', (machine, family) => {
  const [first, opened] = linesOf(join(selection, machine, `${family}.jsonl.gz`));
  const { begin: name } = JSON.parse(opened!) as { begin: string };

  test('are played or refused', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            mm: fc.constantFrom(0, 0, 0, 1, 2),
            op: fc.oneof({ weight: 1, arbitrary: mapping }, { weight: 3, arbitrary: operation }),
          }),
          { minLength: 4, maxLength: 40 },
        ),
        (steps) => {
          playAll([first!, opened!, ...steps.map((s, seq) => JSON.stringify({ scenario: name, seq, ...s }))]);
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });
});

/** Plays until the first record that is refused. Throws for anything else than a refusal. */
function playAll(lines: readonly string[]): void {
  const player = new Player('file', architectures, findArchitecture);
  for (const [i, line] of lines.entries()) {
    try {
      player.play(line, i + 1);
    } catch (error) {
      if (!(error instanceof TranscriptError)) throw error;
      expect(error.message).toMatch(/^file:\d+: \S/);
      expect(error.message).not.toContain('\n');
      return;
    }
  }
}
