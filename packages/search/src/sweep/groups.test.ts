// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { alphabet } from '../alphabet.js';
import { lanes } from '../lanes.testkit.js';
import { laneGroups } from './groups.js';
import { Random } from './random.js';
import { Shown } from './shown.js';
import { LogSource } from './source.js';

const letters = alphabet({ pages: 2, frames: ['P0', 'D0', 'Z'], mappings: 2 });
const types = new Set(letters.events.map(({ type }) => type));

describe('lanes of one group', () => {
  const names = ['x86_64', 'x86_64-4level', 'x86_64-5level', 'm68k', 'm68k-030', 'arm', 'arm@6.1'];
  const swept = lanes(...names);
  const groups = laneGroups(swept, types);

  it('are those that nothing asked could tell apart', () => {
    expect(groups.map((group) => group.map((l) => names[l]))).toEqual([
      ['x86_64', 'x86_64-4level', 'x86_64-5level'],
      ['m68k', 'm68k-030'],
      ['arm'],
      ['arm@6.1'],
    ]);
  });

  it('part in no random log', () => {
    const shown = new Shown(swept);
    const source = new LogSource(letters, 14);
    for (const group of groups.filter(({ length }) => length > 1)) {
      for (let run = 0; run < 100; run++) {
        const log = source.next(Random.at(7, run), []);
        shown.play(log, group, (key) => {
          if (key.startsWith('parts ')) throw new Error(`${key}: ${JSON.stringify(log)}`);
        });
      }
    }
  });
});
