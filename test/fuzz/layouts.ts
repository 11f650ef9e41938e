// SPDX-License-Identifier: GPL-2.0-or-later
/** Layouts of plugins, which TypeScript checks and nobody has to use: what is wrong is an ArchError, and no other. */
import {
  type ArchitectureSpec,
  bit,
  bits,
  clear,
  compileCodec,
  defineArchitecture,
  defineBits,
  equals,
  inverted,
  modify,
  protections,
} from '@specialbit/core/arch';
import { codeOf } from '@specialbit/events';
import { fault } from './command.js';
import { Random } from './random.js';
import type { Answer, Input, Reader } from './reader.js';

function spec(): ArchitectureSpec {
  const sheet = defineBits({
    V: [bit(0), 'valid'],
    D: [bit(1), 'dirty'],
    A: [bit(2), 'accessed'],
    U: [bit(3), 'for user mode'],
    RO: [bit(4), 'stores trap'],
    NX: [bit(5), 'fetches trap'],
    SPECIAL: [bit(6), 'special'],
    NONE: [bit(7), 'PROT_NONE', 'absent'],
    SWP_EXCLUSIVE: [bit(6), 'exclusive', 'swap'],
  });
  const B = sheet.mask;
  const readExec = B.V | B.A | B.U | B.RO;
  const writeExec = B.V | B.A | B.U;
  return {
    name: 'fuzzed',
    family: 'fuzzed',
    title: 'Fuzzed',
    kconfig: 'FUZZED',
    source: ['a data sheet'],
    bits: 32,
    levels: { pgd: [22, 1024], pte: [12, 1024] },
    TASK_SIZE: 0x80000000n,
    layout: {
      pteBits: 32,
      bits: sheet.bits,
      pfn: { fields: [{ at: 12, count: 20 }] },
      maxPhysmemBits: 32,
      flags: { write: inverted(B.RO), dirty: B.D, young: B.A, special: B.SPECIAL, swp_exclusive: B.SWP_EXCLUSIVE },
      tests: { present: { any: [equals(B.V, B.V), B.NONE] } },
      ops: { modify: modify(bits(31, 12) | B.A | B.D | B.SPECIAL) },
      protectionMap: protections({
        none: B.NONE | B.A,
        read: readExec | B.NX,
        readExec,
        write: writeExec | B.NX,
        writeExec,
      }),
      access: { user: { all: [B.V, B.U] }, exec: clear(B.NX) },
      swap: { type: { at: 1, count: 5 }, offset: [{ at: 12, count: 20 }] },
    },
    facts: { HAVE_GUP_FAST: true },
    mmu: { young: 'hardware', dirty: 'hardware' },
  };
}

type Tree = Record<string, unknown>;

const VALUES: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => 0,
  () => -1,
  () => 64,
  () => 1e9,
  () => Number.NaN,
  () => 0.5,
  () => 0n,
  () => -1n,
  () => 1n << 70n,
  () => (1n << 64n) - 1n,
  () => '',
  () => 'x\u001b[31m',
  () => '__proto__',
  () => true,
  () => [],
  () => [null],
  () => [[]],
  () => ({}),
  () => ({ any: [] }),
  () => ({ all: [{ any: [{}] }] }),
  () => () => 1,
  () => Symbol('x'),
];

function mutate(tree: Tree, random: Random): string {
  let at = tree;
  const path: string[] = [];
  for (;;) {
    const keys = Object.keys(at);
    const key = random.pick(keys);
    if (key === undefined) return path.join('.');
    path.push(key);
    const inner = at[key];
    const deeper =
      typeof inner === 'object' && inner !== null && !Object.isFrozen(inner) && Object.keys(inner).length > 0;
    if (deeper && !random.once(4)) {
      at = inner as Tree;
      continue;
    }
    switch (random.below(5)) {
      case 0:
        delete at[key];
        break;
      case 1:
        at[random.pick(keys)] = inner;
        break;
      default:
        at[key] = random.pick(VALUES)();
    }
    return path.join('.');
  }
}

/** Of what may be frozen, with functions as they are. */
function thawed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(thawed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, thawed(one)]));
}

async function define(input: Input): Promise<Answer> {
  const random = new Random(Buffer.from(input.bytes).readUInt32LE(0));
  const tree = thawed(spec()) as Tree;
  const where = [mutate(tree, random), ...(random.once(3) ? [mutate(tree, random)] : [])].join(', ');
  try {
    const arch = defineArchitecture(tree as unknown as ArchitectureSpec);
    void arch.layout;
    compileCodec(arch.layout);
    return { rejected: false };
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined && code !== 'internal' && !/0xNaN/.test((error as Error).message)) return { rejected: true };
    const { stack, message } = error as Error;
    const line = /at (\S+)/.exec(stack ?? '')?.[1] ?? '';
    return { rejected: true, fault: fault('internal error', `${where}: ${stack}`, `${message} in ${line}`) };
  }
}

export const LAYOUTS: Reader = {
  name: 'layout',
  whole: true,
  make: (random) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(random.next());
    return { name: 'seed', bytes, args: [] };
  },
  run: define,
};
