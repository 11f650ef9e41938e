// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the commands print with --json, each as a codec; a test runs the commands and holds what they print against it.
 * A name is that of the command, with what of it is meant behind a dot where it prints one thing or another.
 */
import * as t from 'io-ts';
import { DRIVER_OUTPUTS } from './outputs-drivers.js';
import { MACHINE_OUTPUTS } from './outputs-machines.js';
import { TOOL_OUTPUTS } from './outputs-tools.js';
import {
  count,
  decoded,
  divergence,
  entry,
  error,
  event,
  feature,
  numbered,
  type Output,
  orNull,
  outcome,
  pasted,
  shape,
  texts,
  touchedFrame,
  touchedPte,
  traits,
  why,
  world,
} from './parts.js';

const found = {
  lanes: texts,
  letters: count,
  depth: count,
  distinct: count,
  generated: count,
  stopped: orNull(t.string),
  findings: t.array(shape({ kind: t.string, events: t.array(event), divergences: t.array(divergence) })),
};

/** An expectation on the lanes that it is about. */
const judged = shape({ holds: t.boolean, asked: texts, against: t.array(t.unknown) });

const beside = orNull(shape({ number: count, event }));
/** What stands beside each other in two logs: an event that one of them lacks is null there. */
const aligned = shape({ left: beside, right: beside });

const scenario = { id: t.string, title: t.string, sources: texts, name: t.string };

const standing = t.keyof({ stands: null, unknown: null, changed: null, signature: null, moved: null, gone: null });

const agreeing = { scenarios: count, steps: count, agreeing: count, known: count, ptes: count };

const sides = shape({
  processes: t.array(shape({ mm: count, ptes: t.array(touchedPte) })),
  frames: t.array(touchedFrame),
});

const LOG_OUTPUTS = {
  replay: {
    about: 'specialbit replay --json: a line of it, an event, or at the end the states',
    codec: t.union([
      shape({ ...numbered, lanes: t.record(t.string, outcome) }),
      shape({ ...numbered, expectation: judged }),
      shape({ events: count, worlds: t.array(world) }, { expectations: shape({ checked: count, failed: count }) }),
    ]),
  },
  compare: {
    about: 'specialbit compare --json',
    codec: shape(
      {
        lanes: texts,
        events: count,
        parted: t.boolean,
        count,
        minorCount: count,
        divergences: t.array(divergence),
        worlds: t.array(world),
      },
      { expectations: shape({ checked: count, failed: t.array(t.unknown) }) },
    ),
  },
  'compare.logs': {
    about: 'specialbit compare LOG OTHER --json: two logs on one lane',
    codec: shape({
      logs: t.tuple([t.string, t.string]),
      lane: t.string,
      changes: t.array(t.array(aligned)),
      parted: t.boolean,
      divergences: t.array(shape({ at: aligned })),
    }),
  },
  table: {
    about: 'specialbit table --json',
    codec: shape({
      lanes: texts,
      logs: t.array(
        shape({
          log: t.string,
          events: count,
          partings: count,
          rows: t.array(
            shape({ log: t.string, event: count, text: t.string, what: t.string, values: t.array(orNull(t.string)) }),
          ),
        }),
      ),
    }),
  },
  'explain.page': {
    about: 'specialbit explain LOG PAGE --json',
    codec: shape({
      file: t.string,
      events: count,
      explanations: t.array(
        shape({ arch: t.string, profile: t.string, mm: count, address: t.string, level: t.string, pte: entry }),
      ),
    }),
  },
  'explain.event': {
    about: 'specialbit explain LOG --event N --json',
    codec: shape({ file: t.string, ...numbered, lanes: t.record(t.string, shape({ returned: t.string, why })) }),
  },
  'explain.expectation': {
    about: 'specialbit explain LOG --event N --json, of an expectation',
    codec: shape({ file: t.string, ...numbered, expectation: judged }),
  },
  search: { about: 'specialbit search --json', codec: shape(found, { unreached: texts }) },
  shrink: {
    about: 'specialbit shrink --json',
    codec: shape({ lanes: texts, kept: t.string, before: count, replays: count, events: t.array(event) }),
  },
  interleave: {
    about: 'specialbit interleave --json',
    codec: shape({
      lane: t.string,
      threads: t.array(shape({ name: t.string, steps: count })),
      runs: count,
      steps: count,
      cut: t.boolean,
      ends: t.array(shape({ broken: texts, serial: t.boolean, runs: count, schedule: t.array(shape({ event })) })),
    }),
  },
  ledger: {
    about: 'specialbit ledger --json',
    codec: shape({
      depth: count,
      pages: count,
      frames: texts,
      pairs: t.array(shape({ lanes: texts, depth: count, states: count, causes: t.array(t.unknown) })),
    }),
  },
  step: {
    about: 'specialbit step --json',
    codec: shape({
      file: t.string,
      at: count,
      lanes: t.record(t.string, shape({ world })),
      parted: t.array(t.unknown),
    }),
  },
  diff: {
    about: 'specialbit diff --json: of two moments the lanes by name, of one moment the rows that differ',
    codec: shape(
      { file: t.string, lanes: t.union([texts, t.record(t.string, sides)]) },
      { from: count, to: count, at: count, rows: t.array(t.unknown) },
    ),
  },
  blame: {
    about: 'specialbit blame --json',
    codec: shape({
      file: t.string,
      at: count,
      lanes: t.record(
        t.string,
        shape({
          what: t.string,
          value: t.string,
          changes: t.array(shape({ ...numbered, returned: t.string, before: t.string, after: t.string })),
        }),
      ),
    }),
  },
  mapcount: {
    about: 'specialbit mapcount --json',
    codec: shape({ events: count, lanes: t.array(shape({ name: t.string, folios: t.array(t.unknown) })) }),
  },
  export: {
    about: 'specialbit export --json: the text, the trace, or the files of the tables that were written',
    codec: t.union([
      shape({ log: t.string, format: t.string, text: t.string }),
      shape({ log: t.string, format: t.string, trace: shape({ traceEvents: t.array(t.unknown) }) }),
      shape({
        log: t.string,
        format: t.string,
        tables: t.array(shape({ table: t.string, file: t.string, rows: count })),
      }),
    ]),
  },
  link: { about: 'specialbit link --json', codec: shape({ link: t.string, length: count }) },
  open: {
    about: 'specialbit open --json',
    codec: shape({ file: t.string, log: t.string }, { at: orNull(count), switches: t.record(t.string, t.boolean) }),
  },
  verify: {
    about: 'specialbit verify --json: of logs what they expect, of transcripts what was compared',
    codec: shape(
      {},
      {
        logs: t.array(shape({ file: t.string, lanes: count, asked: count, met: count, idle: count })),
        files: t.array(shape({ file: t.string, ...agreeing })),
        architectures: t.array(shape({ arch: t.string, ...agreeing })),
        total: shape(agreeing),
        fields: t.record(t.string, shape({ compared: count, agree: count })),
        mismatches: t.array(t.unknown),
        known: t.array(shape({ id: t.string, argument: t.string })),
      },
    ),
  },
  record: {
    about: 'specialbit record --json',
    codec: shape(
      { kernel: t.string, script: t.string },
      { with: t.string, probes: t.string, ptes: t.literal(true), pid: t.number },
    ),
  },
  decode: {
    about: 'specialbit decode --json: a value, a report of a kernel, or what a tool listed; several in an array',
    codec: t.union([pasted, t.array(pasted)]),
  },
  'arch.list': {
    about: 'specialbit arch list --json',
    codec: t.array(shape({ name: t.string, title: t.string, aliases: texts })),
  },
  'arch.show': {
    about: 'specialbit arch show --json',
    codec: t.array(shape({ name: t.string, title: t.string, bits: count, facts: t.record(t.string, t.unknown) })),
  },
  'arch.decode': { about: 'specialbit arch decode --json', codec: decoded },
  'arch.encode': { about: 'specialbit arch encode --json', codec: decoded },
  'arch.diff': {
    about: 'specialbit arch diff --json',
    codec: shape({
      lanes: t.tuple([t.string, t.string]),
      facts: t.array(shape({ name: t.string, values: t.tuple([t.string, t.string]) })),
      parted: texts,
      agree: texts,
      skipped: t.array(shape({ name: t.string, why: t.string })),
      logs: t.array(
        shape({
          name: t.string,
          title: t.string,
          events: count,
          findings: t.array(
            shape({
              log: t.string,
              event: count,
              text: t.string,
              cause: t.string,
              differences: t.array(shape({ area: t.string, what: t.string, values: t.array(orNull(t.string)) })),
            }),
          ),
        }),
      ),
    }),
  },
  'arch.new': { about: 'specialbit arch new --json', codec: shape({ folder: t.string, files: texts }) },
  'arch.check': {
    about: 'specialbit arch check --json',
    codec: t.array(
      shape({
        arch: t.string,
        title: t.string,
        special: t.boolean,
        checks: t.array(
          shape({ group: t.string, name: t.string, title: t.string, outcome: t.string, detail: t.string }),
        ),
        ok: t.boolean,
      }),
    ),
  },
  'kernel.list': {
    about: 'specialbit kernel list --json',
    codec: t.array(shape({ name: t.string, release: t.string, features: count, unproven: count })),
  },
  'kernel.show': {
    about: 'specialbit kernel show --json',
    codec: shape({ name: t.string, release: t.string, has: t.array(feature), lacks: t.array(feature) }),
  },
  'kernel.diff': {
    about: 'specialbit kernel diff --json',
    codec: shape({ from: t.string, to: t.string, features: t.array(feature) }),
  },
  'kernel.flags': {
    about: 'specialbit kernel flags --json: of each kernel the bits of vm_flags',
    codec: t.array(
      shape({
        kernel: t.string,
        arch: t.string,
        flags: t.array(shape({ bit: count, name: t.string, vma_flags_t: orNull(t.string), letters: orNull(t.string) })),
      }),
    ),
  },
  'kernel.check': {
    about: 'specialbit kernel check --json: what the model cites, in a tree',
    codec: shape(
      {
        release: t.string,
        profile: t.string,
        functions: t.array(shape({ function: t.string, file: t.string, standing, now: texts, by: texts })),
        symbols: t.array(shape({ symbol: t.string, found: t.boolean })),
        commits: orNull(
          t.array(
            shape({ by: t.string, subject: t.string, version: t.string, found: t.boolean }, { commit: t.string }),
          ),
        ),
      },
      { baseline: t.string },
    ),
  },
  'kernel.facts': {
    about: 'specialbit kernel facts --json',
    codec: t.array(
      shape({ name: t.string, kind: t.string, function: t.string, file: t.string, features: texts, facts: texts }),
    ),
  },
  'kernel.bisect': {
    about: 'specialbit kernel bisect --json',
    codec: shape({
      lanes: texts,
      events: count,
      partings: count,
      traits,
      complete: t.boolean,
      divergences: t.array(divergence),
    }),
  },
  'gallery.list': {
    about: 'specialbit gallery list --json',
    codec: t.array(shape(scenario, { story: texts, lanes: texts })),
  },
  'gallery.show': {
    about: 'specialbit gallery show --json',
    codec: shape({ ...scenario, log: t.string, header: shape({ specialbit: t.literal(1) }), events: t.array(event) }),
  },
  'gallery.run': {
    about: 'specialbit gallery run --json',
    codec: t.array(shape({ id: t.string, verdict: t.string, failures: t.array(t.unknown) })),
  },
  'gallery.run.kernels': {
    about: 'specialbit gallery run --kernel --json',
    codec: t.array(
      shape({
        id: t.string,
        log: t.string,
        architectures: texts,
        kernels: t.array(
          shape({
            kernel: t.string,
            asked: count,
            met: count,
            idle: count,
            unheld: t.array(shape({ number: count, line: count, lines: texts })),
          }),
        ),
      }),
    ),
  },
  schema: { about: 'specialbit schema --list --json', codec: t.array(shape({ name: t.string, about: t.string })) },
  errors: { about: 'specialbit errors CODE --json', codec: t.intersection([shape({ code: t.string }), error]) },
  'errors.all': { about: 'specialbit errors --json', codec: t.record(t.string, error) },
} satisfies Readonly<Record<string, Output>>;

const ALL = { ...LOG_OUTPUTS, ...DRIVER_OUTPUTS, ...MACHINE_OUTPUTS, ...TOOL_OUTPUTS };

/** By name. */
export const OUTPUTS: Readonly<Record<string, Output>> = ALL;

/** What a command makes, that it is what its schema says: `x satisfies Printed<'fuzz'>`. */
export type Printed<Name extends keyof typeof ALL> = Deep<t.TypeOf<(typeof ALL)[Name]['codec']>>;

/** Nothing of what is printed is written to. */
type Deep<T> = T extends number
  ? number
  : T extends readonly (infer E)[]
    ? readonly Deep<E>[]
    : T extends object
      ? { readonly [K in keyof T]: Deep<T[K]> }
      : T;
