// SPDX-License-Identifier: GPL-2.0-or-later
/** Return values as an expectation writes them. */
import { errnoCode, errnoName } from '../kernel/base/errno.js';
import { vmFaultText } from '../kernel/base/mm-types.js';
import type { Outcome } from '../kernel/base/outcome.js';

/** Did the event return what is expected: `-ENOMEM`, `3`, `VM_FAULT_NOPAGE`, `mapped`? */
export function returnedAs(expected: string, out: Outcome): boolean {
  if (out.crash !== null || out.signal !== null) return false;
  if (expected === 'mapped') return out.ret >= 0 && out.mapped >= 0;
  if (expected.startsWith('VM_FAULT_')) return vmFaultText(out.ret) === expected;
  if (expected.startsWith('-E')) return out.ret === -(errnoCode(expected.slice(1)) ?? Number.NaN);
  return out.ret === Number(expected);
}

/** What it returned, in the terms of what was expected. */
export function returnedText(expected: string, out: Outcome): string {
  if (out.crash !== null) return `${out.crash.kind} (${out.crash.what})`;
  if (out.signal !== null) return out.signal;
  if (out.ret < 0) return `-${errnoName(out.ret) ?? -out.ret}`;
  if (expected.startsWith('VM_FAULT_')) return vmFaultText(out.ret);
  return out.mapped >= 0 ? 'mapped' : String(out.ret);
}
