// SPDX-License-Identifier: GPL-2.0-or-later
/** Where the model's mechanisms are in the kernel, what they ask, and what they leave out: for asking by name. */
import {
  DEFAULT_PROFILE,
  FEATURES,
  formOn,
  type KernelFacts,
  MECHANISMS,
  namedKernel,
  PARTS,
  type Profile,
} from '@specialbit/core';
import type { Feature } from '@specialbit/core/arch';

/** What a name stands for: the type of an event, or a part that several events go through. */
export interface NamedFacts extends Omit<KernelFacts, 'later' | 'since'> {
  readonly name: string;
  readonly kind: 'event' | 'part';
  /** The kernel has no such function yet: the release that brings it. */
  readonly comes?: string;
}

function named(kind: NamedFacts['kind'], all: Readonly<Record<string, KernelFacts>>, profile: Profile): NamedFacts[] {
  const k = namedKernel(profile);
  return Object.entries(all).map(([name, of]) => {
    const { function: kernelFunction, file, since, features, facts, through, omits } = formOn(k, of);
    const brought: Feature | undefined = since === undefined || k.feature[since] ? undefined : FEATURES[since];
    const comes = brought === undefined ? {} : { comes: brought.since.version };
    return { name, kind, function: kernelFunction, file, ...comes, features, facts, through, omits };
  });
}

/** Every event's mechanism, then every part, with the names that a kernel's functions and files have. */
export function kernelFacts(profile: Profile = DEFAULT_PROFILE): NamedFacts[] {
  return [...named('event', MECHANISMS, profile), ...named('part', PARTS, profile)];
}

/** Those of a name: the type of an event, the name of a part, or a kernel function; none for an unknown one. */
export function factsNamed(name: string, profile?: Profile): NamedFacts[] {
  const all = kernelFacts(profile);
  const asked = all.filter((facts) => facts.name === name || facts.function === name);
  // a part of an event's name is shown with the event that goes through it
  const events = asked.filter(({ kind }) => kind === 'event');
  return events.length > 0 ? events : asked;
}

/** The parts that something goes through, those of parts too, each once and in the order in which they are met. */
export function partsOf({ through }: Pick<KernelFacts, 'through'>, profile?: Profile): NamedFacts[] {
  const parts = new Map(kernelFacts(profile).flatMap((facts) => (facts.kind === 'part' ? [[facts.name, facts]] : [])));
  const met = new Map<string, NamedFacts>();
  const todo = [...through];
  for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
    const part = parts.get(name);
    if (part === undefined || met.has(name)) continue;
    met.set(name, part);
    todo.push(...part.through);
  }
  return [...met.values()];
}
