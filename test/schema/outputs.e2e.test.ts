// SPDX-License-Identifier: GPL-2.0-or-later
/** What commands print with --json, and transcripts, are what their schemas say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../packages/cli/src/commands.js';
import { SCHEMAS } from '../../packages/cli/src/schema/schemas.js';
import { root } from '../cli/specialbit.testkit.js';
import { inProcess } from '../cli-time/in-process.testkit.js';

const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
const schemas = new Map(SCHEMAS.map(({ name, schema }) => [name, schema() as object]));

const compiled = (name: string): ValidateFunction => ajv.compile(schemas.get(name)!);
const S01 = join(root, 'examples/s01-same-driver.jsonl');
const S13 = join(root, 'examples/s13-cow-linear-rule.jsonl');
const S10 = join(root, 'examples/s10-binder.jsonl');

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
  export: [['export', S13, '--format', 'markdown']],
  link: [['link', S01]],
  verify: [
    ['verify', S01],
    ['verify', join(root, 'test/cli/transcripts/arm.jsonl.gz'), '--jobs', '1'],
  ],
  'lab.doctor': [['lab', 'doctor']],
  record: [['record', '--print']],
  decode: [['decode', '--arch', 'x86_64', '8000000071c00227']],
  'arch.list': [['arch', 'list']],
  'arch.show': [['arch', 'show', 'm68k']],
  'arch.decode': [['arch', 'decode', 'x86_64', '0x8000000071c00227']],
  'arch.encode': [['arch', 'encode', 'x86_64', '--swap', '1:0x40']],
  'arch.check': [['arch', 'check', 'm68k']],
  'kernel.list': [['kernel', 'list']],
  'kernel.show': [['kernel', 'show', '6.12']],
  'kernel.diff': [['kernel', 'diff', '6.12', '7.3']],
  'kernel.facts': [['kernel', 'facts', 'vm_insert_page']],
  'kernel.bisect': [['kernel', 'bisect', join(root, 'examples/s12-zero-page.jsonl'), '--lane', 'arm@6.1,arm@6.12']],
  'gallery.list': [['gallery', 'list']],
  'gallery.show': [['gallery', 'show', 'S01']],
  'gallery.run': [['gallery', 'run', 'S01']],
  schema: [['schema', '--list']],
  errors: [['errors', 'field-invalid']],
  'errors.all': [['errors']],
};

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
    const { out, err } = await inProcess([...args, '--json']);
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

/** What these print has no schema yet, or no form of its own: a log, a link's page, a conversation. */
const WITHOUT = [
  'advise',
  'atlas',
  'scan',
  'sweep',
  'merge',
  'worker',
  'view',
  'prove',
  'fuzz',
  'import',
  'transcribe',
  'mcp',
  'lsp',
  'man',
  'completion',
  'reproduce',
];

it('is printed as it is', async () => {
  const { out } = await inProcess(['schema', 'output.blame']);
  expect(JSON.parse(out)).toEqual(schemas.get('output.blame'));
});

it('every command has a schema, or is known to have none', () => {
  const having = new Set(
    [...schemas.keys()].filter((name) => name.startsWith('output.')).map((name) => name.split('.')[1] ?? name),
  );
  for (const { name } of COMMANDS) expect(having.has(name) !== WITHOUT.includes(name), name).toBe(true);
});
