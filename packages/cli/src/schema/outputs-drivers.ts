// SPDX-License-Identifier: GPL-2.0-or-later
/** What the commands for drivers print with --json: what to map memory with, the atlas, and what sources do. */
import * as t from 'io-ts';
import { count, type Output, orNull, shape, texts } from './parts.js';

/** What came of a need, on lanes of which all say the same. */
const verdict = { lanes: texts, verdict: t.string, found: t.string };
const place = { file: t.string, line: count };
const unfollowed = t.array(shape({ name: t.string, why: t.string }, place));

/** A piece of a line of the atlas: text as such, or with what it links to. */
const link = shape({}, { text: t.string, log: t.string, events: count, page: t.string, file: t.string });
const inline = t.union([
  t.string,
  shape({ code: t.string }),
  shape({ aside: link }),
  shape({ text: t.string }, { log: t.string, events: count, page: t.string, file: t.string }),
]);
const line = t.array(inline);

const block = t.union([
  shape({ kind: t.literal('heading'), level: count, text: t.string }),
  shape({ kind: t.literal('paragraph'), line }),
  shape({ kind: t.literal('list'), items: t.array(line) }),
  shape({ kind: t.literal('table'), head: texts, rows: t.array(t.array(line)) }),
]);

export const DRIVER_OUTPUTS = {
  advise: {
    about: 'specialbit advise --json: every way, the best first, with what came of each need',
    codec: shape({
      memory: t.string,
      scattered: t.boolean,
      map: texts,
      prot: t.string,
      needs: texts,
      lanes: texts,
      played: count,
      recommendation: t.record(t.string, t.string),
      skeletons: t.array(shape({ kernels: texts, code: texts })),
      ways: t.array(
        shape({
          id: t.string,
          call: t.string,
          hook: t.string,
          flags: texts,
          handlers: texts,
          unmet: texts,
          harmful: texts,
          parted: texts,
          claims: t.array(
            shape({
              need: t.string,
              suite: t.string,
              map: t.string,
              frames: t.string,
              groups: t.array(
                shape(
                  {
                    ...verdict,
                    reasons: t.array(shape({ name: t.string, where: t.string, file: t.string, condition: t.string })),
                  },
                  { event: t.string, wanted: t.string },
                ),
              ),
            }),
          ),
        }),
      ),
    }),
  },
  'advise.list': {
    about: 'specialbit advise --list --json: the words that its options take',
    codec: shape({
      memory: t.array(shape({ name: t.string, about: t.string })),
      drivers: t.array(shape({ name: t.string, about: t.string })),
      needs: t.array(shape({ name: t.string, about: t.string })),
    }),
  },
  atlas: {
    about: 'specialbit atlas --json: pages as blocks; a log is what a link to the viewer holds',
    codec: shape({ pages: t.array(shape({ name: t.string, title: t.string, blocks: t.array(block) })) }),
  },
  'atlas.list': { about: 'specialbit atlas --list --json', codec: texts },
  scan: {
    about: 'specialbit scan --json',
    codec: shape({
      files: count,
      read: count,
      mappings: t.array(
        shape({
          file: t.string,
          of: t.string,
          handler: t.string,
          line: count,
          understood: t.string,
          not_followed: unfollowed,
          ways: t.array(
            shape({
              hook: t.string,
              calls: t.array(shape({ name: t.string, memory: t.string, ...place })),
              set: texts,
              clear: texts,
              fault: orNull(shape({ kind: t.string, ...place }, { name: t.string, memory: t.string })),
              refuses: shape({ private: t.boolean, writable: t.boolean }),
              passes_on: t.array(shape({ name: t.string, ...place })),
              not_followed: unfollowed,
              works: t.array(shape({ need: t.string, groups: t.array(shape(verdict)) })),
            }),
          ),
          findings: t.array(
            shape({
              rule: t.string,
              severity: t.string,
              ...place,
              does: t.string,
              harmed: texts,
              groups: t.array(shape(verdict)),
            }),
          ),
        }),
      ),
      handlers_without_mmap: t.array(shape({ name: t.string, ...place })),
      left_out: t.array(shape({ file: t.string, why: t.string })),
    }),
  },
} satisfies Readonly<Record<string, Output>>;
