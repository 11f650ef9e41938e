// SPDX-License-Identifier: GPL-2.0-or-later
/** A divergence in a few words. */
import type { LogEvent } from '@specialbit/events';
import { byGravity, type Part } from './divergence.js';

/** What is told of one event. */
export interface Told {
  readonly event: LogEvent;
  /** The call that acted. */
  readonly api: string;
  readonly parts: readonly { readonly part: Part; readonly move: string | undefined }[];
}

/** To follow "at event 17: ". */
export function headlineOf({ event, api, parts }: Told, lanes: readonly string[]): string {
  const [gravest] = [...parts].sort((a, b) => byGravity(a.part, b.part));
  const { part, move } = gravest!;
  if (move !== undefined) return `${api} ${move}`;
  const values = valuesText(part, lanes);
  switch (part.kind) {
    case 'crash':
      return `${api} kills the kernel on ${lanes.filter((_, l) => part.values[l] !== 'none').join(', ')}`;
    case 'signal':
      return part.aspect === 'signal' ? `${api}: ${values}` : `${api}, ${part.aspect}: ${values}`;
    case 'return':
      return `${event.type} returned ${values}`;
    case 'message': {
      const reporting = lanes.filter((_, l) => part.values[l] !== 'none');
      return `${api} reports ${part.values.find((v) => v !== 'none')} on ${reporting.join(', ')}`;
    }
    case 'decision':
      return `${api}: ${part.what} is ${values}`;
    default:
      return `${api}: ${part.what === 'outcome' ? '' : `${part.what}, `}${part.aspect}: ${values}`;
  }
}

/** `0 on x86_64, arm; -EINVAL on m68k`: lanes of one value together, and none that goes without saying. */
function valuesText(part: Part, lanes: readonly string[]): string {
  const byValue = new Map<string, string[]>();
  for (const [l, value] of tellingValues(part).entries()) {
    const text = value ?? 'none';
    byValue.set(text, [...(byValue.get(text) ?? []), lanes[l]!]);
  }
  const groups = [...byValue].map(([value, names]) => `${value} on ${names.join(', ')}`);
  return groups.join([...byValue.values()].some(({ length }) => length > 1) ? '; ' : ', ');
}

/** The values of a part; of flags those only that not every lane has. */
export function tellingValues({ aspect, values }: Part): readonly (string | null)[] {
  if (aspect !== 'vm_flags') return values;
  const sets = values.map((value) => (value ?? '').split('|'));
  return sets.map((flags, i) => {
    const own = flags.filter((flag) => !sets.every((other) => other.includes(flag)));
    return values[i] === null ? null : own.length === 0 ? 'none of these' : own.join(' ');
  });
}
