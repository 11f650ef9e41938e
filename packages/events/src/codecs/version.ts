// SPDX-License-Identifier: GPL-2.0-or-later
import { LogError, type Where } from '../errors/log-error.js';
import { FORMAT_VERSION, headerVersion } from './header.js';

/** Rewrites JSON of one version of the format as the next version has it. */
export interface Upcaster {
  readonly header: (json: unknown) => unknown;
  readonly event: (json: unknown) => unknown;
}

/** From a version to what leads to the next one. There has been only one version so far. */
export const UPCASTERS: ReadonlyMap<number, Upcaster> = new Map();

/**
 * What turns the JSON of the log that starts with `header` into JSON of version `current`; undefined
 * when it is of that version already. Throws a LogError for a newer version, and for one without upcaster.
 */
export function upcasterFor(
  header: unknown,
  where: Where,
  upcasters: ReadonlyMap<number, Upcaster> = UPCASTERS,
  current: number = FORMAT_VERSION,
): Upcaster | undefined {
  const version = headerVersion(header, where);
  if (version === current) return undefined;
  if (version > current) {
    const expected = `a format version up to ${current} (update specialbit to read newer logs)`;
    throw new LogError({ ...where, code: 'version-newer', path: 'specialbit', expected, found: String(version) });
  }
  const steps: Upcaster[] = [];
  for (let from = version; from < current; from++) {
    const step = upcasters.get(from);
    if (step === undefined) {
      const expected = `a format version that can be read (${current})`;
      throw new LogError({ ...where, code: 'version-invalid', path: 'specialbit', expected, found: String(version) });
    }
    steps.push(step);
  }
  return {
    header: (json) => steps.reduce((value, step) => step.header(value), json),
    event: (json) => steps.reduce((value, step) => step.event(value), json),
  };
}
