// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the members of a record say of each other, as the checks of its codec have it (`RecordSpec.check`). What a schema
 * cannot say is left to the reader: ranges that ascend, labels that are the mapping's own, names that exist.
 */
import { CLAIMS, OF_PAGE } from '../codecs/expect.js';
import { MOST_ZERO_PAGES } from '../codecs/header.js';
import { type JsonSchema, when } from './json-schema.js';

const has = (...required: readonly string[]): JsonSchema => ({ required });
const never = (schema: JsonSchema): JsonSchema => ({ not: schema });
/** A flag that is said and true: false is the same as nothing. */
const isTrue = (key: string): JsonSchema => ({ properties: { [key]: { const: true } }, required: [key] });
const is = (key: string, ...values: readonly string[]): JsonSchema => ({
  properties: { [key]: { enum: values } },
  required: [key],
});

const noValueInReads: JsonSchema = when(has('value'), is('op', 'write'));

/** By the type of an event, or the word for a record. */
export const RULES: Readonly<Record<string, readonly JsonSchema[]>> = {
  access: [noValueInReads],
  access_process_vm: [when(has('value'), isTrue('write'))],
  fault: [
    when(is('do', 'call'), has('call'), never(has('call'))),
    when(is('do', 'call', 'sigbus'), never(has('frame')), has('frame')),
  ],
  'a block': [never({ allOf: [isTrue('compound'), isTrue('device')] })],
  'a machine': [
    when(has('zero_pages'), {
      properties: { zero_pages: { anyOf: [{ type: 'string' }, { maximum: MOST_ZERO_PAGES }] } },
    }),
  ],
  remap_vmalloc_range: [never(has('size'))],
  vmf_insert_pfn: [never(has('prot'))],
  set_vm_pgoff: [never({ allOf: [has('frame'), isTrue('self')] })],
  set_pte: [{ anyOf: [has('frame'), has('raw')] }],
  expect: [
    { anyOf: CLAIMS.map((claim) => has(claim)) },
    when({ anyOf: OF_PAGE.map((member) => has(member)) }, has('at')),
    when({ anyOf: [has('count'), has('mapcount')] }, { anyOf: [has('at'), has('frame')] }),
  ],
};

/** `->mmap` runs with the lock held for writing. */
export const CALL_RULES: readonly JsonSchema[] = [never(has('mmap_lock'))];

/** Members that older logs have, and that are read as what took their place. */
export const FORMERLY: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  ops: { no_split: { type: 'boolean', deprecated: true, description: 'Formerly, for may_split: "EINVAL".' } },
};
