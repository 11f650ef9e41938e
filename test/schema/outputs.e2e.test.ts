// SPDX-License-Identifier: GPL-2.0-or-later
/** What commands print with --json, and transcripts, are what their schemas say. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, expect, it } from 'vitest';
import { SCHEMAS } from '../../packages/cli/src/schema/schemas.js';
import { root, specialbit } from '../cli/specialbit.testkit.js';
import { inProcess } from '../cli-time/in-process.testkit.js';

const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
const schemas = new Map(SCHEMAS.map(({ name, schema }) => [name, schema() as object]));

const compiled = (name: string): ValidateFunction => ajv.compile(schemas.get(name)!);
const S01 = join(root, 'examples/s01-same-driver.jsonl');
const S13 = join(root, 'examples/s13-cow-linear-rule.jsonl');
const S10 = join(root, 'examples/s10-binder.jsonl');
const LEAKS = join(root, 'test/scan/drivers/leaks.c');
const STRACE = join(root, 'test/pasted/strace/b02-strace-pid-attached-midline.txt');
const SPLATS = join(root, 'test/pasted/splats');
const TRANSCRIPT = join(root, 'test/cli/transcripts/arm.jsonl.gz');

const folder = mkdtempSync(join(tmpdir(), 'specialbit-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const LINK = (await inProcess(['link', S13])).out.trim();
const SWEEP = ['sweep', '--lane', 'x86_64,arm', '--runs', '100', '--job', '100', '--length', '4'];

/** By output, command lines that print it. */
const RUNS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  replay: [
    ['replay', S01],
    ['replay', join(root, 'examples/memory-types.jsonl')],
    ['replay', join(root, 'examples/bad-page-map.jsonl')],
  ],
  compare: [
    ['compare', S01, '--at', '2'],
    ['compare', S10, '--lane', 'x86_64,arm'],
    ['compare', S13],
  ],
  table: [['table', S01, S13, '--lane', 'x86_64,arm']],
  'explain.page': [['explain', S01, 'bo[0]', '--at', '2']],
  'explain.event': [['explain', S10, '--event', '3']],
  'compare.logs': [['compare', S01, S01, '--lane', 'x86_64']],
  'explain.expectation': [['explain', join(root, 'examples/porting/action-beyond.jsonl'), '--event', '4']],
  advise: [['advise', '--memory', 'device', '--need', 'revoke', '--lane', 'arm']],
  'advise.list': [['advise', '--list']],
  'atlas.list': [['atlas', '--list']],
  scan: [['scan', LEAKS, '--lane', 'x86_64']],
  sweep: [SWEEP],
  'sweep.shard': [[...SWEEP, '--shard', '1/1', '-o', join(folder, 'one.sweep')]],
  merge: [['merge', join(folder, 'one.sweep')]],
  import: [
    ['import', 'strace', STRACE],
    ['import', 'strace', STRACE, '-o', join(folder, 'imported.jsonl')],
  ],
  transcribe: [
    ['transcribe', TRANSCRIPT],
    ['transcribe', '--strip', TRANSCRIPT],
  ],
  reproduce: [['reproduce', S01]],
  'reproduce.table': [['reproduce', '--table', S01, S10]],
  view: [['view', '-o', join(folder, 'view.html')]],
  mcp: [['mcp']],
  lsp: [['lsp']],
  man: [['man', 'replay']],
  completion: [['completion', 'fish']],
  search: [
    ['search', '--lane', 'x86_64,arm', '--depth', '1', '--pages', '1'],
    ['search', '--cover', '--lane', 'x86_64', '--depth', '1', '--pages', '1'],
  ],
  shrink: [['shrink', S13, '--lane', 'x86_64,arm']],
  interleave: [['interleave', join(root, 'examples/threads/s10-without-lock.jsonl'), '--goal', 'crash']],
  ledger: [['ledger', '--lane', 'arm-lpae,arm', '--depth', '1']],
  step: [['step', S13]],
  diff: [
    ['diff', S01, '--from', '1', '--to', '2'],
    ['diff', S01],
  ],
  blame: [
    ['blame', S01, 'bo[0]'],
    ['blame', S01, 'P0'],
  ],
  mapcount: [['mapcount', S01]],
  export: [
    ['export', S13, '--format', 'markdown'],
    ['export', S13, '--format', 'chrome-trace'],
    ['export', S13, '--format', 'csv', '-o', join(folder, 'tables')],
  ],
  link: [['link', S01]],
  open: [['open', LINK]],
  verify: [
    ['verify', S01],
    ['verify', TRANSCRIPT, '--jobs', '1'],
  ],
  'lab.doctor': [['lab', 'doctor']],
  record: [['record', '--print']],
  decode: [
    ['decode', '--arch', 'x86_64', '8000000071c00227'],
    ['decode', '--arch', 'x86_64,arm', '8000000071c00227', '0'],
    ['decode', ...['a04-ppc32-g4-6.0.9.txt', 'a26-two-reports.txt'].map((name) => join(SPLATS, name))],
    ['decode', '00007f0000001000: 0000000012345000 X---A-U-W'],
  ],
  'arch.list': [['arch', 'list']],
  'arch.show': [['arch', 'show', 'm68k']],
  'arch.decode': [['arch', 'decode', 'x86_64', '0x8000000071c00227']],
  'arch.encode': [['arch', 'encode', 'x86_64', '--swap', '1:0x40']],
  'arch.diff': [['arch', 'diff', 'x86_64', 'arm', S01, S13]],
  'arch.new': [['arch', 'new', 'lark', '--dir', join(folder, 'lark')]],
  'arch.check': [['arch', 'check', 'm68k']],
  'kernel.list': [['kernel', 'list']],
  'kernel.show': [['kernel', 'show', '6.12']],
  'kernel.diff': [['kernel', 'diff', '6.12', '7.3']],
  'kernel.flags': [
    ['kernel', 'flags', '6.12'],
    ['kernel', 'flags', '6.12', '7.3'],
  ],
  'kernel.facts': [['kernel', 'facts', 'vm_insert_page']],
  'kernel.bisect': [['kernel', 'bisect', join(root, 'examples/s12-zero-page.jsonl'), '--lane', 'arm@6.1,arm@6.12']],
  'gallery.list': [['gallery', 'list']],
  'gallery.show': [['gallery', 'show', 'S01']],
  'gallery.run': [['gallery', 'run', 'S01']],
  'gallery.run.kernels': [['gallery', 'run', 'S01', '--kernel', '6.12']],
  schema: [['schema', '--list']],
  errors: [['errors', 'field-invalid']],
  'errors.all': [['errors']],
};

/** Their threads are files of the build. */
const THREADS = ['sweep', 'sweep.shard', 'merge'];

/** JSON, or JSON Lines. */
function records(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }
}

it.each(Object.entries(RUNS))('%s', async (name, lines) => {
  const validate = compiled(`output.${name}`);
  for (const args of lines) {
    const { out, err } = await (THREADS.includes(name) ? specialbit : inProcess)([...args, '--json']);
    expect(out, err).not.toBe('');
    for (const record of records(out)) {
      expect(validate(record), `${args.join(' ')}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      // with a member gone that must be there it is no such output
      const { required = [] } = schemas.get(`output.${name}`) as { readonly required?: readonly string[] };
      for (const gone of required) expect(validate({ ...(record as object), [gone]: undefined }), gone).toBe(false);
      expect(validate(17)).toBe(false);
    }
  }
});

it('transcripts are what their schema says', () => {
  const validate = compiled('transcript');
  const text = gunzipSync(readFileSync(join(root, 'test/cli/transcripts/arm.jsonl.gz'))).toString();
  for (const record of records(text)) expect(validate(record), ajv.errorsText(validate.errors)).toBe(true);
  for (const wrong of [
    {},
    { header: 2 },
    { begin: 1 },
    { scenario: 'a', seq: '1' },
    { scenario: 'a', seq: 0, dump: {} },
  ])
    expect(validate(wrong), JSON.stringify(wrong)).toBe(false);
});

/** Asked of real kernels, of a queue, of kernel sources, or long to make: compiled with the type of their schema instead. */
const COMPILED = ['atlas', 'prove', 'lab.build', 'lab.run', 'lab.clean', 'fuzz', 'worker', 'kernel.check'];

it('is printed as it is', async () => {
  const { out } = await inProcess(['schema', 'output.blame']);
  expect(JSON.parse(out)).toEqual(schemas.get('output.blame'));
});

it('every schema has a run', () => {
  const names = [...schemas.keys()].flatMap((name) => (name.startsWith('output.') ? [name.slice(7)] : []));
  expect(names.filter((name) => !(name in RUNS)).sort()).toEqual([...COMPILED].sort());
});
