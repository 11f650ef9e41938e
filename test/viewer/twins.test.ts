// SPDX-License-Identifier: GPL-2.0-or-later
/** What the page copies as text is what the command prints, for every example and log of the gallery. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../packages/viewer/src/engine/engine.js';
import { inProcess as specialbit } from '../cli-time/in-process.testkit.js';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const logs = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.jsonl') && !/^(?:porting|claims)\//.test(file))
  .sort();

describe.each(logs)('%s', async (log) => {
  const file = join(examples, log);
  const engine = new Engine(() => import('../../packages/viewer/src/recordings/recordings.js'));
  const { lanes, events } = await engine.open({ file, text: readFileSync(file, 'utf8'), lanes: null });
  const names = lanes.map(({ name }) => name).join(',');
  const printed = async (...args: string[]): Promise<string> => (await specialbit(args)).out;

  it('replays, at the end and on the way', async () => {
    const half = Math.floor(events / 2);
    expect(await engine.twin({ n: events, of: 'replay' })).toBe(await printed('replay', file, '--lane', names));
    expect(await engine.twin({ n: half, of: 'state' })).toBe(
      await printed('replay', file, '--lane', names, '--at', String(half), '--no-events'),
    );
  });

  it.runIf(lanes.length > 1)('compares', async () => {
    expect(await engine.twin({ n: events, of: 'compare' })).toBe(await printed('compare', file, '--lane', names));
  });

  it('explains the page that the moment suggests', async () => {
    for (const n of [1, 2, events]) {
      if (n > events) continue;
      const page = engine.look({ n, alike: false, vma: null, chosen: null, before: null, rows: null }).suggested;
      if (page === null) continue;
      const [, mm = '0', name] = /^(?:(\d+):)?(.*)$/.exec(page)!;
      const args = ['explain', file, name!, '--mm', mm, '--lane', names, '--at', String(n)];
      const { out, code } = await specialbit(args);
      // a process that one of the lanes has not
      if (code === 2) await expect(engine.twin({ n, of: 'explain', subject: page })).rejects.toThrow();
      else expect(await engine.twin({ n, of: 'explain', subject: page })).toBe(out);
    }
  });
});
