// SPDX-License-Identifier: GPL-2.0-or-later
/** Whoever on this machine can speak to the port, a page of another site among them, may ask for anything. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Served, serve } from './serve.js';

let served: Served;
beforeAll(async () => {
  served = await serve(0, async () => 'the link', null);
});
afterAll(() => served.close());

/** The status of the answer to these lines; 0 for none. */
function status(...lines: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => resolve(0));
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)));
    socket.write(`${[...lines, 'connection: close', '', ''].join('\r\n')}`, 'latin1');
  });
}
const asks = (target: string, host = 'host: localhost'): Promise<number> => status(`GET ${target} HTTP/1.1`, host);

it.each([
  ['//', 400],
  ['///', 400],
  ['http://[', 400],
  ['http://a:99999/', 400],
  ['/../../../etc/passwd', 404],
  ['/..%2f..%2fetc%2fpasswd', 404],
  ['/%2e%2e/%2e%2e/etc/passwd', 404],
  ['/index.html%00.js', 404],
  ['/.env', 404],
  ['file:///etc/passwd', 404],
  ['http://example.org/link', 200],
])('%s is answered with %i, and the server goes on', async (target, code) => {
  // of another host's address the path is asked for: it is this machine that answers
  expect(await asks(target)).toBe(code);
  expect(await asks('/link')).toBe(200);
});

it.each([
  'example.org',
  '127.0.0.1.example.org',
  'localhost@example.org',
  'localhost:80:80',
  'LOCALHOST.',
  '[::1]',
  '0.0.0.0',
  '',
])('as %j it serves nobody', async (host) => {
  expect(await asks('/link', `host: ${host}`)).toBe(403);
});

it('changes nothing for anybody', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect(await status(`${method} / HTTP/1.1`, 'host: localhost'), method).toBe(405);
  expect(await status('OPTIONS * HTTP/1.1', 'host: localhost')).toBe(405);
  expect(await status('garbage')).toBe(400);
  expect(await asks('/link')).toBe(200);
});
