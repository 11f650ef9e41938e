// SPDX-License-Identifier: GPL-2.0-or-later
import { concatMap, firstValueFrom, lastValueFrom, map, take, timer, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { log$ } from './log-observable.js';

const HEADER = '{"specialbit":1}\n';
const EXIT = '{"type":"exit"}\n';

it('streams the items of a log', async () => {
  const items = await lastValueFrom(log$([HEADER, EXIT]).pipe(toArray()));
  expect(items.map((item) => item.kind)).toEqual(['header', 'event']);
});

it('fails with the error of reading', async () => {
  await expect(lastValueFrom(log$([HEADER, '{"type":"exti"}\n'], { file: 'a.jsonl' }))).rejects.toThrow(
    'a.jsonl:2: type: expected the type of an event (did you mean "exit"?), found "exti"',
  );
});

it('reads no further than it is asked to, and closes its source', async () => {
  let chunks = 0;
  let closed = false;
  const source = (function* () {
    try {
      for (;;) {
        chunks++;
        yield chunks === 1 ? HEADER : EXIT;
      }
    } finally {
      closed = true;
    }
  })();
  const items = await lastValueFrom(log$(source).pipe(take(5), toArray()));
  expect(items).toHaveLength(5);
  await firstValueFrom(timer(5));
  expect(chunks).toBeLessThanOrEqual(7);
  expect(closed).toBe(true);
});

it('reads nothing before it is subscribed to', async () => {
  let touched = false;
  const source = (function* () {
    touched = true;
    yield HEADER;
  })();
  const items = log$(source);
  expect(touched).toBe(false);
  await lastValueFrom(items.pipe(concatMap((item) => timer(1).pipe(map(() => item)))));
  expect(touched).toBe(true);
});
