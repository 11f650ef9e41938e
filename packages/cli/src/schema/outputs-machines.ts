// SPDX-License-Identifier: GPL-2.0-or-later
/** What the commands that ask real kernels print with --json. The codecs are held against the types of what is printed. */
import * as t from 'io-ts';
import { count, type Output, shape, texts } from './parts.js';

const left = t.array(shape({ number: count, type: t.string, why: t.string }));

/** `kernel` and `model` are what the record has there; neither need be. */
const difference = shape({ field: t.string, where: t.string }, { kernel: t.unknown, model: t.unknown });

const verdict = t.keyof({
  agreed: null,
  differs: null,
  refused: null,
  died: null,
  apart: null,
  inexpressible: null,
});

/** Of a reproducer that was run, what the program printed in each boot. */
const boots = t.array(shape({ title: t.string, seconds: t.number, lines: texts, failed: t.boolean }));

export const MACHINE_OUTPUTS = {
  'lab.doctor': {
    about: 'specialbit lab doctor --json',
    codec: shape({
      cache: t.string,
      findings: t.array(shape({ what: t.string, purpose: t.string, found: t.boolean, packages: texts })),
    }),
  },
  'lab.build': {
    about: 'specialbit lab build --json',
    codec: shape({
      machine: t.string,
      release: t.string,
      key: t.string,
      image: t.string,
      imageHash: t.string,
      configHash: t.string,
      cached: t.boolean,
      seconds: t.number,
    }),
  },
  'lab.run': {
    about: 'specialbit lab run --json: the transcript itself goes to --output',
    codec: shape({
      deaths: t.array(shape({ scenario: t.string, seq: count, words: texts, hung: t.boolean })),
      boots: count,
      scenarios: count,
      steps: count,
      seconds: t.number,
      records: count,
    }),
  },
  'lab.clean': { about: 'specialbit lab clean --json', codec: shape({ folder: t.string, kernels: count }) },
  prove: {
    about: 'specialbit prove --json: each log on each lane, event by event',
    codec: shape({
      lanes: t.array(
        shape(
          {
            file: t.string,
            lane: t.string,
            events: t.array(
              shape(
                { numbers: t.array(count), verdict, differences: t.array(difference) },
                { line: t.string, kernel: t.string, model: t.string, why: t.string },
              ),
            ),
            agreed: count,
            differing: count,
            other: count,
          },
          { why: t.string, release: t.string, date: t.string },
        ),
      ),
    }),
  },
  reproduce: {
    about: 'specialbit reproduce --json',
    codec: shape(
      {
        file: t.string,
        files: texts,
        left,
        made: t.array(count),
        groups: t.array(texts),
        fatal: t.boolean,
        bare: t.boolean,
        hole: t.boolean,
      },
      {
        folder: t.string,
        ran: shape({ boots, failed: t.boolean }),
      },
    ),
  },
  'reproduce.table': {
    about:
      'specialbit reproduce --json with --table, or with --run and several logs: of each how many events are in a reproducer, or why there is none, and what came of it',
    codec: t.array(
      t.union([
        shape({ file: t.string, made: count, left, fatal: t.boolean }, { ran: shape({ boots, failed: t.boolean }) }),
        shape({ file: t.string, why: t.string }),
      ]),
    ),
  },
  fuzz: {
    about: 'specialbit fuzz --json',
    codec: shape({
      seed: count,
      lanes: t.array(
        shape({
          lane: t.string,
          release: t.string,
          boots: count,
          scenarios: count,
          steps: count,
          agreeing: count,
          apart: count,
          deaths: count,
          differences: t.array(shape({ scenario: t.string, lines: count, fields: texts, file: t.string })),
        }),
      ),
    }),
  },
} satisfies Readonly<Record<string, Output>>;
