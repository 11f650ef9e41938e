// SPDX-License-Identifier: GPL-2.0-or-later
/** What several commands print with --json, each once. Members that are not named here may come with them. */
import * as t from 'io-ts';

export interface Output {
  /** What it is, in a line. */
  readonly about: string;
  /** Of JSON Lines: of each line. */
  readonly codec: t.Mixed;
}

/** An object with these members, and with those that need not be there. */
export function shape<R extends t.Props, O extends t.Props = Record<never, t.Mixed>>(
  required: R,
  optional: O = {} as O,
): t.IntersectionC<[t.TypeC<R>, t.PartialC<O>]> {
  return t.intersection([t.type(required), t.partial(optional)]);
}

/** It, or null where there is none. */
export const orNull = <C extends t.Mixed>(codec: C): t.UnionC<[C, t.NullC]> => t.union([codec, t.null]);
export const texts = t.array(t.string);
export const count = t.Int;

/** An event in canonical form: `specialbit schema event` has all of it. */
export const event = shape({ type: t.string });

export const numbered = { number: count, line: count, event };

/** Why the kernel answered as it did. */
const reason = shape(
  { name: t.string, where: t.string, file: t.string, condition: t.string, convention: t.boolean },
  { change: t.string },
);

export const why = shape({
  reasons: t.array(reason),
  messages: t.array(shape({ text: t.string, reason: orNull(reason) })),
  changes: t.array(
    shape({ mm: count, at: t.string, start: t.string, end: t.string, set: t.string, cleared: t.string, reason }),
  ),
  merges: t.array(t.unknown),
  unmerged: shape({ left: orNull(reason), right: orNull(reason) }),
  skipped: t.unknown,
});

/** An entry of a page table. Raw values are hexadecimal. */
export const entry = shape(
  {
    level: t.string,
    pages: count,
    raw: t.string,
    kind: t.string,
    write: t.boolean,
    dirty: t.boolean,
    young: t.boolean,
    special: t.boolean,
    user: t.boolean,
    exec: t.boolean,
    pfn: count,
    frame: orNull(t.string),
    decision: orNull(t.string),
    verdict: orNull(t.string),
  },
  { hw: t.string, swap: t.unknown },
);

const counts = shape({ count: count, mapcount: count, flags: texts });
export const touchedPte = shape({
  mm: count,
  level: t.string,
  at: orNull(t.string),
  address: t.string,
  before: entry,
  after: entry,
});
export const touchedFrame = shape({ frame: t.string, pfn: count, before: counts, after: counts });
export const touchedRss = shape({ mm: count, counter: t.string, before: count, after: count });

/** What an event returned and caused on one lane. */
export const outcome = shape({
  returned: t.string,
  ret: count,
  signal: orNull(t.string),
  si_code: count,
  calls: t.array(count),
  loop: t.boolean,
  hang: t.boolean,
  reasons: texts,
  messages: t.array(shape({ text: t.string, kind: t.string })),
  crash: t.unknown,
  mapped: count,
  why,
  touched: shape({
    ptes: t.array(touchedPte),
    frames: t.array(touchedFrame),
    rss: t.array(touchedRss),
    vmas: t.array(shape({ mm: count, vma: t.string, what: texts })),
  }),
});

const vma = shape(
  {
    start: t.string,
    end: t.string,
    pages: count,
    letters: t.string,
    flags: t.string,
    vm_flags: count,
    vm_pgoff: count,
    open: t.boolean,
    ptes: t.array(shape({ at: orNull(t.string), address: t.string, level: t.string, raw: t.string, kind: t.string })),
  },
  { label: orNull(t.string), file: orNull(t.string), named: orNull(t.string) },
);

/** The state of a lane at one moment. */
export const world = shape({
  lane: t.string,
  arch: t.string,
  profile: t.string,
  hasPteSpecial: t.boolean,
  events: count,
  processes: t.array(
    shape({ mm: count, rss: t.record(t.string, count), vmas: t.array(vma), stray: t.array(t.unknown) }),
  ),
  frames: t.array(
    shape({ pfn: count, label: orNull(t.string), valid: t.boolean, count: count, mapcount: count, flags: texts }),
  ),
});

export const traits = t.array(shape({ name: t.string, kind: t.string, on: t.string, values: texts }));

/** An event at which lanes part, and the cause. */
export const divergence = shape(
  {
    index: count,
    number: count,
    event,
    kind: t.string,
    parts: t.array(shape({ kind: t.string, what: t.string, aspect: t.string, values: t.array(orNull(t.string)) })),
    headline: t.string,
    root: count,
    minor: t.boolean,
    proof: t.keyof({ proved: null, follows: null, 'not found': null, 'not tried': null }),
    cause: t.string,
    causes: t.array(shape({ lanes: texts, traits, scope: t.string, also: t.array(t.unknown) })),
  },
  { why: t.record(t.string, why), healed: t.array(t.unknown), features: t.array(t.unknown) },
);

/** A PTE, decoded. */
export const decoded = shape(
  {
    arch: t.string,
    raw: t.string,
    level: t.string,
    kind: t.string,
    bits: t.array(shape({ name: t.string, bits: t.string, value: t.string, meaning: t.string })),
  },
  {
    pfn: t.string,
    physical: t.string,
    tests: t.record(t.string, t.boolean),
    hw: t.string,
    swap: t.unknown,
    unnamed: t.string,
  },
);

/** What was pasted: a value, a report of a kernel with the entry that it is about, what a tool listed, or a value that does not fit. */
export const pasted = t.union([
  decoded,
  shape(
    {
      report: shape({ kind: t.string, line: count, stack: t.array(t.unknown) }),
      kernel: shape({ version: t.string, because: texts, assumed: texts, candidates: texts }),
    },
    { entry: decoded, title: t.string, text: texts },
  ),
  shape(
    { tool: t.string, entries: t.array(decoded), ranges: t.array(t.unknown), sptes: t.array(t.unknown) },
    { arch: t.string },
  ),
  shape({ unfit: t.string }),
]);

export const error = shape({ summary: t.string, remedy: t.string }, { kernel: t.string });

/** A feature of kernels, and where it is from. */
export const feature = shape(
  {
    name: t.string,
    summary: t.string,
    without: t.string,
    since: shape({ subject: t.string, version: t.string }, { commit: t.string }),
    evidence: t.string,
    architectures: texts,
  },
  { until: shape({ subject: t.string, version: t.string }), where: t.string, backports: texts },
);
