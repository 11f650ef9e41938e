// SPDX-License-Identifier: GPL-2.0-or-later
import { SearchError } from '@specialbit/search';
import { expect, it } from 'vitest';
import { keptOf, taskOf, workOf } from './messages.js';

const settings = {
  ...{ lanes: ['arm'], seed: 1, runs: 2, job: 1, length: 3, pages: 1, mappings: 1 },
  ...{ frames: ['P0'], events: null, start: '' },
};
const entry = { key: 'way x', lanes: ['arm'], log: '{"type":"fork"}' };
const job = { kind: 'job', round: 0, index: 1, runs: 2, events: 3, entries: [entry] };

it('what was written is read', () => {
  const work = { settings, start: [entry] };
  expect(workOf('w', JSON.stringify(work))).toEqual(work);
  const task = { work: 'a-0', index: 0, task: { kind: 'shrink', entries: [entry] } };
  expect(taskOf('q', task)).toEqual(task);
  for (const kept of [
    { result: job },
    { failure: 'why' },
    { result: { kind: 'shrink', witnesses: [{ ...entry, name: 'n', minimal: true }] } },
  ])
    expect(keptOf('r', JSON.stringify(kept))).toEqual(kept);
});

const said = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof SearchError && error.code === 'search.queue') return error.message;
    throw error;
  }
  return 'nothing';
};

it('what somebody else has written is one error, which says where', () => {
  expect(said(() => workOf('w', 'garbage'))).toBe('w: expected JSON, found garbage');
  expect(said(() => workOf('w', ''))).toBe('w: expected JSON, found nothing');
  expect(said(() => workOf('w', JSON.stringify({ settings: { ...settings, job: 0 }, start: [] })))).toBe(
    'w: settings.job: expected a positive number, found 0',
  );
  expect(said(() => workOf('w', JSON.stringify({ settings, start: [{ ...entry, log: 7 }] })))).toBe(
    'w: start.0.log: expected string, found 7',
  );
  expect(said(() => taskOf('q', { work: 'a', index: -1, task: {} }))).toMatch(/^q: .*expected /);
  expect(said(() => taskOf('q', undefined))).toMatch(/^q: .*expected .*, found nothing$/);
  expect(said(() => keptOf('r', JSON.stringify({ result: { ...job, entries: [{ ...entry, lanes: 'arm' }] } })))).toBe(
    'r: result.entries.0.lanes: expected ReadonlyArray<string>, found "arm"',
  );
  expect(said(() => keptOf('r', 'null'))).toMatch(/^r: expected .*, found null$/);
  expect(said(() => keptOf('r', `"${'x'.repeat(1e6)}"`)).length).toBeLessThan(200);
});
