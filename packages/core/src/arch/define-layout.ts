// SPDX-License-Identifier: GPL-2.0-or-later
import { Canonical } from './canonical.js';
import { checkLayout } from './check.js';
import { ArchError } from './errors.js';
import {
  FLAG_OPS,
  type FlagName,
  type LayoutSpec,
  OP_NAMES,
  PGPROT_NAMES,
  type PgprotName,
  type PteLayout,
  type Steps,
  type StepsSpec,
  TEST_NAMES,
  type Test,
  type TestSpec,
} from './layout.js';
import { ones, toMask } from './mask.js';

/**
 * The canonical form of a layout: flags become tests and operations, defaults are filled in.
 * Throws ArchError when the layout cannot be right (see check.ts). Plugins call defineArchitecture,
 * which does this.
 */
export function defineLayout(spec: LayoutSpec): PteLayout {
  const layout = canonicalLayout(spec);
  checkLayout(layout);
  return layout;
}

/** `defineLayout` without the checks that compare parts with each other. */
export function canonicalLayout(spec: LayoutSpec): PteLayout {
  if (!Number.isInteger(spec.pteBits) || spec.pteBits < 8 || spec.pteBits > 64) {
    throw new ArchError(
      'layout.width',
      `pteBits is ${spec.pteBits}, but an entry has 8 to 64 bits`,
      'Give the number of bits that one page-table entry takes',
    );
  }
  const full = ones(spec.pteBits);
  const canonical = new Canonical(full);
  const testSpecs: Record<string, TestSpec> = {};
  const opSpecs: Record<string, StepsSpec> = {};
  for (const name of TEST_NAMES) testSpecs[name] = false;
  for (const name of OP_NAMES) opSpecs[name] = [];
  opSpecs.pgprot = { clear: spec.pfn.fields.reduce((mask, f) => mask | (ones(f.count) << BigInt(f.at)), 0n) };
  testSpecs.none = { mask: full, value: toMask(spec.empty ?? 0n, 'empty') };
  for (const [name, flag] of Object.entries(spec.flags ?? {})) {
    const [set, unset] = FLAG_OPS[name as FlagName];
    const isInverted = typeof flag === 'object';
    const mask = toMask(isInverted ? flag.inverted : flag, `flags.${name}`);
    testSpecs[name] = isInverted ? { mask, value: 0n } : { mask, value: mask };
    opSpecs[set] = isInverted ? { clear: mask } : { or: mask };
    if (unset) opSpecs[unset] = isInverted ? { or: mask } : { clear: mask };
  }
  for (const [name, test] of Object.entries(spec.tests)) if (test !== undefined) testSpecs[name] = test;
  for (const [name, op] of Object.entries(spec.ops)) if (op !== undefined) opSpecs[name] = op;

  const tests: Record<string, Test> = {};
  for (const [name, test] of Object.entries(testSpecs)) tests[name] = canonical.test(test, `tests.${name}`);
  const ops: Record<string, Steps> = {};
  for (const [name, op] of Object.entries(opSpecs)) ops[name] = canonical.steps(op, `ops.${name}`);
  const pgprot: { [K in PgprotName]?: Steps } = {};
  for (const name of PGPROT_NAMES) {
    const steps = spec.pgprot?.[name];
    if (steps !== undefined) pgprot[name] = canonical.steps(steps, `pgprot.${name}`);
  }
  const field = (f: Parameters<Canonical['field']>[0], where: string) => canonical.field(f, where, spec.pteBits);
  if (spec.protectionMap.length !== 16) {
    throw new ArchError(
      'layout.protection-map',
      `protectionMap has ${spec.protectionMap.length} entries, vm_get_page_prot needs 16`,
      'Give one protection for each combination of VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8',
    );
  }
  return {
    pteBits: spec.pteBits,
    pageShift: spec.pageShift,
    maxPhysmemBits: spec.maxPhysmemBits,
    bits: spec.bits ?? [],
    pfn: {
      fields: spec.pfn.fields.map((f, i) => field(f, `pfn.fields[${i}]`)),
      invertWhen: spec.pfn.invertWhen === undefined ? undefined : canonical.test(spec.pfn.invertWhen, 'pfn.invertWhen'),
      invertMask: canonical.mask(spec.pfn.invertMask ?? 0n, 'pfn.invertMask'),
    },
    tests: tests as PteLayout['tests'],
    ops: ops as PteLayout['ops'],
    pgprot,
    cachemode: {
      mask: canonical.mask(spec.cachemode?.mask ?? 0n, 'cachemode.mask'),
      values: spec.cachemode?.values ?? [],
    },
    construct: canonical.steps(spec.construct ?? [], 'construct'),
    empty: canonical.mask(spec.empty ?? 0n, 'empty'),
    protectionMap: spec.protectionMap.map((m, i) => canonical.mask(m, `protectionMap[${i}]`)),
    access: {
      user: canonical.test(spec.access.user, 'access.user'),
      exec: canonical.test(spec.access.exec, 'access.exec'),
      read: canonical.test(spec.access.read ?? true, 'access.read'),
    },
    swap: {
      base: canonical.mask(spec.swap.base ?? 0n, 'swap.base'),
      type: field(spec.swap.type, 'swap.type'),
      offset: spec.swap.offset.map((f, i) => field(f, `swap.offset[${i}]`)),
    },
    accepted: spec.accepted ?? {},
  };
}
