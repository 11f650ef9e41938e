// SPDX-License-Identifier: GPL-2.0-or-later
/** The schemas say of a line what its reader says, as far as a schema can say it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeEvent, decodeHeader, EVENT_TYPES, encodeEvent, encodeHeader } from '@specialbit/events';
import { LOG_SCHEMAS, logSchema } from '@specialbit/events/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logEvent, logHeader } from '../../packages/events/src/codecs/arbitrary.testkit.js';
import { mutated } from './mutate.testkit.js';

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
const compiled = new Map<string, ReturnType<Ajv2020['compile']>>();
function takes(name: string, json: unknown): boolean {
  const validate = compiled.get(name) ?? ajv.compile(logSchema(name)!);
  compiled.set(name, validate);
  return validate(json) === true;
}

const reads = (json: unknown): boolean => {
  try {
    if (typeof json === 'object' && json !== null && 'specialbit' in json) decodeHeader(json);
    else decodeEvent(json);
    return true;
  } catch {
    return false;
  }
};

/** What a schema cannot say: that a label is the mapping's own, and that ranges of frames ascend. */
function beyondSchemas(json: unknown): boolean {
  try {
    if (typeof json === 'object' && json !== null && 'specialbit' in json) decodeHeader(json);
    else decodeEvent(json);
    return false;
  } catch (error) {
    const { message } = error as Error;
    return /a page of the new mapping|ascending ranges|a range \[first pfn, end pfn\] that is not empty/.test(message);
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

function linesBelow(folder: string): { readonly at: string; readonly json: unknown }[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  return files.flatMap((file) =>
    readFileSync(`${folder}/${file}`, 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        /^\s*\{/.test(line) ? [{ at: `${file}:${i + 1}`, json: JSON.parse(line) as unknown }] : [],
      ),
  );
}

const examples = linesBelow(`${root}examples`);

it('takes every line of every example and of the gallery', () => {
  expect(examples.length).toBeGreaterThan(1000);
  const refused = examples.filter(({ json }) => !takes('line', json) && reads(json));
  expect(refused.map(({ at }) => at)).toEqual([]);
});

it('has every schema under its own name, whole', () => {
  expect(LOG_SCHEMAS).toEqual([
    'line',
    'header',
    'event',
    'expectation',
    ...EVENT_TYPES.map((type) => `event.${type}`),
  ]);
  for (const name of LOG_SCHEMAS) {
    expect(ajv.validateSchema(logSchema(name)!), name).toBe(true);
    const text = JSON.stringify(logSchema(name));
    const { $defs = {} } = logSchema(name)!;
    for (const [, ref] of text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)) expect($defs, name).toHaveProperty([ref!]);
  }
  expect(logSchema('event.nothing')).toBeUndefined();
});

it('takes what the codecs write, and what they decode to', () => {
  fc.assert(
    fc.property(logEvent, (event) => {
      const json = encodeEvent(event);
      expect(takes('line', json), JSON.stringify(json)).toBe(true);
    }),
    { numRuns: 500, seed: 1 },
  );
  fc.assert(
    fc.property(logHeader, (header) => {
      expect(takes('line', encodeHeader(header)), JSON.stringify(header)).toBe(true);
    }),
    { numRuns: 200, seed: 1 },
  );
});

it('says of mutated lines what the reader says', () => {
  const given = fc.oneof(
    fc.constantFrom(...examples.map(({ json }) => json)),
    logEvent.map((event) => encodeEvent(event) as unknown),
    logHeader.map((header) => encodeHeader(header) as unknown),
  );
  let refused = 0;
  fc.assert(
    fc.property(given, fc.infiniteStream(fc.nat(2 ** 31 - 1)), (json, numbers) => {
      const wrong = mutated(json, numbers);
      const read = reads(wrong);
      if (!read && beyondSchemas(wrong)) return;
      if (!read) refused++;
      expect(takes('line', wrong), JSON.stringify(wrong)).toBe(read);
    }),
    { numRuns: 4000, seed: 20 },
  );
  // not all of them are wrong, and many are
  expect(refused).toBeGreaterThan(1000);
});
