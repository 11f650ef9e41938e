// SPDX-License-Identifier: GPL-2.0-or-later
/** What a handler does with its mapping, in the order of its source. */
import type { Guard } from '../c/walk.js';
import type { MapCall } from './known-calls.js';

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A condition, in one call of its function. */
export interface StepGuard extends Guard {
  readonly within?: object;
}

interface At {
  readonly place: Place;
  /** The conditions that it stands under, those of its callers first. */
  readonly guards: readonly StepGuard[];
  /** The calls that led to it, each a thing of its own, its own function last. */
  readonly within?: readonly object[];
}

/** Which memory a call maps, as far as the source says. */
export type Memory =
  /** Pages that have a struct page: the pfn is made of one, or the call takes one. */
  | 'pages'
  /** Addresses of a bus: a resource, a BAR. */
  | 'device'
  /** Nothing in the function tells. */
  | 'unknown';

/** Why something that gets the mapping is not followed. */
export type Why =
  /** A member of a structure names it. */
  | 'pointer'
  /** Its source is not here. */
  | 'elsewhere'
  /** It is called through too many others. */
  | 'deep'
  /** The mapping is kept in a structure, for who looks there later. */
  | 'kept'
  /** It gets no mapping and maps: into one that it finds again. */
  | 'later'
  /** It writes page table entries itself. */
  | 'entries';

export type Step = At &
  (
    | {
        readonly kind: 'map';
        readonly name: string;
        readonly call: MapCall;
        readonly memory: Memory;
        /** What says which memory, with what its variables were made of. */
        readonly argument: string;
      }
    | { readonly kind: 'flags'; readonly set: readonly string[]; readonly clear: readonly string[] }
    /** `vma->vm_ops = &name`. */
    | { readonly kind: 'ops'; readonly name: string }
    /** `vmf->page = ...`: ->fault hands a page out. */
    | { readonly kind: 'page'; readonly argument: string }
    | { readonly kind: 'pgprot'; readonly name: string }
    /** It takes a reference: get_page(), folio_get(). `maybe`: by its name it could. */
    | { readonly kind: 'get'; readonly argument: string; readonly put: boolean; readonly maybe?: true }
    /** It leaves where the mapping is of a kind. */
    | { readonly kind: 'refuses'; readonly what: 'private' | 'writable' }
    /** A condition compares a size or an offset. */
    | { readonly kind: 'bounds' }
    /** It gives the mapping to a function whose source is not here, or which a pointer names. */
    | { readonly kind: 'unfollowed'; readonly name: string; readonly why: Why }
    /** It hands the mapping to the handler that some table names: `dmabuf->ops->mmap(dmabuf, vma)`. */
    | { readonly kind: 'passes on'; readonly name: string }
    /** Pages of the page cache, by a function of mm. */
    | { readonly kind: 'page cache'; readonly name: string }
  );

export type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>;

export function stepsOf<K extends Step['kind']>(steps: readonly Step[], kind: K): StepOf<K>[] {
  return steps.filter((step): step is StepOf<K> => step.kind === kind);
}

/** It runs whenever the handler succeeds: nothing decides about it but loops. */
export const always = ({ guards }: Step): boolean => guards.every(({ loop }) => loop);

/** Does `a` run whenever `b` does, as far as conditions say? */
export function implied(a: Step, b: Step): boolean {
  return a.guards.every((of) => of.loop || b.guards.some(({ id, branch }) => id === of.id && branch === of.branch));
}
