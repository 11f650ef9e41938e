// SPDX-License-Identifier: GPL-2.0-or-later
/** The 40-bit format of docs/plugin-authoring.md, taken from there: with and without its special bit. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Architecture,
  type ArchitectureSpec,
  bit,
  bits,
  clear,
  defineArchitecture,
  defineBits,
  equals,
  inverted,
  modify,
  protections,
} from '@specialbit/core/arch';

const root = fileURLToPath(new URL('../../', import.meta.url));

const words = { bit, bits, clear, defineBits, equals, inverted, modify, protections };

/** Evaluates the guide's `src/lark.ts`, whose imports are `words`. */
function larkSpec(): ArchitectureSpec {
  const guide = readFileSync(`${root}docs/plugin-authoring.md`, 'utf8');
  const source = /^```ts file=src\/lark\.ts\n([\s\S]*?)^```$/m.exec(guide)?.[1] ?? '';
  const modifyLine = /^```ts replace=src\/lark\.ts\n\s*(ops: .*)\n^```$/m.exec(guide)?.[1] ?? '';
  const body = source
    .replace(/^import \{[\s\S]*?\} from '@specialbit\/core\/arch';$/m, '')
    .replace('export const larkSpec: ArchitectureSpec =', 'const larkSpec =')
    .replace(/^export const lark = .*$/m, '')
    .replace(/^\s*ops: .*$/m, modifyLine);
  return new Function(...Object.keys(words), `${body}\nreturn larkSpec;`)(...Object.values(words)) as ArchitectureSpec;
}

const spec = larkSpec();
export const lark: Architecture = defineArchitecture(spec);
/** Tracks memory types of pfn mappings, as only x86 does. */
export const lark_tracking: Architecture = defineArchitecture({
  ...spec,
  name: 'lark-tracking',
  facts: { ...spec.facts, PFNMAP_TRACKING: true },
});

const { special: _, ...flags } = spec.layout.flags ?? {};
export const lark_nospecial: Architecture = defineArchitecture({
  ...spec,
  name: 'lark-nospecial',
  layout: { ...spec.layout, flags },
});
