// SPDX-License-Identifier: GPL-2.0-or-later
/** What TypeScript asks of a plugin, asked again for those that are written in JavaScript. */
import { ArchError } from './errors.js';

type Kind = 'string' | 'number' | 'bigint' | 'object' | 'array';

/** Members without which nothing can be defined, by their path. */
const REQUIRED: readonly (readonly [path: string, kind: Kind])[] = [
  ['name', 'string'],
  ['family', 'string'],
  ['title', 'string'],
  ['kconfig', 'string'],
  ['source', 'array'],
  ['bits', 'number'],
  ['levels', 'object'],
  ['levels.pgd', 'array'],
  ['levels.pte', 'array'],
  ['TASK_SIZE', 'bigint'],
  ['layout', 'object'],
  ['layout.pteBits', 'number'],
  ['layout.pfn', 'object'],
  ['layout.pfn.fields', 'array'],
  ['layout.tests', 'object'],
  ['layout.ops', 'object'],
  ['layout.ops.modify', 'object'],
  ['layout.protectionMap', 'array'],
  ['layout.access', 'object'],
  ['layout.swap', 'object'],
  ['layout.swap.type', 'object'],
  ['layout.swap.offset', 'array'],
  ['mmu', 'object'],
];

/** Throws ArchError `arch.member` for the first member that is missing or of another kind. */
export function requireMembers(spec: object): void {
  const name = (spec as { name?: unknown }).name;
  const who = typeof name === 'string' ? name : 'an architecture without a name';
  for (const [path, kind] of REQUIRED) {
    const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], spec);
    const found = kindOf(value);
    if (found === kind || (kind === 'object' && found === 'array')) continue;
    throw new ArchError(
      'arch.member',
      `${who}: ${path} is ${found === 'undefined' ? 'missing' : `of type ${found}`}, expected ${article(kind)}`,
      'See ArchitectureSpec in @specialbit/core/arch for what a plugin must say',
    );
  }
  const tests = (spec as { layout: { tests: Record<string, unknown> } }).layout.tests;
  if (tests.present === undefined) {
    throw new ArchError(
      'arch.member',
      `${who}: layout.tests.present is missing, expected a mask or a test`,
      'Say which bits make an entry present',
    );
  }
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);
const article = (kind: Kind): string => `${/^[ao]/.test(kind) ? 'an' : 'a'} ${kind}`;
