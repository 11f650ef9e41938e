// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import type { LogErrorCode } from '../errors/catalogue.js';
import { describe } from '../errors/describe.js';

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A codec between canonical values and JSON; it reads more forms than it writes. */
export type JsonCodec<A> = t.Type<A, Json, unknown>;

/** An io-ts error that also carries what a message of ours needs. */
export interface Failure extends t.ValidationError {
  readonly code: LogErrorCode;
  readonly expected: string;
  readonly found: string;
}

export interface FailureDetails {
  readonly code?: LogErrorCode;
  readonly found?: string;
}

/** A validation that failed: `expected` is worded so that it fits after "expected ". */
export function fail(
  value: unknown,
  context: t.Context,
  expected: string,
  details: FailureDetails = {},
): ReturnType<typeof t.failures<never>> {
  const { code = value === undefined ? 'field-missing' : 'field-invalid', found = describe(value) } = details;
  const failure: Failure = { value, context, code, expected, found };
  return t.failures([failure]);
}

/** `ops.fault.frame`, `call[1].at`: the keys of a context behind its root. */
export function pathOf(context: t.Context): string {
  let path = '';
  for (let i = 1; i < context.length; i++) {
    const { key } = context[i]!;
    if (/^\d+$/.test(key)) path += `[${key}]`;
    else path += path === '' ? key : `.${key}`;
  }
  return path;
}

/** The first of the errors as a failure of ours; those of io-ts's own codecs say less. */
export function firstFailure(errors: t.Errors): Failure {
  const first = errors[0]!;
  if (isFailure(first)) return first;
  const type = first.context[first.context.length - 1]?.type.name ?? 'something else';
  return { ...first, code: 'field-invalid', expected: type, found: describe(first.value) };
}

function isFailure(error: t.ValidationError): error is Failure {
  return 'expected' in error && 'code' in error;
}
