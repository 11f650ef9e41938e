// SPDX-License-Identifier: GPL-2.0-or-later
/** The kinds of mapping that a handler makes: one for each way through it that maps something of its own. */
import type { Handler, Mapping, VmOps } from './mappings.js';
import { always, implied, type Place, type Step, type StepOf, stepsOf } from './steps.js';

/** How pages come when a process touches one. */
export type OnFault =
  | { readonly kind: 'map'; readonly step: StepOf<'map'>; readonly gets: Place | undefined }
  /** `unheld`: it takes no reference for the page, and the page is somebody else's for all that the source says. */
  | { readonly kind: 'page'; readonly step: StepOf<'page'>; readonly unheld: boolean }
  | { readonly kind: 'page cache'; readonly place: Place }
  /** It calls the handler of some other table. */
  | { readonly kind: 'passes on'; readonly place: Place; readonly name: string }
  /** There is a handler, and what it maps is not known. */
  | { readonly kind: 'unknown'; readonly place: Place };

export interface Archetype {
  readonly of: string;
  readonly hook: 'mmap' | 'mmap_prepare';
  readonly mmap: Place;
  /** `->mmap`'s own calls, in order. */
  readonly calls: readonly StepOf<'map'>[];
  /** Bits that it sets on this way, and those that it clears. */
  readonly set: readonly string[];
  readonly clear: readonly string[];
  /** Bits that it sets on some way. */
  readonly maySet: readonly string[];
  readonly pgprot: string | undefined;
  readonly ops: VmOps | undefined;
  readonly fault: OnFault | undefined;
  readonly refuses: { readonly private: boolean; readonly writable: boolean };
  /** Somebody compares a size or an offset: `->mmap`, `->fault`. */
  readonly bounds: { readonly mmap: boolean; readonly fault: boolean };
  /** Functions that get the mapping on this way and whose source is not here. */
  readonly unfollowed: readonly StepOf<'unfollowed'>[];
  /** Handlers of tables that get the mapping on this way; each is a mapping of its own where its source was given. */
  readonly passesOn: readonly StepOf<'passes on'>[];
  /** The line that the mapping is known by. */
  readonly place: Place;
}

/**
 * How much of a handler is understood: all of it, some of what it maps, or nothing. `passes on`: all of it, and all that it
 * does is to call the handler that a table names.
 */
export type Understood = 'yes' | 'passes on' | 'partly' | 'no' | 'maps nothing';

export function archetypesOf(mapping: Mapping): Archetype[] {
  const steps = mapping.mmap.steps ?? [];
  const anchors = anchorsOf(steps);
  const found = new Map<string, Archetype>();
  for (const anchor of anchors.length === 0 ? [undefined] : anchors) {
    for (const archetype of along(mapping, steps, anchor)) {
      const key = keyOf(archetype);
      if (!found.has(key)) found.set(key, archetype);
    }
  }
  const all = [...found.values()];
  // a way that only leaves handlers behind, none of which maps, is none of its own
  const real = all.filter(
    (one) => mapsSomething(one) || one.unfollowed.length > 0 || one.passesOn.length > 0 || one.fault !== undefined,
  );
  return real.length > 0 ? real : all;
}

/** The steps that make a way one of its own: calls that map, and tables of handlers, that are not always there. */
function anchorsOf(steps: readonly Step[]): Step[] {
  const own = steps.filter(({ kind }) => ANCHORS.has(kind));
  // of steps that run together the last says all
  return own.filter((step, i) => !own.some((other, j) => j > i && implied(step, other)));
}

/** The way has returned before it comes to a step behind, of the same function or of one that it calls. */
const isPast = (step: Step, { guards }: Step): boolean =>
  guards.some(
    ({ returns, id, within }) =>
      returns === true &&
      within !== undefined &&
      step.within?.includes(within) === true &&
      step.guards.every((of) => of.id !== id),
  );

const ANCHORS: ReadonlySet<Step['kind']> = new Set(['map', 'ops', 'page cache', 'passes on']);

function along(mapping: Mapping, steps: readonly Step[], anchor: Step | undefined): Archetype[] {
  const on = steps.filter((step, i) => {
    if (anchor === undefined) return always(step);
    return implied(step, anchor) && !(i > steps.indexOf(anchor) && isPast(step, anchor));
  });
  const calls = stepsOf(on, 'map');
  const named = stepsOf(on, 'ops').at(-1)?.name;
  const tables =
    named === undefined
      ? mapping.ops.filter(() => !steps.some(({ kind }) => kind === 'ops'))
      : mapping.ops.filter(({ name }) => name === named);
  const ops = tables[0];
  const cache = stepsOf(on, 'page cache')[0];
  const faults: (OnFault | undefined)[] =
    cache === undefined ? faultsOf(ops?.handlers.fault) : [{ kind: 'page cache', place: cache.place }];
  const flags = stepsOf(on, 'flags');
  const set = new Set<string>();
  for (const step of flags) {
    for (const flag of step.set) set.add(flag);
    for (const flag of step.clear) set.delete(flag);
  }
  const refuses = stepsOf(on, 'refuses');
  const unfollowed: StepOf<'unfollowed'>[] = [
    // the handler itself is elsewhere
    ...(mapping.mmap.steps === undefined
      ? [
          {
            kind: 'unfollowed' as const,
            name: mapping.mmap.name,
            why: 'elsewhere' as const,
            place: mapping.mmap.place,
            guards: [],
          },
        ]
      : []),
    ...stepsOf(on, 'unfollowed'),
    ...(ops?.handlers.fault?.steps === undefined ? [] : stepsOf(ops.handlers.fault.steps, 'unfollowed')),
  ];
  const passesOn = stepsOf(on, 'passes on');
  return faults.map((fault) => ({
    of: mapping.of,
    hook: mapping.member === 'mmap_prepare' ? 'mmap_prepare' : 'mmap',
    mmap: mapping.mmap.place,
    calls,
    set: [...set].sort(),
    clear: [...new Set(flags.flatMap(({ clear }) => clear))].sort(),
    maySet: [...new Set(stepsOf(steps, 'flags').flatMap((step) => step.set))].sort(),
    pgprot: stepsOf(on, 'pgprot').at(-1)?.name,
    ops,
    fault,
    refuses: {
      private: refuses.some(({ what }) => what === 'private'),
      writable: refuses.some(({ what }) => what === 'writable'),
    },
    bounds: {
      mmap: steps.some(({ kind }) => kind === 'bounds'),
      fault: ops?.handlers.fault?.steps?.some(({ kind }) => kind === 'bounds') ?? false,
    },
    unfollowed,
    passesOn,
    place: calls[0]?.place ?? placeOf(fault) ?? mapping.mmap.place,
  }));
}

const placeOf = (fault: OnFault | undefined): Place | undefined =>
  fault === undefined ? undefined : 'step' in fault ? fault.step.place : fault.place;

/** What a `->fault` does, one for each call that maps. */
function faultsOf(handler: Handler | undefined): (OnFault | undefined)[] {
  if (handler === undefined) return [undefined];
  const { steps, place } = handler;
  if (steps === undefined) return [{ kind: 'unknown', place }];
  const found: OnFault[] = [];
  for (const step of steps) {
    if (step.kind === 'map') found.push({ kind: 'map', step, gets: getsBefore(steps, step) });
    else if (step.kind === 'page') found.push({ kind: 'page', step, unheld: isUnheld(steps, step) });
    else if (step.kind === 'page cache') found.push({ kind: 'page cache', place: step.place });
    else if (step.kind === 'passes on') found.push({ kind: 'passes on', place: step.place, name: step.name });
  }
  const seen = new Set<string>();
  const distinct = found.filter((fault) => {
    const key = faultKey(fault);
    return !seen.has(key) && seen.add(key);
  });
  return distinct.length > 0
    ? distinct
    : [steps.some(({ kind }) => kind === 'unfollowed') ? { kind: 'unknown', place } : undefined];
}

/** Where a reference is taken on the way to a call, and not dropped on it, before or behind. */
function getsBefore(steps: readonly Step[], map: StepOf<'map'>): Place | undefined {
  const references = stepsOf(steps, 'get').filter((step) => step.maybe !== true && implied(step, map));
  if (references.some(({ put }) => put)) return undefined;
  const at = steps.indexOf(map);
  return references.find((step) => steps.indexOf(step) < at)?.place;
}

/** Functions that find the page of an address, and take no reference. */
const BORROWS: ReadonlySet<string> = new Set([
  'vmalloc_to_page',
  'virt_to_page',
  'virt_to_head_page',
  'pfn_to_page',
  'phys_to_page',
]);

/** Nothing in the handler takes a reference, or could, and the page is found by its address, or stands in an array of pages. */
function isUnheld(steps: readonly Step[], { argument }: StepOf<'page'>): boolean {
  if (steps.some(({ kind }) => kind === 'get' || kind === 'unfollowed' || kind === 'passes on')) return false;
  const called = [...argument.matchAll(/(\w+)\s*\(/g)].map(([, name]) => name!);
  if (called.some((name) => !BORROWS.has(name))) return false;
  return called.length > 0 || /(->|\.)\w*pages?\w*\s*\[/.test(argument);
}

const faultKey = (fault: OnFault | undefined): string =>
  fault === undefined
    ? ''
    : fault.kind === 'map'
      ? `${fault.step.name} ${fault.step.memory} ${fault.gets?.line}`
      : fault.kind === 'page'
        ? `page ${fault.unheld}`
        : fault.kind;

const keyOf = ({ calls, set, clear, fault, unfollowed, passesOn }: Archetype): string =>
  JSON.stringify([
    calls.map(({ name, memory }) => [name, memory]),
    set,
    clear,
    faultKey(fault),
    [...unfollowed, ...passesOn].map(({ name }) => name),
  ]);

/** Does it map something that is known? */
export const mapsSomething = ({ calls, fault }: Archetype): boolean =>
  calls.length > 0 || (fault !== undefined && fault.kind !== 'unknown' && fault.kind !== 'passes on');

/** Is everything read that it does? */
const isRead = ({ unfollowed, fault }: Archetype): boolean => unfollowed.length === 0 && fault?.kind !== 'unknown';

/** Is everything known that it does, and no other handler's part of it? */
export const isWhole = (archetype: Archetype): boolean =>
  isRead(archetype) && archetype.passesOn.length === 0 && archetype.fault?.kind !== 'passes on';

export function understood(mapping: Mapping, archetypes: readonly Archetype[]): Understood {
  if (mapping.mmap.steps === undefined) return 'no';
  const open = mapping.mmap.steps.some(({ kind }) => kind === 'unfollowed') || mapping.foreignOps.length > 0;
  const read = !open && archetypes.every(isRead);
  if (archetypes.some(mapsSomething)) return read ? 'yes' : 'partly';
  if (!read) return 'no';
  return archetypes.every(isWhole) ? 'maps nothing' : 'passes on';
}
