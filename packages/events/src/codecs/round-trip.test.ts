// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatLog } from '../format.js';
import { parseLog } from '../read/parse-log.js';
import { logEvent, logHeader } from './arbitrary.testkit.js';
import { decodeEvent, EVENT_CODECS, encodeEvent } from './event.js';
import { decodeHeader, encodeHeader } from './header.js';

it('decodes every event to what was encoded', () => {
  fc.assert(
    fc.property(logEvent, (event) => {
      expect(decodeEvent(JSON.parse(JSON.stringify(encodeEvent(event))))).toEqual(event);
    }),
    { numRuns: 3000 },
  );
});

it('knows every canonical event as its own, and encodes it the same way twice', () => {
  fc.assert(
    fc.property(logEvent, (event) => {
      expect(EVENT_CODECS.get(event.type)?.is(event)).toBe(true);
      const json = encodeEvent(event);
      expect(encodeEvent(decodeEvent(json))).toEqual(json);
    }),
  );
});

it('reads what JSON.stringify() makes of a decoded event, which is as good as formatEvent()', () => {
  fc.assert(
    fc.property(logEvent, (event) => {
      expect(decodeEvent(JSON.parse(JSON.stringify(event)))).toEqual(event);
    }),
    { numRuns: 2000 },
  );
});

it('reads what JSON.stringify() makes of a decoded header', () => {
  fc.assert(
    fc.property(logHeader, (header) => {
      expect(decodeHeader(JSON.parse(JSON.stringify(header)))).toEqual(header);
    }),
    { numRuns: 300 },
  );
});

it.each([
  { type: 'munmap', pages: 1, at: { label: '', page: 0 } },
  { type: 'munmap', pages: 1, at: { label: 'ring', page: -1 } },
  { type: 'munmap', pages: 1, at: { label: 'ring', page: 0, more: 1 } },
  { type: 'munmap', pages: 1, at: { addr: 5 } },
  { type: 'get_page', frame: { pfn: -1 } },
  { type: 'get_page', frame: { label: 'no label' } },
])('refuses %j, which is no canonical form', (json) => {
  expect(() => decodeEvent(json)).toThrow();
});

it('decodes every header to what was encoded', () => {
  fc.assert(
    fc.property(logHeader, (header) => {
      expect(decodeHeader(JSON.parse(JSON.stringify(encodeHeader(header))))).toEqual(header);
    }),
    { numRuns: 500 },
  );
});

it('reads every log that it writes', () => {
  fc.assert(
    fc.property(logHeader, fc.array(logEvent), (header, events) => {
      const log = parseLog([...formatLog(header, events)].join(''));
      expect(log.header).toEqual(header);
      expect(log.events).toEqual(events);
    }),
    { numRuns: 300 },
  );
});

it('answers anything that is no event with one line', () => {
  const types = [...EVENT_CODECS.keys()];
  const anything = fc.record({
    type: fc.oneof(fc.constantFrom(...types), fc.jsonValue()),
    at: fc.jsonValue(),
    pages: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), anything), (json) => {
      try {
        decodeEvent(json, { file: 'any.jsonl', line: 3 });
      } catch (error) {
        expect(error).toMatchObject({ name: 'LogError' });
        expect((error as Error).message).toMatch(/^any\.jsonl:3: [^\n]*expected [^\n]*, found [^\n]*$/);
      }
    }),
    { numRuns: 2000 },
  );
});
