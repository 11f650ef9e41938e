// SPDX-License-Identifier: GPL-2.0-or-later
/** The types of a plugin's layout, asked of what a plugin really is: nobody has to write it in TypeScript. */
import * as t from 'io-ts';
import { ArchError } from './errors.js';
import type { StepSpec, StepsSpec, TestSpec } from './layout.js';

const within = (name: string, low: number, high: number) =>
  t.refinement(t.number, (n) => Number.isInteger(n) && n >= low && n <= high, `${name} from ${low} to ${high}`);

const mask = new t.Type<bigint | number | string>(
  'a mask',
  (u): u is bigint | number | string => typeof u === 'bigint' || typeof u === 'number' || typeof u === 'string',
  (u, c) => (typeof u === 'bigint' || typeof u === 'number' || typeof u === 'string' ? t.success(u) : t.failure(u, c)),
  t.identity,
);

/** Whoever nests questions deeper has made a circle. */
const DEEP = 40;

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u);

function isTest(u: unknown, depth = 0): u is TestSpec {
  if (depth > DEEP) return false;
  if (typeof u === 'boolean' || mask.is(u)) return true;
  if (!isRecord(u)) return false;
  if ('const' in u) return typeof u.const === 'boolean';
  if ('not' in u) return isTest(u.not, depth + 1);
  const several = 'any' in u ? u.any : u.all;
  if (several !== undefined)
    return Array.isArray(several) && Array.from(several).every((one) => isTest(one, depth + 1));
  return mask.is(u.mask) && ('nonzero' in u ? u.nonzero === true : mask.is(u.value));
}

function isStep(u: unknown, depth: number): u is StepSpec {
  if (depth > DEEP || !isRecord(u)) return false;
  const asked = u.if ?? u.ifOld ?? u.ifDiffer;
  if (asked !== undefined)
    return isTest(asked) && isSteps(u.do, depth + 1) && (u.else === undefined || isSteps(u.else, depth + 1));
  const masks = [u.clear, u.or, u.keep, u.orProt, u.xor].filter((one) => one !== undefined);
  return masks.length > 0 && masks.every((one) => mask.is(one));
}

function isSteps(u: unknown, depth = 0): u is StepsSpec {
  return Array.isArray(u) ? Array.from(u).every((one) => isStep(one, depth)) : isStep(u, depth);
}

const one = <T>(name: string, is: (u: unknown) => u is T): t.Type<T, T> =>
  new t.Type<T, T>(name, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c)), t.identity);

const test = one('a test', (u): u is TestSpec => isTest(u));
const steps = one('steps', (u): u is StepsSpec => isSteps(u));

const optional = <C extends t.Mixed>(codec: C) => t.union([codec, t.undefined], codec.name);
const textRecord = <C extends t.Mixed>(codec: C) => t.record(t.string, optional(codec));

const field = t.intersection([
  t.type({ at: within('a bit', 0, 63), count: within('a number of bits', 1, 64) }),
  t.partial({ from: within('a bit', 0, 63) }),
]);
const names = t.array(
  t.type({
    name: t.string,
    mask: t.bigint,
    meaning: t.string,
    kind: t.keyof({ page: 0, absent: 0, swap: 0, directory: 0, mask: 0 }),
  }),
);
const pfn = t.intersection([t.type({ fields: t.array(field) }), t.partial({ invertWhen: test, invertMask: mask })]);
const access = t.intersection([t.type({ user: test, exec: test }), t.partial({ read: test })]);
const flag = t.union([mask, t.type({ inverted: mask })], 'a mask, or inverted()');

const layout = t.intersection([
  t.type({
    pteBits: t.Int,
    pfn,
    tests: textRecord(test),
    ops: textRecord(steps),
    protectionMap: t.array(mask),
    access,
    swap: t.intersection([t.type({ type: field, offset: t.array(field) }), t.partial({ base: mask })]),
  }),
  t.partial({
    bits: names,
    maxPhysmemBits: within('a number of bits', 8, 64),
    flags: textRecord(flag),
    pgprot: textRecord(steps),
    cachemode: t.type({ mask, values: t.array(t.tuple([t.bigint, t.string])) }),
    construct: steps,
    empty: mask,
    accepted: t.record(t.string, t.string),
  }),
]);

const level = t.tuple([within('a shift', 0, 62), within('a number of entries', 1, 2 ** 20)]);
const rule = t.intersection([t.type({ if: test }), t.partial({ do: steps, allow: test })]);
const recorder = t.keyof({ hardware: 0, 'tlb-refill': 0, fault: 0, nobody: 0 });
const call = one('a function', (u): u is () => unknown => typeof u === 'function');

const huge = t.intersection([
  t.type({ kconfig: t.string, tests: textRecord(test), ops: textRecord(steps) }),
  t.partial({ bits: names, access, pfn, construct: steps, empty: mask, ownFormat: t.literal(true) }),
]);

const architecture = t.intersection([
  t.type({
    bits: t.union([t.literal(32), t.literal(64)]),
    levels: t.intersection([t.type({ pgd: level, pte: level }), t.partial({ p4d: level, pud: level, pmd: level })]),
    TASK_SIZE: t.bigint,
    source: t.array(t.string),
    layout,
    mmu: t.intersection([t.type({ young: recorder, dirty: recorder }), t.partial({ rules: textRecord(rule) })]),
  }),
  t.partial({
    aliases: t.array(t.string),
    notes: t.array(t.string),
    bigEndian: t.boolean,
    special: t.partial({ pmd: t.boolean, pud: t.boolean }),
    huge: t.partial({ pmd: t.union([call, huge]), pud: t.union([call, huge]) }),
    features: textRecord(t.boolean),
    facts: t.UnknownRecord,
    override: call,
    hw_pte: call,
    ptep: t.type({ kconfig: t.string, of: call }),
    changes: t.array(t.UnknownRecord),
  }),
]);

/** Throws ArchError `arch.member` for the first member that is not what ArchitectureSpec says. */
export function checkShape(spec: { readonly name: string }): void {
  const decoded = architecture.decode(spec);
  if (decoded._tag === 'Right') return;
  // of the ways in which it could have been right the one that came farthest
  const [first] = [...decoded.left].sort((a, b) => b.context.length - a.context.length);
  const path = first!.context
    .filter(({ key }, i, all) => key !== '' && !isChoice(all[i - 1]?.type))
    .map(({ key }) => key);
  const where = path.join('.').replace(/\.(\d+)/g, '[$1]');
  throw new ArchError(
    'arch.member',
    `${spec.name}: ${where}: expected ${first!.context.at(-1)!.type.name}, found ${shown(first!.value)}`,
    'See ArchitectureSpec in @specialbit/core/arch for what a plugin must say',
  );
}

/** Its members are numbered, and no part of a path. */
const isChoice = (type: t.Decoder<unknown, unknown> | undefined): boolean =>
  type instanceof t.IntersectionType || type instanceof t.UnionType;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value).slice(0, 60);
}
