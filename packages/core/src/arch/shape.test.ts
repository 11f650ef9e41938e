// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { type ArchitectureSpec, defineArchitecture } from './architecture.js';
import { ArchError } from './errors.js';
import { toy } from './toy.testkit.js';

const { pageShift: _, ...layout } = toy;
const spec: ArchitectureSpec = {
  name: 'toy',
  family: 'toy',
  title: 'Toy',
  kconfig: 'TOY',
  source: ['a data sheet'],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0x80000000n,
  layout,
  mmu: { young: 'hardware', dirty: 'hardware' },
};

/** The toy with another value at a place that TypeScript would not allow. */
function spoiled(path: string, value: unknown): ArchitectureSpec {
  const copy = structuredClone(spec) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const at = keys.reduce((node, key) => node[key] as Record<string, unknown>, copy);
  at[last] = value;
  return copy as unknown as ArchitectureSpec;
}

it.each([
  ['layout.pfn.fields', [{}], 'layout.pfn.fields[0].at: expected a bit from 0 to 63, found nothing'],
  ['layout.pfn.fields', [null], 'layout.pfn.fields[0]'],
  ['layout.swap.type', { at: 1, count: '5' }, 'layout.swap.type.count: expected a number'],
  ['layout.maxPhysmemBits', Number.NaN, 'layout.maxPhysmemBits: expected a number of bits from 8 to 64, found NaN'],
  ['layout.access.user', { all: [null] }, 'layout.access.user: expected a test, found an object'],
  ['layout.ops.modify', [{ unknown: 1 }], 'layout.ops.modify: expected steps, found a list'],
  ['layout.protectionMap', [null], 'layout.protectionMap[0]: expected a mask, found null'],
  ['levels.pgd', [22], 'levels.pgd[1]: expected a number'],
  ['mmu.young', 'x', 'mmu.young: expected '],
  ['bits', 16, 'bits: expected '],
  ['override', 7, 'override: expected a function, found 7'],
])('%s that is %o is one error of ours', (path, value, message) => {
  const define = (): unknown => defineArchitecture(spoiled(path, value));
  expect(define).toThrow(ArchError);
  expect(define).toThrow(message);
});

it('a question that goes round in a circle is none', () => {
  const circle: Record<string, unknown> = {};
  circle.not = circle;
  expect(() => defineArchitecture(spoiled('layout.access.exec', circle))).toThrow(
    'layout.access.exec: expected a test',
  );
});
