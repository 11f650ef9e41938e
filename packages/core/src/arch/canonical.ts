// SPDX-License-Identifier: GPL-2.0-or-later
import { ArchError } from './errors.js';
import type { Field, FieldSpec, Step, Steps, StepsSpec, Test, TestSpec } from './layout.js';
import { type Mask, toMask } from './mask.js';

/** Brings tests and steps to their canonical form; `full` cuts masks such as "all of the protection" to the entry's width. */
export class Canonical {
  constructor(private readonly full: bigint) {}

  mask(mask: Mask, where: string): bigint {
    const value = toMask(mask, where);
    if (value & ~this.full) {
      throw new ArchError(
        'layout.width',
        `${where}: mask 0x${value.toString(16)} does not fit the entry, whose bits are 0x${this.full.toString(16)}`,
        'Correct the mask or pteBits',
      );
    }
    return value;
  }

  test(spec: TestSpec, where: string): Test {
    if (typeof spec === 'boolean') return { kind: 'const', value: spec };
    if (typeof spec !== 'object') {
      const mask = this.mask(spec, where);
      return { kind: 'equals', mask, value: mask };
    }
    if ('const' in spec) return { kind: 'const', value: spec.const };
    if ('not' in spec) return { kind: 'not', test: this.test(spec.not, where) };
    if ('any' in spec) return { kind: 'any', tests: spec.any.map((t) => this.test(t, where)) };
    if ('all' in spec) return { kind: 'all', tests: spec.all.map((t) => this.test(t, where)) };
    const mask = this.mask(spec.mask, where);
    if ('nonzero' in spec) return { kind: 'nonzero', mask };
    const value = this.mask(spec.value, where);
    if (value & ~mask) {
      throw new ArchError(
        'layout.mask',
        `${where}: value 0x${value.toString(16)} has bits outside mask 0x${mask.toString(16)}, so the test never holds`,
        'Add the bits to the mask or take them out of the value',
      );
    }
    return { kind: 'equals', mask, value };
  }

  steps(spec: StepsSpec, where: string): Steps {
    return (Array.isArray(spec) ? (spec as readonly StepsSpec[]) : [spec]).map((s) =>
      this.step(s as Exclude<StepsSpec, readonly unknown[]>, where),
    );
  }

  private step(spec: Exclude<StepsSpec, readonly unknown[]>, where: string): Step {
    if ('keep' in spec) return { kind: 'set', clear: this.full & ~toMask(spec.keep, where), or: 0n };
    if ('orProt' in spec) return { kind: 'prot', mask: this.full & toMask(spec.orProt, where) };
    if ('xor' in spec) return { kind: 'xor', mask: this.mask(spec.xor, where) };
    if ('if' in spec) return this.branch('if', spec.if, spec.do, spec.else ?? [], where);
    if ('ifOld' in spec) return this.branch('ifOld', spec.ifOld, spec.do, spec.else ?? [], where);
    if ('ifDiffer' in spec)
      return { kind: 'ifDiffer', test: this.test(spec.ifDiffer, where), do: this.steps(spec.do, where) };
    return { kind: 'set', clear: this.mask(spec.clear ?? 0n, where), or: this.mask(spec.or ?? 0n, where) };
  }

  private branch(kind: 'if' | 'ifOld', test: TestSpec, yes: StepsSpec, no: StepsSpec, where: string): Step {
    return { kind, test: this.test(test, where), do: this.steps(yes, where), else: this.steps(no, where) };
  }

  field(spec: FieldSpec, where: string, pteBits: number): Field {
    const { at, count, from = 0 } = spec;
    if (at < 0 || count < 1 || at + count > pteBits) {
      throw new ArchError(
        'layout.width',
        `${where}: a field of ${count} bits at bit ${at} does not fit an entry of ${pteBits} bits`,
        'Correct the field or pteBits',
      );
    }
    return { at, count, from };
  }
}
