// SPDX-License-Identifier: GPL-2.0-or-later
/** Where in its record an event names what does not exist. */
import type { LogReferenceError } from '@specialbit/core';
import { encodeEvent, type Json } from '@specialbit/events';
import { InputError } from '../errors.js';
import type { NumberedEvent } from './loaded-log.js';

/** The error as the user sees it: `FILE:LINE: PATH: no such mapping: ring2 (known: ring)`. */
export function referenceError(file: string, { event, line }: NumberedEvent, error: LogReferenceError): InputError {
  const path = pathOf(encodeEvent(event), error);
  return new InputError(error.code, `${file}:${line}: ${path === '' ? '' : `${path}: `}${error.message}`);
}

function pathOf(record: Json, { kind, found }: LogReferenceError): string {
  if (kind === 'mm') return 'mm';
  if (kind === 'child' || kind === 'opened mapping') return kind === 'child' ? 'child' : '';
  if (kind === 'address') return 'at';
  const named = (text: string): boolean => text === found || text.startsWith(`${found}[`);
  return find(record, named, kind === 'file' ? 'file' : undefined) ?? '';
}

/** The path of the first text that `matches`, under a key called `key` where one is given. */
function find(value: Json, matches: (text: string) => boolean, key?: string, path = ''): string | undefined {
  if (typeof value === 'string') {
    const under = key === undefined || path === key || path.endsWith(`.${key}`);
    return under && path !== 'type' && path !== 'label' && matches(value) ? path : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const deeper = Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    const found = find(member as Json, matches, key, deeper);
    if (found !== undefined) return found;
  }
  return undefined;
}
