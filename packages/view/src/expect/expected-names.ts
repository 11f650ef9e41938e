// SPDX-License-Identifier: GPL-2.0-or-later
/** The names in expectations: one that is mistyped would be about no lane, or never be so, in silence. */
import { API_CHANGES, FEATURES, findProfile, PROFILES, REASONS } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { type Expect, LogError, suggestion } from '@specialbit/events';

interface Place {
  readonly file: string;
  readonly line: number;
}

/** Throws LogError for an architecture, a kernel, a feature or a reason that there is none of. `architectures`: all that there are. */
export function checkExpectedNames(
  { on = [], reason }: Expect,
  place: Place,
  architectures: readonly Architecture[],
): void {
  for (const [i, selector] of on.entries()) {
    for (const alternative of selector.split('|')) checkAlternative(alternative, place, `on[${i}]`, architectures);
  }
  if (reason !== undefined && !Object.hasOwn(REASONS, reason))
    throw unknown(place, 'reason', 'the name of a reason', reason, Object.keys(REASONS));
}

function checkAlternative(
  alternative: string,
  place: Place,
  path: string,
  architectures: readonly Architecture[],
): void {
  const text = alternative.replace(/^!/, '');
  if (text === 'pte_special') return;
  if (text.startsWith('feature:')) {
    const name = text.slice('feature:'.length);
    const known = featureNames(architectures);
    if (!known.includes(name)) throw unknown(place, path, 'a feature', name, known);
    return;
  }
  const [arch = '', kernel = ''] = text.split('@');
  const names = architectures.map(({ name }) => name);
  if (arch !== '' && !names.some((name) => fits(arch, name)))
    throw unknown(place, path, 'an architecture', arch, [...names, 'pte_special']);
  if (kernel !== '' && !isKernel(kernel))
    throw unknown(
      place,
      path,
      'a kernel',
      kernel,
      PROFILES.map(({ name }) => name.replace(/^linux-/, '')),
    );
}

/** Those of kernels, those that architectures bring, and what architectures have and no kernel decides: `pte_devmap`. */
function featureNames(architectures: readonly Architecture[]): string[] {
  const own = architectures.flatMap(({ features, changedBy }) => [
    ...changedBy.map(({ name }) => name),
    ...Object.keys(features),
  ]);
  return [...new Set([...[...Object.values(FEATURES), ...API_CHANGES].map(({ name }) => name), ...own])];
}

function isKernel(pattern: string): boolean {
  if (!pattern.includes('*')) return findProfile(pattern) !== undefined;
  return PROFILES.some(({ name, version }) => fits(pattern, name.replace(/^linux-/, '')) || fits(pattern, version));
}

/** A name with stars for any text. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+-]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

function unknown(place: Place, path: string, what: string, name: string, known: readonly string[]): LogError {
  return new LogError({
    ...place,
    code: 'field-invalid',
    path,
    expected: `${what}${suggestion(name, known)}`,
    found: JSON.stringify(name),
  });
}
