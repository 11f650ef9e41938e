// SPDX-License-Identifier: GPL-2.0-or-later
/** docs/ledger.md and docs/ledger.json: `specialbit ledger --depth 3`, and each of its logs parts its lanes. */
import { readFileSync } from 'node:fs';
import { Comparison } from '@specialbit/core';
import { decodeEvent, parseLog } from '@specialbit/events';
import { decodeLink } from '@specialbit/viewer';
import { describe, expect, it } from 'vitest';
import { specialbit } from '../cli/specialbit.testkit.js';
import { namedLane } from './named-lane.testkit.js';

interface Pair {
  readonly lanes: readonly [string, string];
  readonly causes: readonly { readonly proof: string; readonly events: readonly unknown[]; readonly link: string }[];
}
const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const ledger = JSON.parse(read('ledger.json')) as { readonly depth: number; readonly pairs: readonly Pair[] };

describe('the ledger', () => {
  it.each(ledger.pairs.map(({ lanes, causes }) => [lanes.join(' and '), lanes, causes] as const))(
    '%s part at the last event of each log, and not before, and its link opens it',
    async (_, lanes, causes) => {
      const markdown = read('ledger.md');
      for (const { events, link, proof } of causes) {
        expect(proof).toBe('proved');
        expect(markdown).toContain(`[open](${link})`);
        const { log, at } = await decodeLink(link.slice(link.indexOf('#') + 1));
        const { header, events: linked } = parseLog(log!);
        expect({ at, events: linked }).toEqual({ at: events.length, events: events.map((one) => decodeEvent(one)) });
        const comparison = new Comparison(lanes.map((name) => namedLane(name, header)));
        const parted = linked.map((event) => comparison.step(event).parted);
        expect(parted).toEqual(events.map((__, i) => i === events.length - 1));
      }
    },
  );

  it.each([['arm-lpae', 'arm'] as const, ['arm', 'm68k'] as const])(
    'is what the command prints, of %s and %s',
    async (a, b) => {
      const { code, out } = await specialbit([
        'ledger',
        '--lane',
        `${a},${b}`,
        '--depth',
        String(ledger.depth),
        '--json',
      ]);
      expect(code).toBe(0);
      expect(JSON.parse(out).pairs).toEqual(ledger.pairs.filter(({ lanes }) => lanes[0] === a && lanes[1] === b));
    },
  );
});
