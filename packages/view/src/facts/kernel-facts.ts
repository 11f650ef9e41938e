// SPDX-License-Identifier: GPL-2.0-or-later
/** Where the model's mechanisms are in the kernel, what they ask, and what they leave out: for asking by name. */
import { type KernelFacts, MECHANISMS, PARTS } from '@specialbit/core';

/** What a name stands for: the type of an event, or a part that several events go through. */
export interface NamedFacts extends KernelFacts {
  readonly name: string;
  readonly kind: 'event' | 'part';
}

const named = (kind: NamedFacts['kind'], of: Readonly<Record<string, KernelFacts>>): NamedFacts[] =>
  Object.entries(of).map(([name, { function: kernelFunction, file, features, facts, through, omits }]) => ({
    name,
    kind,
    function: kernelFunction,
    file,
    features,
    facts,
    through,
    omits,
  }));

/** Every event's mechanism, then every part. */
export function kernelFacts(): NamedFacts[] {
  return [...named('event', MECHANISMS), ...named('part', PARTS)];
}

/** Those of a name: the type of an event, the name of a part, or a kernel function; none for an unknown one. */
export function factsNamed(name: string): NamedFacts[] {
  const all = kernelFacts();
  const asked = all.filter((facts) => facts.name === name || facts.function === name);
  // a part of an event's name is shown with the event that goes through it
  const events = asked.filter(({ kind }) => kind === 'event');
  return events.length > 0 ? events : asked;
}

/** The parts that something goes through, those of parts too, each once and in the order in which they are met. */
export function partsOf({ through }: Pick<KernelFacts, 'through'>): NamedFacts[] {
  const parts = new Map(kernelFacts().flatMap((facts) => (facts.kind === 'part' ? [[facts.name, facts]] : [])));
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
