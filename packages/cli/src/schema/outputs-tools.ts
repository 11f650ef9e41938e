// SPDX-License-Identifier: GPL-2.0-or-later
/** What the commands around logs print with --json: sweeps, recordings, servers, pages of the manual. */
import * as t from 'io-ts';
import { count, event, type Output, orNull, shape, texts } from './parts.js';
import { transcriptRecord } from './transcript.js';

const swept = shape({
  settings: shape({
    lanes: texts,
    seed: count,
    runs: count,
    job: count,
    length: count,
    pages: count,
    mappings: count,
    frames: texts,
    events: orNull(texts),
    start: t.string,
  }),
  rounds: count,
  runs: count,
  missing: count,
  events: count,
  covered: count,
  witnesses: t.array(
    shape({ key: t.string, name: t.string, lanes: texts, minimal: t.boolean, events: t.array(event) }),
  ),
});

const counted = t.record(t.string, count);

export const TOOL_OUTPUTS = {
  sweep: { about: 'specialbit sweep --json', codec: swept },
  'sweep.shard': {
    about: 'specialbit sweep --shard --json: what was found is in the file of --output',
    codec: shape({ shard: count, of: count, runs: count, found: count }),
  },
  merge: { about: 'specialbit merge --json', codec: swept },
  worker: {
    about: 'specialbit worker --json, when it is interrupted',
    codec: shape({ threads: count, jobs: count }),
  },
  import: {
    about: 'specialbit import --json: the log (or, with -o, where it is), and what was left out of it',
    codec: shape(
      {
        summary: shape({
          records: count,
          events: count,
          files: t.array(
            shape({
              file: t.string,
              used: count,
              skipped: count,
              notUnderstood: count,
              kinds: t.array(shape({ what: t.string, count, examples: t.array(t.unknown) })),
            }),
          ),
          left: counted,
          programs: counted,
          notReached: t.record(t.string, shape({ count, lines: t.array(count) })),
          chosen: texts,
        }),
      },
      { header: shape({ specialbit: t.literal(1) }), events: t.array(event), output: t.string },
    ),
  },
  transcribe: {
    about: 'specialbit transcribe --json',
    codec: shape({ file: t.string, records: t.array(transcriptRecord) }),
  },
  view: {
    about: 'specialbit view --json: where it is served, or what was written',
    codec: t.union([shape({ url: t.string }), shape({ output: t.string }), shape({ folder: t.string })]),
  },
  mcp: {
    about: 'specialbit mcp --json: the tools; what a tool takes is a JSON Schema',
    codec: shape({
      tools: t.array(
        shape({
          name: t.string,
          title: t.string,
          description: t.string,
          inputSchema: shape({ type: t.literal('object') }),
        }),
      ),
    }),
  },
  lsp: {
    about: 'specialbit lsp --json: the answer to "initialize", without its request',
    codec: shape({
      serverInfo: shape({ name: t.string, version: t.string }),
      capabilities: t.record(t.string, t.unknown),
    }),
  },
  man: {
    about: 'specialbit man --json: a page, or the files that were written',
    codec: t.union([shape({ name: t.string, page: t.string }), shape({ files: texts })]),
  },
  completion: { about: 'specialbit completion --json', codec: shape({ script: t.string }) },
} satisfies Readonly<Record<string, Output>>;
