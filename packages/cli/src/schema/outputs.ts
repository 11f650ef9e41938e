// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the commands print with --json, each as a codec; a test runs the commands and holds what they print against it.
 * A name is that of the command, with what of it is meant behind a dot where it prints one thing or another.
 */
import * as t from 'io-ts';
import {
  count,
  decoded,
  divergence,
  entry,
  error,
  event,
  feature,
  numbered,
  orNull,
  outcome,
  shape,
  texts,
  touchedFrame,
  touchedPte,
  traits,
  why,
  world,
} from './parts.js';

export interface Output {
  /** What it is, in a line. */
  readonly about: string;
  /** Of JSON Lines: of each line. */
  readonly codec: t.Mixed;
}

const found = {
  lanes: texts,
  letters: count,
  depth: count,
  distinct: count,
  generated: count,
  stopped: orNull(t.string),
  findings: t.array(shape({ kind: t.string, events: t.array(event), divergences: t.array(divergence) })),
};

const scenario = { id: t.string, title: t.string, sources: texts, name: t.string };

const agreeing = { scenarios: count, steps: count, agreeing: count, known: count, ptes: count };

const sides = shape({
  processes: t.array(shape({ mm: count, ptes: t.array(touchedPte) })),
  frames: t.array(touchedFrame),
});

/** By name, in the order of the help. */
export const OUTPUTS: Readonly<Record<string, Output>> = {
  replay: {
    about: 'specialbit replay --json: a line of it, an event, or at the end the states',
    codec: t.union([
      shape({ ...numbered, lanes: t.record(t.string, outcome) }),
      shape({ ...numbered, expectation: shape({ holds: t.boolean, asked: texts, against: t.array(t.unknown) }) }),
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
    about: 'specialbit export --json',
    codec: shape({ log: t.string, format: t.string }, { text: t.string }),
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
  'lab.doctor': {
    about: 'specialbit lab doctor --json',
    codec: shape({
      cache: t.string,
      findings: t.array(shape({ what: t.string, purpose: t.string, found: t.boolean, packages: texts })),
    }),
  },
  record: {
    about: 'specialbit record --json',
    codec: shape(
      { kernel: t.string, script: t.string },
      { with: t.string, probes: t.string, ptes: t.literal(true), pid: t.number },
    ),
  },
  decode: {
    about: 'specialbit decode --json, of values',
    codec: t.union([decoded, t.array(decoded)]),
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
  schema: { about: 'specialbit schema --list --json', codec: t.array(shape({ name: t.string, about: t.string })) },
  errors: { about: 'specialbit errors CODE --json', codec: t.intersection([shape({ code: t.string }), error]) },
  'errors.all': { about: 'specialbit errors --json', codec: t.record(t.string, error) },
};
